/**
 * The bystander's page behind a door that answers as a test wants: for what no service does on command (an answer that
 * takes 10 s, a hotel's portal, every reason of an end). The whole path runs against the real door in other tests.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../signaling/http/headers.ts';
import type { LinkPage } from '../../signaling/protocol/links.ts';

export const SECRET = 'AbCdEf012345_-AbCdEf01';

export interface FakeAnswer {
  readonly status: number;
  readonly body: object | string;
  /** Milliseconds before it answers. */
  readonly afterMs?: number;
}

export interface FakeDoor {
  readonly origin: string;
  /** `/v#<secret>` of a link, or of a place. */
  address(kind?: 'link' | 'place'): string;
  /** Every request that was not a GET of a file: `POST /api/link/open`. */
  readonly asked: string[];
  /** Names of the files sent, with their compressed bytes. */
  readonly sent: Map<string, number>;
  answer(next: FakeAnswer): void;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** What the door answers of a link. */
export function linkPage(over: Partial<LinkPage> = {}): FakeAnswer {
  const body: LinkPage = {
    ...{ roomId: 'r1', linkId: 'l1', openingId: 'o1', use: 'camera', need: 'arrest', helpers: 'two' },
    ...{ opening: 'open', emergencyPhone: '120', recorded: true, noticeVersion: 1, drill: false },
    ...over,
  };
  return { status: 200, body };
}

export function refusal(status: number, code: string, details: object = {}): FakeAnswer {
  return { status, body: { code, message: 'The test says so.', details } };
}

/** Builds the bystander's page into a folder of its own; returns the folder. */
export async function buildBystanderPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-v-'));
  const configFile = join(import.meta.dirname, '..', '..', 'clients', 'v', 'vite.config.ts');
  await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  return folder;
}

async function sendFile(
  folder: string,
  path: string,
  response: ServerResponse,
  door: FakeDoor,
): Promise<void> {
  const name = path === '/v' ? 'index.html' : normalize(path).replace(/^\/v\//, '');
  const file = join(folder, `${name}.br`);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  door.sent.set(name, found.size);
  response.writeHead(200, {
    'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
    'content-encoding': 'br',
    'content-security-policy': contentSecurityPolicy(''),
    'content-length': found.size,
    ...(name === 'sw.js' ? { 'service-worker-allowed': '/v' } : {}),
  });
  createReadStream(file).pipe(response);
}

/** Opens the door on loopback, which browsers count as secure. */
export async function openFakeDoor(folder: string): Promise<FakeDoor> {
  let answer = linkPage();
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://door');
    if (request.method === 'GET' && /^\/v(?:\/|$)/.test(pathname)) {
      sendFile(folder, pathname, response, door).catch(() => response.destroy());
      return;
    }
    if (request.method !== 'GET') door.asked.push(`${request.method} ${pathname}`);
    const {
      status,
      body,
      afterMs = 0,
    } = /\/api\/(?:link|place)\//.test(pathname)
      ? answer
      : { status: 503, body: { code: 'store-unavailable', message: 'Not in this test.' } };
    const timer = setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    }, afterMs);
    response.on('close', () => clearTimeout(timer));
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  const door: FakeDoor = {
    origin,
    asked: [],
    sent: new Map(),
    address: (kind = 'link') => `${origin}/v#${kind === 'place' ? 'p.' : ''}${SECRET}`,
    answer(next) {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return door;
}

export function removeBuild(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}
