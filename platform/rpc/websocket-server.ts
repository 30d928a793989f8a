/** The listening side of the control link over WebSocket, on http or https. */
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod/mini';
import { withDeadline } from '../deadline.ts';
import { messageOf } from '../errors.ts';
import { newSecret } from '../ids.ts';
import { type Channel, MAX_MESSAGE_BYTES } from './channel.ts';
import { proofOf, verifyLinkToken, verifyProof } from './proof.ts';
import { type ServeOptions, serveChannel } from './serve.ts';
import type { RpcServer, RpcTable } from './table.ts';
import { type WebsocketChannel, websocketChannel } from './websocket-channel.ts';

/** Milliseconds for the proofs of a new connection: strangers do not keep a socket open longer. */
const HANDSHAKE_MS = 2_000;
/** Header in which the client sends its nonce, 128 random bits as base64url. */
export const NONCE_HEADER = 'goldenhour-nonce';

export const ServerHello = z.strictObject({
  type: z.literal('hello'),
  nonce: z.string().check(z.maxLength(100)),
  proof: z.string().check(z.maxLength(100)),
});
export const ClientProof = z.strictObject({
  type: z.literal('proof'),
  proof: z.string().check(z.maxLength(100)),
});
export const ServerReady = z.strictObject({ type: z.literal('ready') });

const Nonce = z.string().check(z.regex(/^[\w-]{22,64}$/));

export interface WebsocketRpcServerOptions<T extends RpcTable> extends ServeOptions<T> {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What every process of the cluster knows. */
  readonly secret: string;
  /** PEM; with it the server speaks https, which anything but loopback should. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Answers plain requests, such as probes; 426 for each unless given. */
  readonly onRequest?: RequestListener;
}

export interface WebsocketRpcServer extends RpcServer {
  readonly port: number;
}

/** Listens and resolves when clients may connect; rejects when the port is taken. */
export async function listenRpc<T extends RpcTable>(
  options: WebsocketRpcServerOptions<T>,
): Promise<WebsocketRpcServer> {
  const { logger, secret } = options;
  const http = options.tls === undefined ? createHttpServer() : createHttpsServer({ ...options.tls });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const channels = new Set<Channel>();
  let links = 0;
  let closed = false;

  async function accept(socket: WebSocket, clientNonce: string): Promise<void> {
    const channel = websocketChannel(socket);
    channels.add(channel);
    const forget = () => channels.delete(channel);
    socket.once('close', forget);
    try {
      await proveBoth(channel, secret, clientNonce);
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'control link refused');
      channel.close('not proven');
      return;
    }
    links += 1;
    serveChannel(
      options,
      countingClose(channel, () => (links -= 1)),
    );
    channel.send(JSON.stringify({ type: 'ready' } satisfies z.infer<typeof ServerReady>));
  }

  http.on('request', options.onRequest ?? upgradeOnly);
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node lets go of the socket with the upgrade; a stranger's reset would end the process as an error nobody took.
    socket.on('error', (error) =>
      logger.debug({ reason: messageOf(error) }, 'control link broke while it was opened'),
    );
    const clientNonce = Nonce.safeParse(request.headers[NONCE_HEADER]);
    try {
      verifyLinkToken(secret, request.headers.authorization);
      if (!clientNonce.success || closed) throw new Error('no nonce, or closing');
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'control link refused');
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (upgraded) => void accept(upgraded, clientNonce.data));
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen({ host: options.host, port: options.port }, () => {
      http.off('error', reject);
      resolve();
    });
  });
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;

  const dropLinks = (reason: string) => {
    for (const channel of [...channels]) channel.close(reason);
  };
  return {
    port,
    get links() {
      return links;
    },
    dropLinks,
    close: async (reason) => {
      if (closed) return;
      closed = true;
      dropLinks(reason);
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

const upgradeOnly: RequestListener = (_request, response) => {
  response.writeHead(426, { connection: 'close' }).end();
};

/** The server shows first that it knows the secret, so that a client never talks to an impostor. */
async function proveBoth(channel: WebsocketChannel, secret: string, clientNonce: string): Promise<void> {
  const nonces = { client: clientNonce, server: newSecret() };
  const hello = { type: 'hello', nonce: nonces.server, proof: proofOf(secret, 'server', nonces) } as const;
  channel.send(JSON.stringify(hello satisfies z.infer<typeof ServerHello>));
  const text = await withDeadline(channel.nextMessage(), HANDSHAKE_MS, 'proof of a control link');
  verifyProof(secret, 'client', nonces, ClientProof.parse(JSON.parse(text)).proof);
}

function countingClose(channel: Channel, closed: () => void): Channel {
  return {
    ...channel,
    onClose: (listener) =>
      channel.onClose((reason) => {
        closed();
        listener(reason);
      }),
  };
}
