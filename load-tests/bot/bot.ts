/**
 * A headless peer over the real protocol: the SDK of the pages itself (`clients/core`: its socket, its retries, its catch-up, its
 * media recovery) in Node, without a page. Load made with it is the load that pages make.
 *
 * ```ts
 * const pass = await signIn(stack.origin, 'doctor', password);       // door.ts; bots of one person may share a pass
 * const bot = new Bot({ name: 'b1', pass });                          // facts only; give `media` for WebRTC (media.ts)
 * const roomId = await bot.createRoom('Load', organisations);         // as a dispatcher
 * await bot.join(roomId, { role: 'coordinator' });                    // answers after how many milliseconds it was joined
 * const messageId = await bot.chat('hello');                          // acknowledged: durable at the server
 * bot.cut();                                                          // its connection breaks; it comes back by itself
 * await bot.reaches(otherBot.seq);                                    // has folded everything up to there
 * bot.log.timesOf(messageId);                                         // 1: came exactly once
 * bot.counts();                                                       // what it saw and did
 * await bot.close();
 * ```
 *
 * Every entry is judged as it comes over the wire (`log-check.ts`): holes, repeats, order, contents. Requests that a cut left
 * unanswered are sent again by the SDK with the same `commandId`; one that fails for good rejects and is counted in `errors`.
 * `Bot` works in the caller's process; `fleet.ts` runs many in child processes that can be pinned to a core.
 */
import { type ClientParts, createClient } from '../../clients/core/client.ts';
import { isClientError } from '../../clients/core/errors.ts';
import { newId } from '../../clients/core/ids.ts';
import { createSessionMedia } from '../../clients/core/live/session-media.ts';
import type { Client, RoomSession } from '../../clients/core/types.ts';
import type { Params } from '../../signaling/protocol/methods.ts';
import { type Door, openDoor, type Pass } from './door.ts';
import type { LogCheck } from './log-check.ts';
import type { BotCounts, JoinPlan, PublishPlan, SightCounts } from './orders.ts';
import { Samples } from './samples.ts';
import { sharedNow, stamp, WatchedSocket } from './watched-socket.ts';

/** What a bot needs to carry media: `webrtc()` of media.ts gives it. */
export interface BotMedia {
  readonly createDevice: NonNullable<ClientParts['createDevice']>;
  readonly grab: NonNullable<ClientParts['grab']>;
  /** Watches what comes in and publishes what goes out, for one session. */
  attach(session: RoomSession): BotSight;
}

export interface BotSight {
  publish(options: PublishPlan): Promise<string[]>;
  /** Asks for every picture in this size, in device pixels; 0 asks for none. */
  view(width: number, height: number): void;
  counts(): SightCounts;
  close(): void;
}

export interface BotOptions {
  readonly name: string;
  readonly pass: Pass;
  readonly media?: BotMedia;
}

const WAIT_MS = 60_000;
/** As large as the features of a frame usually are; only the wearer's own device looks into it. */
const ANCHOR = {
  kind: 'scene',
  frame: {},
  reference: 'A'.repeat(4000),
  region: { x: 0.2, y: 0.2, width: 0.6, height: 0.6 },
} as const;

export class Bot {
  readonly name: string;
  readonly client: Client;
  readonly #door: Door;
  readonly #media: BotMedia | undefined;
  readonly #ack = new Samples();
  readonly #back = new Samples();
  readonly #heard = new Samples();
  readonly #errors = new Map<string, number>();
  readonly #warnings = new Map<string, number>();
  #socket: WatchedSocket | undefined;
  #session: RoomSession | undefined;
  #sight: BotSight | undefined;
  #joinMs: number | undefined;
  #acts = 0;

  constructor({ name, pass, media }: BotOptions) {
    this.name = name;
    this.#media = media;
    this.#door = openDoor(pass);
    this.client = createClient(
      { url: pass.origin, fetch: this.#door.fetch },
      {
        createSocket: (url) => {
          const heard = (ageMs: number) => this.#heard.add(ageMs);
          this.#socket = new WatchedSocket(this.#door.createSocket(url), heard);
          return this.#socket;
        },
        media: () => createSessionMedia,
        ...(media ? { createDevice: media.createDevice, grab: media.grab } : {}),
      },
    );
  }

  get session(): RoomSession {
    if (!this.#session) throw new Error(`${this.name} has joined no room yet`);
    return this.#session;
  }

  get log(): LogCheck {
    return this.socket.log(this.session.roomId);
  }

  get socket(): WatchedSocket {
    if (!this.#socket) throw new Error('a client makes its socket at once');
    return this.#socket;
  }

  /** Number of the last entry it has folded. */
  get seq(): number {
    return this.session.seq;
  }

  /** A drill, open to these organisations; needs a dispatcher. */
  createRoom(title: string, organisations: readonly string[]): Promise<string> {
    return this.client.rooms.create({ title, drill: true, organisations: [...organisations] });
  }

  /** Joins and answers how long that took, in milliseconds. Rejects with the server's refusal. */
  async join(roomId: string, { role, view }: JoinPlan = {}): Promise<number> {
    const asked = performance.now();
    const session = this.client.join(roomId, { media: this.#media !== undefined, ...(role ? { role } : {}) });
    this.#session = session;
    session.on('warning', ({ what, error }) => count(this.#warnings, `${what}: ${codeOf(error)}`));
    this.#sight = this.#media?.attach(session);
    if (view) this.#sight?.view(view.width, view.height);
    await session.joined();
    this.#joinMs = performance.now() - asked;
    return this.#joinMs;
  }

  /** Sends a made picture and sound; answers the producers' ids. Needs `media`. */
  publish(plan: PublishPlan): Promise<string[]> {
    if (!this.#sight) throw new Error(`${this.name} carries no media`);
    return this.#sight.publish(plan);
  }

  /** Says something; answers the message's id once it is durable. */
  chat(text: string, to: Params<'chat.send'>['to'] = 'room'): Promise<string> {
    const stamped = `${text} ${stamp()}`;
    return this.#act(async () => {
      const { messageId } = await this.session.request('chat.send', {
        text: stamped,
        patientId: 'scene',
        to,
      });
      return messageId;
    });
  }

  /** Draws one stroke as a pen does, `points` at once in each message, and answers the mark's id once it is durable. */
  stroke(producerId: string, points = 20): Promise<string> {
    const markId = `m${newId().slice(0, 12)}${stamp()}`;
    const surface = { kind: 'video', producerId } as const;
    const common = {
      markId,
      patientId: 'scene',
      surface,
      anchor: ANCHOR,
      aspect: 16 / 9,
    } as const;
    const line = Array.from(
      { length: points },
      (_, i) => [0.2 + (0.6 * i) / points, 0.5, 0.5, i * 16] as const,
    );
    return this.#act(async () => {
      await this.session.request('mark.begin', { ...common, kind: 'stroke' });
      const drawn = { markId, n: 0, from: 0, points: line };
      await this.session.request('mark.points', { points: drawn, relay: true });
      await this.session.request('mark.add', { ...common, shape: { kind: 'stroke', points: line } });
      return markId;
    });
  }

  /** Takes own marks away again: a room shows a hundred at most. */
  erase(markIds: readonly string[]): Promise<void> {
    return this.#act(async () => {
      await this.session.request('mark.erase', { markIds: [...markIds] });
    });
  }

  /** Breaks the connection as a tunnel would; the SDK comes back by itself. */
  cut(): void {
    const cutAt = sharedNow();
    this.socket.onceBack(this.session.roomId, (at) => this.#back.add(at - cutAt));
    this.socket.reconnect();
  }

  /** Waits until everything up to `seq` has been folded. */
  reaches(seq: number, waitMs = WAIT_MS): Promise<void> {
    return this.where(() => this.session.seq >= seq, `entry ${seq}`, waitMs);
  }

  /** Waits until something holds, looking a hundred times a second. */
  async where(holds: () => boolean, what: string, waitMs = WAIT_MS): Promise<void> {
    const end = performance.now() + waitMs;
    while (!holds()) {
      if (performance.now() > end)
        throw new Error(
          `${this.name} waited ${waitMs} ms in vain for ${what}: ${JSON.stringify(this.counts())}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  counts(): BotCounts {
    const { status } = this.#session?.connection ?? { status: 'idle' };
    return {
      name: this.name,
      joinMs: this.#joinMs,
      status,
      connections: this.socket.connections,
      requests: this.socket.requests,
      acts: this.#acts,
      errors: Object.fromEntries(this.#errors),
      warnings: Object.fromEntries(this.#warnings),
      ackMs: [...this.#ack.values],
      backMs: [...this.#back.values],
      heardMs: [...this.#heard.values],
      recorded: this.#recorded(),
      sight: this.#sight?.counts(),
      ...this.socket.log(this.#session?.roomId ?? '').counts,
    };
  }

  /** Leaves the room and ends the connection. Idempotent. */
  async close(): Promise<void> {
    this.#sight?.close();
    await this.#session?.leave();
    this.vanish();
  }

  /** Ends as a page that is closed: nobody is told. Idempotent. */
  vanish(): void {
    this.#sight?.close();
    this.client.close('the bot ends');
    this.#door.close();
  }

  #recorded(): BotCounts['recorded'] {
    const session = this.#session;
    if (!session) return { tracks: 0, behindMs: 0 };
    const running = [...session.recordedTracks.values()].filter(({ state }) => state === 'recording');
    const behind = running.map(({ durableUntil }) => session.roomTime - durableUntil);
    return { tracks: running.length, behindMs: Math.max(0, ...behind) };
  }

  async #act<T>(how: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      const done = await how();
      this.#acts += 1;
      this.#ack.add(performance.now() - began);
      return done;
    } catch (error) {
      count(this.#errors, codeOf(error));
      throw error;
    }
  }
}

function codeOf(error: unknown): string {
  if (isClientError(error)) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
