/**
 * A client of chaos: it keeps to the protocol, comes back by itself, repeats a command by its id until it is answered, and writes
 * down everything it asked, was told and was shown, without any repair of its own that could hide a fault.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { newId } from '../../platform/ids.ts';
import { isHidden, type ReadableEntry } from '../../signaling/protocol/entry.ts';
import type { ErrorCode } from '../../signaling/protocol/errors.ts';
import { METHODS, type Method, type Params } from '../../signaling/protocol/methods.ts';
import { NOTIFICATIONS, Notification } from '../../signaling/protocol/notifications.ts';
import type { Random } from '../cpr/random.ts';
import { ANSWER_MS, type Attempt, ask, send } from './ask.ts';
import { entryOf } from './entries.ts';
import type { History } from './history.ts';
import { roomToken } from './http.ts';
import type { Link } from './link.ts';

/** An operation is given up after this, in milliseconds. */
const OPERATION_MS = 60_000;
const AGAIN_MS = 60;
/** Refusals that a later try of the same command may not meet. */
const PASSING: readonly ErrorCode[] = [
  'not-owner',
  'stale-epoch',
  'store-unavailable',
  'deadline-exceeded',
  'too-many',
  'media-unavailable',
  'internal',
];

export interface ClientOptions {
  readonly name: string;
  readonly room: string;
  readonly cookie: string;
  readonly link: Link;
  readonly history: History;
  readonly random: Random;
}

export class ChaosClient {
  readonly #options: ClientOptions;
  readonly #peerId = newId();
  #socket: Socket | undefined;
  #token: string | undefined;
  #connections = 0;
  #joined = false;
  #closed = false;
  #running: Promise<void> | undefined;
  #operations = 0;
  readonly #repeats: (() => void)[] = [];
  /** When it last joined, of `performance.now()`. */
  joinedAt = 0;
  /** The last number this client was shown. */
  seq = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }
  get room(): string {
    return this.#options.room;
  }
  get link(): Link {
    return this.#options.link;
  }
  get joined(): boolean {
    return this.#joined;
  }

  /** Connects and stays connected until `close`. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** The next command is sent twice at once, and again after its answer; resolves when that was done. */
  repeatNext(): Promise<void> {
    return new Promise((resolve) => this.#repeats.push(resolve));
  }

  /** States facts one after the other until told to stop; each is over when this resolves. */
  async write(paceMs: number, isOver: () => boolean): Promise<void> {
    const { random } = this.#options;
    while (!isOver()) {
      await sleep(paceMs * (0.5 + random()));
      if (isOver()) return;
      const text = `${this.name} ${this.#operations}`;
      const to = random() < 0.8 ? 'room' : 'clinical';
      if (random() < 0.9) await this.operate('chat.send', { text, patientId: 'scene', to });
      else await this.operate('patient.add', { description: text });
    }
  }

  /** One operation: tries until it is answered, refused for good, or its time is over. Answers whether it succeeded. */
  async operate<M extends Method>(method: M, params: Params<M>): Promise<boolean> {
    const { history, name, room } = this.#options;
    this.#operations += 1;
    const op = `${name}/${this.#operations}`;
    const commandId = newId();
    const request = { method, params, roomId: room, commandId, deadlineMs: ANSWER_MS };
    const repeated = this.#repeats.shift();
    const times = repeated ? 2 : 1;
    history.add({ t: 'invoke', at: history.now(), op, client: name, room, commandId, method });
    if (times > 1) history.add({ t: 'sent', at: history.now(), op, times: times + 1 });
    const end = performance.now() + OPERATION_MS;
    let why = 'closed';
    while (performance.now() < end && !this.#closed) {
      const attempts = await Promise.all(Array.from({ length: times }, () => this.#attempt(request)));
      const answers = attempts.filter((each) => each?.ok === true);
      const refusal = attempts.find((each) => each?.ok === false && !PASSING.includes(each.code));
      for (const each of answers) history.add({ t: 'ok', at: history.now(), op, result: each.result });
      if (answers.length > 0) {
        if (times > 1) await this.#askAgain(op, request);
        repeated?.();
        return true;
      }
      if (refusal?.ok === false) {
        history.add({ t: 'fail', at: history.now(), op, code: refusal.code });
        repeated?.();
        return false;
      }
      why = attempts[0]?.ok === false ? attempts[0].code : 'no answer';
      await sleep(AGAIN_MS);
    }
    history.add({ t: 'unknown', at: history.now(), op, why });
    repeated?.();
    return false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#socket?.disconnect();
    await this.#running;
  }

  async #askAgain(op: string, request: object): Promise<void> {
    const { history } = this.#options;
    const again = await this.#attempt(request);
    if (again?.ok) history.add({ t: 'ok', at: history.now(), op, result: again.result });
  }

  /** One try on the connection of now; undefined without an answer. */
  async #attempt(request: object): Promise<Attempt | undefined> {
    const socket = this.#socket;
    if (!socket || !this.#joined) return undefined;
    return ask(socket, request);
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#connectOnce();
      } catch {
        // A refused or broken connection is what chaos is about; the next one is tried at once.
      }
      this.#joined = false;
      if (!this.#closed) await sleep(AGAIN_MS * (0.5 + this.#options.random()));
    }
  }

  /** One connection from its beginning to its end. */
  async #connectOnce(): Promise<void> {
    const { link, cookie, room } = this.#options;
    this.#token ??= await roomToken(link.port, room, cookie);
    const socket = io(`https://127.0.0.1:${link.port}`, {
      ...{ forceNew: true, transports: ['websocket'], reconnection: false, rejectUnauthorized: false },
      timeout: ANSWER_MS,
      extraHeaders: { cookie, origin: `https://127.0.0.1:${link.port}` },
    });
    this.#socket = socket;
    const connection = this.#connections;
    this.#connections += 1;
    const ended = new Promise<void>((resolve) => {
      socket.once('disconnect', () => resolve());
      socket.once('connect_error', () => resolve());
    });
    // Entries that overtake the answer of the join would be a fault of the service, so they are not held back here.
    socket.on('notify', (raw: unknown) => this.#take(raw, connection));
    try {
      await Promise.race([ended, new Promise<void>((resolve) => socket.once('connect', () => resolve()))]);
      if (!socket.connected) return;
      await this.#join(socket, connection);
      await ended;
    } finally {
      socket.removeAllListeners();
      socket.disconnect();
    }
  }

  async #join(socket: Socket, connection: number): Promise<void> {
    const { room, name } = this.#options;
    const since = this.seq > 0 ? this.seq : undefined;
    const params = { token: this.#token, peerId: this.#peerId, speaksHere: false };
    const request = {
      method: 'room.join',
      roomId: room,
      params: { ...params, ...(since === undefined ? {} : { since }) },
      deadlineMs: ANSWER_MS,
    };
    const code = await new Promise<string | undefined>((resolve) => {
      // At once, in the turn of its arrival: the entries behind it may have come in the same packet.
      send(socket, request, (answer) => {
        if (answer?.ok) this.#welcomed(answer.result, connection, since);
        resolve(answer?.ok ? undefined : (answer?.code ?? 'no answer'));
      });
    });
    if (code === 'unauthenticated') this.#token = undefined;
    if (code !== undefined) throw new Error(`${name} has not joined: ${code}`);
  }

  #welcomed(result: string, connection: number, since: number | undefined): void {
    const { room, name, history } = this.#options;
    const joined = METHODS['room.join'].result.parse(JSON.parse(result));
    this.#token = joined.token;
    const seq = joined.snapshot?.seq ?? joined.entries?.at(-1)?.seq ?? this.seq;
    history.add({
      ...{ t: 'joined' as const, at: history.now(), client: name, room, connection, seq },
      ...(since === undefined ? {} : { since }),
      snapshot: joined.snapshot !== undefined,
    });
    if (joined.snapshot) this.seq = joined.snapshot.seq;
    for (const entry of joined.entries ?? []) this.#shown(entry, connection);
    this.#joined = true;
    this.joinedAt = performance.now();
  }

  #take(raw: unknown, connection: number): void {
    const { name, roomId, data } = Notification.parse(raw);
    if (name === 'token.renewed' && roomId === this.#options.room) {
      this.#token = NOTIFICATIONS['token.renewed'].parse(data).token;
    }
    if (name !== 'entry' || roomId !== this.#options.room) return;
    this.#shown(NOTIFICATIONS.entry.parse(data).entry, connection);
  }

  #shown(entry: ReadableEntry, connection: number): void {
    const { history, name, room } = this.#options;
    const seen = isHidden(entry) ? { seq: entry.seq } : entryOf(entry);
    history.add({ t: 'entry', at: history.now(), client: name, room, connection, entry: seen });
    this.seq = entry.seq;
  }
}
