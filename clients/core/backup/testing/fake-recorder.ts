/** A server for the browser tests: serves the page and answers the routes of fills as signaling and recorder do. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { FillStart, type MissingRanges } from '../../../../signaling/protocol/recordings.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };
const refusal = (status: number, code: string, more: object = {}): Answer => ({
  status,
  body: { error: { code, message: code, ...more } },
});

export class FakeRecorder {
  readonly #server: Server;
  readonly #folder: string;
  readonly uploads = new Map<string, { start: FillStart; bytes: Buffer }>();
  readonly finished: { start: FillStart; bytes: Buffer }[] = [];
  /** Offsets of the pieces that were taken. */
  readonly offsets: number[] = [];
  missing: MissingRanges['ranges'] = [];
  /** Pieces refused from now on as while live media needs the link. */
  busyFor = 0;
  /** Once: forgets the end of what it has, as a recorder that was killed does. */
  forgets = 0;
  /** Takes pieces only up to this many; the rest waits. */
  quota = Number.POSITIVE_INFINITY;
  readonly anchor = { at: 5000, utc: Date.now() - 60_000 };

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
    server.on('request', (request, response) => {
      this.#answer(request).then(
        ({ status, body }) => {
          response.statusCode = status;
          if (Buffer.isBuffer(body)) {
            response.setHeader('content-type', TYPES[extname(request.url ?? '')] ?? 'text/html');
            response.end(body);
          } else {
            response.setHeader('content-type', 'application/json');
            response.end(JSON.stringify(body));
          }
        },
        () => response.destroy(),
      );
    });
  }

  static async start(folder: string): Promise<FakeRecorder> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeRecorder(server, folder);
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  roomTimeOf(utc: number): number {
    return utc - this.anchor.utc + this.anchor.at;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (pathname === '/utc') return { status: 200, body: { now: Date.now(), ...this.anchor } };
    if (pathname.endsWith('/missing')) return { status: 200, body: { ranges: this.missing } };
    if (pathname.endsWith('/fills'))
      return this.#start(FillStart.parse(JSON.parse(String(await all(request)))));
    const fillId = /\/fills\/(\w+)$/.exec(pathname)?.[1];
    if (fillId !== undefined)
      return this.#piece(fillId, Number(searchParams.get('offset')), await all(request));
    const file = pathname === '/' ? 'index.html' : pathname.slice(1);
    return { status: 200, body: await readFile(join(this.#folder, file)) };
  }

  #start(start: FillStart): Answer {
    const needed = this.missing.some(
      (range) => range.producerId === start.producerId && range.from < start.to && range.to > start.from,
    );
    if (!needed) return { status: 200, body: { needed: false, offset: 0 } };
    const upload = this.uploads.get(start.fillId) ?? { start, bytes: Buffer.alloc(0) };
    this.uploads.set(start.fillId, upload);
    return { status: 200, body: { needed: true, offset: upload.bytes.length } };
  }

  #piece(fillId: string, offset: number, bytes: Buffer): Answer {
    const upload = this.uploads.get(fillId);
    if (!upload) return refusal(404, 'not-found');
    if (this.busyFor > 0 || this.offsets.length >= this.quota) {
      this.busyFor -= 1;
      return refusal(503, 'media-unavailable', { retryAfterMs: 300 });
    }
    if (this.forgets > 0) {
      upload.bytes = upload.bytes.subarray(0, Math.max(0, upload.bytes.length - this.forgets));
      this.forgets = 0;
    }
    if (offset !== upload.bytes.length) return refusal(409, 'conflict');
    upload.bytes = Buffer.concat([upload.bytes, bytes]);
    this.offsets.push(offset);
    const end = upload.bytes.length;
    if (end < upload.start.bytes) return { status: 200, body: { needed: true, offset: end } };
    const whole = createHash('sha256').update(upload.bytes).digest('hex');
    if (whole !== upload.start.sha256) return refusal(400, 'bad-request');
    this.uploads.delete(fillId);
    this.finished.push(upload);
    return { status: 200, body: { needed: false, offset: end } };
  }
}

async function all(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
