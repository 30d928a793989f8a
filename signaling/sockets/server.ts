/** The socket.io door: who may connect, and what becomes of a connection until it ends. */
import { Server, type Socket } from 'socket.io';
import type { Clock } from '../../platform/clock.ts';
import { forbidden, signInAgain, tooMany } from '../methods/refusals.ts';
import type { Services } from '../methods/types.ts';
import type { Session } from '../people/types.ts';
import type { SocketConfig } from './config.ts';
import { LiveConnection } from './connection.ts';
import { Door } from './door.ts';
import { type LiveDoor, LiveDoors } from './doors.ts';
import { endSession, followRooms } from './follow.ts';
import { Limits } from './limits.ts';
import { Outbox } from './outbox.ts';
import { LinkPresence } from './presence.ts';
import type { Seats } from './seats.ts';
import { Tending } from './tend.ts';
import { toWireError } from './wire-errors.ts';

/** Whoever opens a transport and then says nothing is let go after this. */
const HELLO_MS = 10_000;
/** When someone with too many connections may try again. */
/** A guest has one browser; those that died have not been noticed yet. */
const GUEST_CONNECTIONS = 12;
const CROWDED_MS = 5_000;
/** Larger messages end the connection: no method needs more (design section 10). */
const MAX_MESSAGE_BYTES = 128 * 1024;

export interface SocketsOptions {
  readonly doors: readonly LiveDoor[];
  readonly services: Omit<Services, 'live' | 'presence'>;
  readonly seats: Seats;
  readonly config: SocketConfig;
  readonly clock: Clock;
}

export interface Sockets {
  /** Connections now. */
  readonly size: number;
  /** Looks after tokens and sessions at once, instead of at the next interval. */
  tend(): Promise<void>;
  close(reason: string): Promise<void>;
}

/** Opens the live door on the given listeners. Closing it ends every connection; clients come back by themselves. */
export async function createSockets(options: SocketsOptions): Promise<Sockets> {
  const { seats, config } = options;
  const presence = new LinkPresence({
    rooms: options.services.rooms,
    config,
    clock: options.clock,
    log: options.services.log,
    isSeated: (roomId, peerId) => seats.seat(roomId, peerId) !== undefined,
  });
  const services: Services = { ...options.services, live: seats, presence };
  const hub = new Hub(options, services, presence);
  await hub.adoptRooms();
  hub.attach();
  return hub;
}

class Hub implements Sockets {
  readonly #options: SocketsOptions;
  readonly #services: Services;
  readonly #presence: LinkPresence;
  readonly #connections = new Map<string, LiveConnection>();
  readonly #perPerson = new Map<string, number>();
  readonly #limits: Limits;
  readonly #door: Door;
  readonly #doors = new LiveDoors();
  readonly #tending: Tending;
  readonly #io: Server;
  readonly #engines: { close(): unknown }[] = [];
  readonly #stops: (() => void)[];
  #closed: Promise<void> | undefined;

  constructor(options: SocketsOptions, services: Services, presence: LinkPresence) {
    const { config, seats } = options;
    this.#options = options;
    this.#services = services;
    this.#presence = presence;
    this.#limits = new Limits(config);
    this.#door = new Door(services, this.#limits, config);
    this.#tending = new Tending(services, seats, config);
    this.#io = new Server({
      serveClient: false,
      connectTimeout: HELLO_MS,
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      allowRequest: (request, decide) => decide(null, this.#doors.isAllowed(request)),
      ...(config.allowedOrigins.length > 0
        ? { cors: { origin: [...config.allowedOrigins], credentials: true } }
        : {}),
    });
    this.#io.use((socket, next) => {
      this.#enter(socket).then(
        () => next(),
        (error: unknown) => next(Object.assign(new Error('refused'), { data: toWireError(error) })),
      );
    });
    this.#io.on('connection', (socket) => this.#connected(socket));
    seats.onGone = ({ roomId, peer }) => presence.gone(roomId, peer.peerId, peer.role);
    seats.onRemoved = ({ connection }) => this.#dismiss(connection);
    this.#stops = [
      ...followRooms(services, seats, presence),
      services.sessions.onEnded((sid, why) => this.#ended(sid, why)),
    ];
  }

  get size(): number {
    return this.#connections.size;
  }

  attach(): void {
    for (const door of this.#options.doors) {
      for (const server of door.servers) {
        this.#io.attach(server);
        this.#engines.push(this.#io.engine);
      }
      this.#doors.follow(door);
    }
  }

  /** After a start, peers in the logs without a connection are treated as gone from now on. */
  async adoptRooms(): Promise<void> {
    for (const { roomId, state } of await this.#services.rooms.openRooms())
      this.#presence.adopt(roomId, state);
  }

  tend(): Promise<void> {
    return this.#tending.round();
  }

  close(reason: string): Promise<void> {
    this.#closed ??= this.#close(reason);
    return this.#closed;
  }

  async #close(reason: string): Promise<void> {
    this.#services.log.info({ reason, connections: this.size }, 'live connections close');
    for (const stop of this.#stops) stop();
    this.#presence.close();
    await this.#tending.close();
    // Ending the transports, not the sessions: clients come back to whoever serves next.
    for (const socket of this.#io.sockets.sockets.values()) socket.conn.close(true);
    for (const engine of this.#engines) engine.close();
    this.#doors.close();
    this.#io.removeAllListeners();
  }

  /** Admits a connection: a live session from the cookie, and not too many attempts. */
  async #enter(socket: Socket): Promise<void> {
    const { config } = this.#options;
    const { sessions, metrics } = this.#services;
    const door = this.#doors.of(socket.request);
    if (!door) throw signInAgain('You are not signed in.');
    const address = door.addressOf(socket.request);
    const placeWaitMs = await this.#limits.connecting('address', address);
    if (placeWaitMs !== undefined) throw tooMany(placeWaitMs);
    const secret = door.sessionSecret(socket.request);
    const session = secret === undefined ? undefined : await sessions.find(secret);
    if (!session || !door.admits(session.principal)) throw signInAgain('You are not signed in.');
    const { principalId, kind, mustChangePassword } = session.principal;
    if (mustChangePassword) throw forbidden('Choose a password of your own first.');
    const waitMs = await this.#limits.connecting('person', principalId);
    if (waitMs !== undefined) throw tooMany(waitMs);
    const most = Math.min(
      config.maxPerPerson,
      kind === 'guest' ? GUEST_CONNECTIONS : Number.POSITIVE_INFINITY,
    );
    if ((this.#perPerson.get(principalId) ?? 0) >= most) throw tooMany(CROWDED_MS);
    const outbox = new Outbox(
      socket,
      config,
      () => metrics.dropped.inc(),
      () => metrics.cuts.inc({ reason: 'slow' }),
    );
    this.#admitted.set(socket, new LiveConnection(socket, session, sessions, address, outbox));
  }
  readonly #admitted = new WeakMap<Socket, LiveConnection>();

  #countPerson(connection: LiveConnection, change: 1 | -1): void {
    const { principalId } = connection.session.principal;
    const count = (this.#perPerson.get(principalId) ?? 0) + change;
    if (count > 0) this.#perPerson.set(principalId, count);
    else this.#perPerson.delete(principalId);
  }

  #connected(socket: Socket): void {
    const connection = this.#admitted.get(socket);
    if (!connection) throw new TypeError('A connection was made without being admitted.');
    this.#connections.set(connection.id, connection);
    this.#countPerson(connection, 1);
    socket.on('disconnect', (reason) => this.#disconnected(connection, reason));
    socket.onAny((event: string, ...args: unknown[]) => {
      void this.#door.receive(connection, event, args);
    });
    this.#services.log.info(logFields(connection.session, { socketId: connection.id }), 'connected');
  }

  #disconnected(connection: LiveConnection, reason: string): void {
    this.#connections.delete(connection.id);
    this.#countPerson(connection, -1);
    this.#services.board.unsubscribe(connection.id);
    for (const seat of connection.liveSeats()) seat.end('gone');
    this.#services.log.info({ socketId: connection.id, reason }, 'disconnected');
  }

  /** Whoever was removed and does nothing else here is disconnected. */
  #dismiss(connection: LiveConnection): void {
    if (connection.liveSeats().length > 0 || this.#services.board.isSubscribed(connection.id)) return;
    connection.disconnect();
  }

  #ended(sid: string, reason: 'signed-out' | 'revoked' | 'expired'): void {
    for (const connection of this.#connections.values()) {
      if (connection.session.sid === sid) void endSession(this.#services, connection, reason);
    }
  }
}

function logFields(session: Session, more: Record<string, string>): Record<string, string> {
  return { ...more, principalId: session.principal.principalId, sid: session.sid };
}
