/** A client for tests: real socket.io, the contract's parsers on everything that arrives, and waits with a deadline. */
import assert from 'node:assert/strict';
import { io, type Socket } from 'socket.io-client';
import type * as z from 'zod/mini';
import { newId } from '../../../platform/ids.ts';
import type { ReadableEntry } from '../../protocol/entry.ts';
import { evolve } from '../../protocol/evolve.ts';
import { METHODS, type Method, type Params, Reply, type Result } from '../../protocol/methods.ts';
import {
  NOTIFICATIONS,
  Notification,
  type NotificationData,
  type NotificationName,
} from '../../protocol/notifications.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';

/** Far more than a busy machine takes. */
const WAIT_MS = 30_000;
const RESULTS: { readonly [M in Method]: { readonly result: z.ZodMiniType<Result<M>> } } = METHODS;
const DATA: { readonly [N in NotificationName]: z.ZodMiniType<NotificationData<N>> } = NOTIFICATIONS;

/** Waits until a condition holds, looking again at each turn of the event loop. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  waitMs = WAIT_MS,
): Promise<void> {
  const end = performance.now() + waitMs;
  while (!(await condition())) {
    if (performance.now() > end) assert.fail(`waited ${waitMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export interface RequestOptions {
  readonly roomId?: string;
  readonly commandId?: string;
  readonly deadlineMs?: number;
}

export class TestClient {
  readonly socket: Socket;
  readonly notifications: { name: string; roomId?: string | undefined; data: unknown }[] = [];
  /** Entries by room in the order of their arrival, doubles and all. */
  readonly entries = new Map<string, ReadableEntry[]>();
  readonly states = new Map<string, RoomState>();
  peerId = newId();

  constructor(
    url: string,
    cookie: string | undefined,
    options: { transports?: string[]; origin?: string } = {},
  ) {
    this.socket = io(url, {
      forceNew: true,
      transports: options.transports ?? ['websocket'],
      reconnectionDelay: 1,
      reconnectionDelayMax: 5,
      extraHeaders: {
        ...(cookie ? { cookie } : {}),
        ...(options.origin ? { origin: options.origin } : {}),
      },
    });
    this.socket.on('notify', (raw: unknown) => this.#take(raw));
  }

  async connected(): Promise<this> {
    await until(() => this.socket.connected, 'a connection');
    return this;
  }

  /** Sends anything, as a client that follows no contract would. */
  async raw(payload: unknown, event = 'request'): Promise<Reply> {
    const reply: unknown = await this.socket.timeout(WAIT_MS).emitWithAck(event, payload);
    return Reply.parse(reply);
  }

  reply(method: string, params: unknown, options: RequestOptions = {}): Promise<Reply> {
    return this.raw({ method, params, ...options });
  }

  /** Sends a request that must succeed; its result is parsed as the contract says. */
  async request<M extends Method>(
    method: M,
    params: Params<M>,
    options: RequestOptions = {},
  ): Promise<Result<M>> {
    const reply = await this.reply(method, params, { commandId: newId(), ...options });
    assert.ok(reply.ok, `${method}: ${JSON.stringify(reply)}`);
    return RESULTS[method].result.parse(reply.result);
  }

  /** Sends a request that must be refused, and answers with the code. */
  async refused(method: string, params: unknown, options: RequestOptions = {}): Promise<string> {
    const reply = await this.reply(method, params, { commandId: newId(), ...options });
    assert.ok(!reply.ok, `${method} should have been refused`);
    return reply.error.code;
  }

  /** Joins, or resumes after what was folded before. */
  async join(
    roomId: string,
    token: string,
    options: { fresh?: boolean; speaksHere?: boolean; device?: string } = {},
  ): Promise<Result<'room.join'>> {
    const known = this.states.get(roomId);
    const joined = await this.request(
      'room.join',
      {
        token,
        peerId: this.peerId,
        speaksHere: options.speaksHere ?? true,
        ...(options.device ? { device: options.device } : {}),
        ...(known && !options.fresh ? { since: known.seq } : {}),
      },
      { roomId },
    );
    if (joined.snapshot) this.states.set(roomId, joined.snapshot.state);
    for (const entry of joined.entries ?? []) this.#fold(roomId, entry);
    return joined;
  }

  of<N extends NotificationName>(name: N): NotificationData<N>[] {
    return this.notifications.filter((seen) => seen.name === name).map(({ data }) => DATA[name].parse(data));
  }

  /** Waits for the next notification of a name that fits, also one that has come already. */
  async seen<N extends NotificationName>(
    name: N,
    fits: (data: NotificationData<N>) => boolean = () => true,
  ): Promise<NotificationData<N>> {
    await until(() => this.of(name).some(fits), name);
    const found = this.of(name).find(fits);
    assert.ok(found);
    return found;
  }

  state(roomId: string): RoomState {
    return this.states.get(roomId) ?? initialRoomState();
  }

  async stateWhere(roomId: string, holds: (state: RoomState) => boolean, what: string): Promise<RoomState> {
    await until(() => holds(this.state(roomId)), what);
    return this.state(roomId);
  }

  /** Drops the transport as a tunnel would; the client comes back by itself. */
  cut(): void {
    this.socket.io.engine.close();
  }

  close(): void {
    this.socket.close();
  }

  #take(raw: unknown): void {
    const { name, roomId, data } = Notification.parse(raw);
    this.notifications.push({ name, roomId, data });
    if (name !== 'entry') return;
    assert.ok(roomId);
    this.#fold(roomId, NOTIFICATIONS.entry.parse(data).entry);
  }

  #fold(roomId: string, entry: ReadableEntry): void {
    const entries = this.entries.get(roomId) ?? [];
    entries.push(entry);
    this.entries.set(roomId, entries);
    this.states.set(roomId, evolve(this.state(roomId), entry));
  }
}
