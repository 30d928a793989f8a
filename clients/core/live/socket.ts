/** The live connection: one socket.io socket per page, which reconnects by itself and carries every room. */
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import * as z from 'zod/mini';
import { WireError } from '../../../signaling/protocol/errors.ts';
import { Reply, type Request } from '../../../signaling/protocol/methods.ts';
import type { NotificationName } from '../../../signaling/protocol/notifications.ts';
import { NOTIFICATIONS } from '../../../signaling/protocol/notifications.ts';
import { Id } from '../../../signaling/protocol/values.ts';
import { Emitter } from '../emitter.ts';
import { ClientError, isTransient } from '../errors.ts';
import type { SocketStatus } from '../types.ts';

const notified = <N extends NotificationName, S extends z.core.$ZodType>(name: N, data: S) =>
  z.strictObject({ name: z.literal(name), roomId: z.optional(Id), data });

/** One parsed notification, discriminated by its name. */
export const Notified = z.discriminatedUnion('name', [
  notified('entry', NOTIFICATIONS.entry),
  notified('media.consumer', NOTIFICATIONS['media.consumer']),
  notified('media.consumerClosed', NOTIFICATIONS['media.consumerClosed']),
  notified('media.consumerState', NOTIFICATIONS['media.consumerState']),
  notified('media.dataConsumer', NOTIFICATIONS['media.dataConsumer']),
  notified('media.dataConsumerClosed', NOTIFICATIONS['media.dataConsumerClosed']),
  notified('media.demand', NOTIFICATIONS['media.demand']),
  notified('media.rungs', NOTIFICATIONS['media.rungs']),
  notified('media.silence', NOTIFICATIONS['media.silence']),
  notified('media.lost', NOTIFICATIONS['media.lost']),
  notified('recording.status', NOTIFICATIONS['recording.status']),
  notified('speaking', NOTIFICATIONS.speaking),
  notified('cpr.measured', NOTIFICATIONS['cpr.measured']),
  notified('mark.begun', NOTIFICATIONS['mark.begun']),
  notified('mark.points', NOTIFICATIONS['mark.points']),
  notified('mark.cancelled', NOTIFICATIONS['mark.cancelled']),
  notified('mark.posed', NOTIFICATIONS['mark.posed']),
  notified('still.signal', NOTIFICATIONS['still.signal']),
  notified('rooms.changed', NOTIFICATIONS['rooms.changed']),
  notified('help.ringing', NOTIFICATIONS['help.ringing']),
  notified('help.stopped', NOTIFICATIONS['help.stopped']),
  notified('token.renewed', NOTIFICATIONS['token.renewed']),
  notified('session.ended', NOTIFICATIONS['session.ended']),
]);
export type Notified = z.infer<typeof Notified>;

export interface SocketEvents {
  status: SocketStatus;
  notify: Notified;
  /** The server refused the handshake (session ended, flooding). Nothing is tried again until `connect()`. */
  refused: ClientError;
}

/** What the rest of the SDK needs of a socket, so that tests may stand in a server of their own. */
export interface LiveSocket {
  readonly status: SocketStatus;
  on<N extends keyof SocketEvents>(name: N, listener: (data: SocketEvents[N]) => void): () => void;
  connect(): void;
  /** Drops the connection and connects again at once: the step of recovery that mends a half-dead socket. */
  reconnect(): void;
  /** One attempt. Rejects with `offline` when the connection breaks before the answer. */
  send(request: Request, deadlineMs: number): Promise<unknown>;
  close(): void;
}

/**
 * How long one attempt may take. Short ones meet a link soon after it is back, since TCP repeats a lost SYN only after
 * 1 and 3 s; every third is long, for links whose round trips are slow.
 */
const ATTEMPT_SHORT_MS = 2000;
const ATTEMPT_LONG_MS = 6000;

const HandshakeError = z.object({ data: WireError });

/**
 * Connects to `url` (an origin, or empty for the page's own). Nothing is sent before `connect()`.
 *
 * @param outside what a program without a browser must say itself, such as its cookie; pages leave it out.
 */
export function createLiveSocket(
  url: string,
  outside: Partial<ManagerOptions & SocketOptions> = {},
): LiveSocket {
  const socket = io(url, {
    autoConnect: false,
    // Polling alone opens on some hospital proxies; socket.io tries it only when told to (test-machine.md).
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    withCredentials: true,
    reconnectionDelay: 200,
    // With the jitter of a half: 0.1 to 1 s between attempts.
    reconnectionDelayMax: 700,
    randomizationFactor: 0.5,
    timeout: ATTEMPT_LONG_MS,
    forceNew: true,
    ...outside,
  });
  return new SocketIoSocket(socket);
}

class SocketIoSocket implements LiveSocket {
  readonly #socket: Socket;
  readonly #events = new Emitter<SocketEvents>();
  #status: SocketStatus = 'idle';
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Rejects every request in flight when the connection breaks; a new one per connection. */
  #lost = newLoss();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.io.on('reconnect_attempt', (attempt) => {
      socket.io.timeout(attempt % 3 === 0 ? ATTEMPT_LONG_MS : ATTEMPT_SHORT_MS);
    });
    socket.on('connect', () => this.#set('up'));
    socket.on('disconnect', (reason) => this.#onDisconnect(reason));
    socket.on('connect_error', (error) => this.#onConnectError(error));
    socket.on('notify', (message: unknown) => this.#onNotify(message));
  }

  get status(): SocketStatus {
    return this.#status;
  }

  on<N extends keyof SocketEvents>(name: N, listener: (data: SocketEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  connect(): void {
    if (this.#status === 'up' || this.#status === 'connecting') return;
    this.#set('connecting');
    this.#socket.connect();
  }

  reconnect(): void {
    if (this.#status === 'closed' || this.#status === 'idle') return;
    // Closing the engine is a lost connection to socket.io, which then reconnects by its own rules.
    // While it is away already, the wait before its next attempt is cut short.
    if (this.#socket.connected) this.#socket.io.engine.close();
    else this.#socket.disconnect().connect();
  }

  async send(request: Request, deadlineMs: number): Promise<unknown> {
    if (!this.#socket.connected) throw ClientError.offline(request.method);
    const answer: Promise<unknown> = this.#socket.timeout(deadlineMs).emitWithAck('request', request);
    let raw: unknown;
    try {
      raw = await Promise.race([answer, this.#lost.promise]);
    } catch (cause) {
      if (!this.#socket.connected) throw ClientError.offline(request.method, cause);
      throw ClientError.deadline(request.method, deadlineMs);
    }
    const reply = Reply.safeParse(raw);
    if (!reply.success) {
      throw new ClientError('internal', `${request.method}: the answer does not fit this page; reload it.`);
    }
    if (!reply.data.ok) throw ClientError.fromWire(reply.data.error);
    return reply.data.result;
  }

  close(): void {
    if (this.#status === 'closed') return;
    this.#set('closed');
    clearTimeout(this.#retry);
    this.#socket.disconnect();
    this.#socket.removeAllListeners();
    this.#socket.io.off('reconnect_attempt');
    this.#loseRequests();
    this.#events.removeAll();
  }

  #onDisconnect(reason: string): void {
    this.#loseRequests();
    if (this.#status === 'closed') return;
    this.#set('reconnecting');
    // After a disconnect by the server socket.io stays away on purpose; a restarted server must be found again.
    if (reason === 'io server disconnect') this.#socket.connect();
  }

  #onConnectError(error: Error): void {
    const refused = HandshakeError.safeParse(error);
    if (!refused.success) {
      // The network or a proxy: socket.io goes on trying.
      if (this.#socket.active) this.#set('reconnecting');
      return;
    }
    const reason = ClientError.fromWire(refused.data.data);
    if (isTransient(reason)) {
      this.#set('reconnecting');
      this.#retry = setTimeout(() => this.#socket.connect(), reason.retryAfterMs ?? 1000);
      return;
    }
    this.#set('refused');
    this.#events.emit('refused', reason);
  }

  #onNotify(message: unknown): void {
    const notified = parseNotification(message);
    if (notified) this.#events.emit('notify', notified);
  }

  #set(status: SocketStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#events.emit('status', status);
  }

  #loseRequests(): void {
    const lost = this.#lost;
    this.#lost = newLoss();
    lost.reject(ClientError.offline('socket'));
  }
}

/** Undefined for what a newer server may say and this page does not know: it is skipped, never fatal. */
export function parseNotification(message: unknown): Notified | undefined {
  const parsed = Notified.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}

/** Requests race against its promise. With none in flight its rejection has nobody to tell: a request that comes later asks anew. */
function newLoss(): PromiseWithResolvers<never> {
  const loss = Promise.withResolvers<never>();
  loss.promise.catch(() => {});
  return loss;
}
