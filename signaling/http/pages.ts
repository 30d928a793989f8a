/**
 * The built pages. All files are read once at the start: they are few and small, nothing can be reached that was not
 * there then, and a full disk or a missing mount during a call does not touch them.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Middleware } from 'koa';
import { AppError } from '../../platform/errors.ts';

interface Representation {
  readonly body: Buffer;
  readonly etag: string;
}
interface PageFile {
  readonly type: string;
  /** Of a service worker: the addresses it may answer for (Service Workers, section 4.4). */
  readonly scope?: string;
  readonly immutable: boolean;
  readonly plain: Representation;
  readonly br?: Representation;
  readonly gzip?: Representation;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.txt': 'text/plain; charset=utf-8',
};
/** The build puts files whose name holds the hash of their content here; everything else keeps its name. */
const HASHED = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
/** A worker may answer for its own folder alone unless its headers say more; the page of `/v` stands beside that folder. */
const WORKER = '/sw.js';
const MAX_BYTES = 64 * 1024 * 1024;

export interface Pages {
  /** Serves files by their exact path, and nothing else. */
  readonly files: Middleware;
  /** Serves the page, for every address of `PAGE_PATHS`. */
  readonly index: Middleware;
}

/**
 * Reads the folder of the build. Throws `pages-missing` when there is no index.html in it.
 * @param base where the files of the build begin, such as `/v`; the root unless told
 */
export async function loadPages(folder: string, base = ''): Promise<Pages> {
  const files = await readFiles(folder, base);
  const index = files.get(`${base}/index.html`);
  if (!index) {
    throw new AppError('pages-missing', 'The pages have not been built.', {
      whatToDo: 'Run "goldenhour setup", which builds them.',
    });
  }
  return {
    files: async (ctx, next) => {
      const file = ctx.method === 'GET' || ctx.method === 'HEAD' ? files.get(ctx.path) : undefined;
      if (file) send(ctx, file);
      else await next();
    },
    index: (ctx) => send(ctx, index),
  };
}

async function readFiles(folder: string, base: string): Promise<Map<string, PageFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const bodies = new Map<string, Buffer>();
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith('.map')) continue;
    const file = join(entry.parentPath, entry.name);
    const body = await readFile(file);
    bytes += body.length;
    if (bytes > MAX_BYTES) {
      throw new AppError('pages-too-large', 'The folder of the pages holds more than 64 MiB.', {
        whatToDo: 'Point it at the folder of the build, such as clients/dist.',
      });
    }
    bodies.set(`/${relative(folder, file).split(sep).join('/')}`, body);
  }
  const files = new Map<string, PageFile>();
  for (const [path, body] of bodies) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const br = bodies.get(`${path}.br`);
    const gzip = bodies.get(`${path}.gz`);
    files.set(`${base}${path}`, {
      type,
      ...(path === WORKER ? { scope: base || '/' } : {}),
      immutable: HASHED.test(path),
      plain: representation(body),
      ...(br ? { br: representation(br) } : {}),
      ...(gzip ? { gzip: representation(gzip) } : {}),
    });
  }
  return files;
}

function representation(body: Buffer): Representation {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

function send(ctx: Parameters<Middleware>[0], file: PageFile): void {
  const { br, gzip, plain } = file;
  // Asked one by one: browsers name all encodings alike, and the smaller one should win whatever their order.
  const encoding =
    br && ctx.acceptsEncodings('br') ? 'br' : gzip && ctx.acceptsEncodings('gzip') ? 'gzip' : undefined;
  const chosen = (encoding && file[encoding]) ?? plain;
  ctx.status = 200;
  ctx.type = file.type;
  ctx.vary('Accept-Encoding');
  ctx.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  ctx.set('ETag', chosen.etag);
  if (file.scope !== undefined) ctx.set('Service-Worker-Allowed', file.scope);
  if (encoding) ctx.set('Content-Encoding', encoding);
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  ctx.body = chosen.body;
}
