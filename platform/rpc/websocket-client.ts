/** The connecting side of the control link over WebSocket. */
import { WebSocket } from 'ws';
import { deadlineExceeded, withDeadline } from '../deadline.ts';
import { AppError, messageOf } from '../errors.ts';
import { newSecret } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type Channel, type Connect, MAX_MESSAGE_BYTES } from './channel.ts';
import { createRpcClient } from './client.ts';
import { proofOf, signLinkToken, verifyProof } from './proof.ts';
import type { RpcClient, RpcTable } from './table.ts';
import { websocketChannel } from './websocket-channel.ts';
import { NONCE_HEADER, ServerHello, ServerReady } from './websocket-server.ts';

/** Milliseconds for one attempt to connect, proofs included. */
const CONNECT_MS = 3_000;

export interface WebsocketRpcClientOptions<T extends RpcTable> {
  readonly table: T;
  /**
   * `ws://host:port` or `wss://host:port`; a function is asked at each attempt, for a server whose port changes, and may wait
   * until there is one. The signal fires when the client is closed.
   */
  readonly url: string | ((signal: AbortSignal) => Promise<string>);
  readonly secret: string;
  /** PEM of the authority that signed the server's certificate, where it is not a public one. */
  readonly ca?: string;
  readonly logger: Logger;
  readonly label: string;
}

/** Returns a client that connects by itself, and again after each loss. */
export function connectRpc<T extends RpcTable>(options: WebsocketRpcClientOptions<T>): RpcClient<T> {
  const { table, logger, label } = options;
  return createRpcClient({ table, logger, label, connect: websocketConnect(options) });
}

function websocketConnect(options: {
  url: WebsocketRpcClientOptions<RpcTable>['url'];
  secret: string;
  ca?: string;
}): Connect {
  return async (signal) => {
    const nonce = newSecret();
    const url = typeof options.url === 'string' ? options.url : await options.url(signal);
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${signLinkToken(options.secret)}`, [NONCE_HEADER]: nonce },
      handshakeTimeout: CONNECT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    const abort = () => socket.terminate();
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await opened(socket, options.secret, nonce);
    } catch (error) {
      socket.terminate();
      throw new AppError('connect-failed', `No control link: ${messageOf(error)}`, {
        cause: error,
        status: 503,
      });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };
}

async function opened(socket: WebSocket, secret: string, clientNonce: string): Promise<Channel> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('open', resolve);
  socket.once('error', reject);
  // Made before the first message can arrive, because the server speaks first.
  const channel = websocketChannel(socket);
  await promise;
  const startedAt = performance.now();
  const next = () => {
    const left = CONNECT_MS - (performance.now() - startedAt);
    if (left <= 0) throw deadlineExceeded(CONNECT_MS, 'handshake of a control link');
    return withDeadline(channel.nextMessage(), left, 'handshake of a control link');
  };
  const hello = ServerHello.parse(JSON.parse(await next()));
  const nonces = { client: clientNonce, server: hello.nonce };
  verifyProof(secret, 'server', nonces, hello.proof);
  const ready = next();
  channel.send(JSON.stringify({ type: 'proof', proof: proofOf(secret, 'client', nonces) }));
  ServerReady.parse(JSON.parse(await ready));
  return channel;
}
