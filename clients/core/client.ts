/** The client of one page: one HTTP interface, one socket, a list of rooms, and a session for each joined room. */
import { isFactMethod, type Method, type Params, type Result } from '../../signaling/protocol/methods.ts';
import { type Clock, systemClock } from './clock.ts';
import { Emitter } from './emitter.ts';
import { ClientError, isClientError } from './errors.ts';
import { createHttpApi } from './http.ts';
import { newId } from './ids.ts';
import { watchNetwork } from './live/network.ts';
import { Requests } from './live/requests.ts';
import { RoomListImpl } from './live/room-list.ts';
import { RoomSessionImpl, type SessionDeps } from './live/session.ts';
import { createLiveSocket, type LiveSocket, type Notified } from './live/socket.ts';
import { browserDevice, type DeviceFactory, type StillGrabber } from './media/engine.ts';
import { grabStill } from './media/grab-still.ts';
import type { RouterMemory } from './media/transports.ts';
import { precheck } from './precheck.ts';
import type {
  Client,
  ClientEvents,
  ClientOptions,
  HttpApi,
  JoinOptions,
  PrecheckOptions,
  PrecheckResult,
  RequestOptions,
  RoomList,
  SocketStatus,
} from './types.ts';

const PROBE_MS = 1200;

/** What Node and tests put in place of the browser's. */
export interface ClientParts {
  readonly clock?: Clock;
  readonly createDevice?: DeviceFactory;
  readonly grab?: StillGrabber;
  readonly createSocket?: (url: string) => LiveSocket;
  /** Where the code of media comes from; unless told, it is fetched when a session needs it. */
  readonly media?: SessionDeps['media'];
}

/**
 * Makes a client. Nothing is sent before it is asked for something. Close it to end every session and the socket.
 *
 * The code of media is no part of it until a session begins it: a page that may never film stays small. Pages that always
 * carry media take `createClient` of `index.ts`.
 *
 * @param parts replaces the browser's socket, clock and media device; pages leave it out.
 */
export function createClient(options: ClientOptions = {}, parts: ClientParts = {}): Client {
  return new ClientImpl(options, parts);
}

/** The two chunks are asked for at once: on a slow link a second round trip would be seen. */
const fetchMedia: SessionDeps['media'] = async () => {
  const [{ createSessionMedia }] = await Promise.all([
    import('./live/session-media.ts'),
    import('mediasoup-client'),
  ]);
  return createSessionMedia;
};

class ClientImpl implements Client {
  readonly http: HttpApi;
  readonly #events = new Emitter<ClientEvents>();
  readonly #options: ClientOptions;
  readonly #parts: Required<ClientParts>;
  readonly #socket: LiveSocket;
  readonly #requests: Requests;
  readonly #rooms: RoomListImpl;
  readonly #sessions = new Map<string, RoomSessionImpl>();
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;
  readonly #unwatch: () => void;
  readonly #memory: RouterMemory = {};
  #closed = false;

  constructor(options: ClientOptions, parts: ClientParts) {
    this.#options = options;
    this.#parts = {
      clock: parts.clock ?? systemClock,
      createDevice: parts.createDevice ?? browserDevice,
      grab: parts.grab ?? grabStill,
      createSocket: parts.createSocket ?? ((url) => createLiveSocket(url)),
      media: parts.media ?? fetchMedia,
    };
    this.http = createHttpApi(options.url ?? '', this.#fetch);
    this.#storage = options.storage ?? defaultStorage();
    this.#socket = this.#parts.createSocket(options.url ?? '');
    this.#requests = new Requests((request, ms) => this.#socket.send(request, ms), this.#parts.clock);
    this.#rooms = new RoomListImpl(this.#requests, () => this.#socket.connect());
    this.#socket.on('status', (status) => this.#handleStatus(status));
    this.#socket.on('notify', (notified) => this.#handleNotified(notified));
    this.#socket.on('refused', (error) => {
      if (error.code === 'unauthenticated') this.#events.emit('sessionEnded', { reason: 'expired' });
    });
    this.#unwatch = watchNetwork(() => this.#handleNetworkChange());
  }

  get rooms(): RoomList {
    return this.#rooms;
  }
  get socket(): SocketStatus {
    return this.#socket.status;
  }

  on<N extends keyof ClientEvents>(name: N, listener: (data: ClientEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  request<M extends Method>(
    method: M,
    params: Params<M>,
    options: RequestOptions & { roomId?: string } = {},
  ): Promise<Result<M>> {
    if (isFactMethod(method)) {
      return Promise.reject(new ClientError('bad-request', `${method} belongs to a joined room's session.`));
    }
    this.#socket.connect();
    return this.#requests.request(method, params, options);
  }

  join(roomId: string, options: JoinOptions = {}): RoomSessionImpl {
    const open = this.#sessions.get(roomId);
    if (open) return open;
    if (this.#closed) throw new ClientError('closed', 'This client has been closed; make another one.');
    const { clock, createDevice, grab, media } = this.#parts;
    const session = new RoomSessionImpl({
      roomId,
      peerId: options.peerId ?? this.#keptPeerId(roomId),
      options,
      socket: this.#socket,
      clock,
      createDevice,
      grab,
      media,
      memory: this.#memory,
      roomToken: options.roomToken ?? (() => this.http.roomToken(roomId, options.role)),
      isOnline,
      onEnded: () => this.#sessions.delete(roomId),
    });
    this.#sessions.set(roomId, session);
    this.#socket.connect();
    return session;
  }

  precheck(options: PrecheckOptions = {}): Promise<PrecheckResult> {
    const ping = async () => {
      await this.request('clock.sync', {}, { deadlineMs: 1000 });
    };
    const { clock } = this.#parts;
    return precheck({ base: this.#options.url ?? '', fetch: this.#fetch, clock, ping }, options);
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    for (const session of [...this.#sessions.values()]) session.close();
    this.#rooms.close();
    this.#requests.close(new ClientError('closed', `The client was closed: ${reason}.`));
    this.#socket.close();
    this.#events.removeAll();
  }

  /** Looked up at each call, since a page may wrap the global one after this was made. */
  readonly #fetch: typeof globalThis.fetch = (input, init) =>
    (this.#options.fetch ?? globalThis.fetch)(input, init);

  #handleStatus(status: SocketStatus): void {
    if (status === 'up') this.#requests.openGate();
    else this.#requests.shutGate();
    if (status === 'up') this.#rooms.handleUp();
    this.#events.emit('socket', status);
  }

  #handleNotified(notified: Notified): void {
    this.#rooms.handleNotified(notified);
    if (notified.roomId !== undefined) {
      this.#sessions.get(notified.roomId)?.handleNotified(notified);
    } else if (notified.name === 'session.ended') {
      for (const session of [...this.#sessions.values()]) session.handleNotified(notified);
      this.#events.emit('sessionEnded', notified.data);
    }
  }

  #handleNetworkChange(): void {
    if (isOnline() && this.#socket.status === 'reconnecting') this.#socket.reconnect();
    if (this.#socket.status === 'up') this.#probe();
    for (const session of this.#sessions.values()) session.handleNetworkChange();
  }

  /** On another network the old connection is dead, but TCP would take many seconds to say so. */
  #probe(): void {
    this.#requests.request('clock.sync', {}, { deadlineMs: PROBE_MS }).catch((error: unknown) => {
      const mute = isClientError(error) && error.code === 'deadline-exceeded';
      if (mute && this.#socket.status === 'up') this.#socket.reconnect();
    });
  }

  #keptPeerId(roomId: string): string {
    const key = `goldenhour.peer.${roomId}`;
    const kept = this.#storage.getItem(key) ?? newId();
    this.#storage.setItem(key, kept);
    return kept;
  }
}

/** Browsers without storage (private windows of some) keep the peer for the life of the page. */
function defaultStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  try {
    const storage = globalThis.sessionStorage;
    storage.getItem('goldenhour.probe');
    return storage;
  } catch {
    // Reading `sessionStorage` throws where cookies are blocked, and it is missing in Node.
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => {
        kept.set(key, value);
      },
    };
  }
}

function isOnline(): boolean {
  return globalThis.navigator?.onLine ?? true;
}
