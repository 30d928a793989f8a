/** Listeners: HTTPS for everything, and optionally plain HTTP that sends people there and helps them trust it. */
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { isHost } from './headers.ts';

type Callback = (request: IncomingMessage, response: ServerResponse) => void;

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}
/** Milliseconds. Short enough that slow senders (slow loris) cannot hold all connections, long enough for a bad link. */
export interface Timeouts {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly checkMs: number;
}
const TIMEOUTS: Timeouts = { headersMs: 10_000, requestMs: 30_000, keepAliveMs: 20_000, checkMs: 2000 };
const CLOSE_MS = 2000;

export interface ListenOptions {
  readonly callback: Callback;
  readonly port: number;
  /** Every address of the machine unless told. */
  readonly host?: string;
  readonly certificate?: Certificate;
  readonly timeouts?: Partial<Timeouts>;
}

export interface Listener {
  /** For socket.io to attach to. */
  readonly server: HttpServer | HttpsServer;
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  /** Takes a renewed certificate for new connections. */
  renew(certificate: Certificate): void;
  /** Takes no new connections, lets running answers end for two seconds, then cuts. Idempotent. */
  close(): Promise<void>;
}

/** Listens; rejects with the system's error, such as `EADDRINUSE`, when it cannot. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const common = {
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: timeouts.checkMs,
    maxHeaderSize: 16_384,
  };
  const tls = options.certificate && {
    ...options.certificate,
    minVersion: 'TLSv1.2' as const,
    handshakeTimeout: timeouts.headersMs,
  };
  const secure = tls && createTlsServer({ ...common, ...tls }, options.callback);
  const server = secure ?? createServer(common, options.callback);
  server.maxHeadersCount = 64;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  let closed: Promise<void> | undefined;
  return {
    server,
    port: typeof address === 'object' && address ? address.port : options.port,
    renew: ({ key, cert }) => secure?.setSecureContext({ key, cert, minVersion: 'TLSv1.2' }),
    close() {
      closed ??= closeServer(server, sockets);
      return closed;
    },
  };
}

/** `closeAllConnections` forgets upgraded ones, and the peer of a live socket may be gone without a word. */
async function closeServer(server: HttpServer | HttpsServer, sockets: ReadonlySet<Socket>): Promise<void> {
  const cut = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, CLOSE_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}

/** What a phone needs before it trusts the certificate: the help page with its files, and the certificate itself. */
const WITHOUT_TLS =
  /^\/(?:ca\.crt|trust|api\/config|healthz|assets\/[\w.-]+|[\w-]+\.(?:svg|ico|png|webmanifest))$/;

/**
 * The handler of the plain listener: the few addresses above are served, everything else is sent to HTTPS with 308,
 * which keeps the method, so that no form is posted in the clear twice.
 */
export function redirectToHttps(callback: Callback, httpsPort: number): Callback {
  return (request, response) => {
    const { host = '', upgrade } = request.headers;
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads && upgrade === undefined && WITHOUT_TLS.test(path)) return callback(request, response);
    if (!isHost(host)) {
      response.writeHead(400, { connection: 'close' }).end();
      return;
    }
    const name = host.replace(/:\d+$/, '');
    const port = httpsPort === 443 ? '' : `:${httpsPort}`;
    const target = /^\/[!-~]*$/.test(request.url ?? '') ? request.url : '/';
    response
      .writeHead(308, { location: `https://${name}${port}${target}`, 'cache-control': 'no-store' })
      .end();
  };
}
