/** The board: all open rooms owned here, as each principal may see them, pushed as they change. */
import type { Logger } from '../../platform/log.ts';
import type { Board, BoardSubscriber } from '../methods/types.ts';
import type { Principal, RoomAccess } from '../people/types.ts';
import type { RoomSummary } from '../protocol/snapshot.ts';
import type { RoomState } from '../protocol/state.ts';
import type { Rooms } from '../rooms/types.ts';
import { Ringing } from './ringing.ts';
import { summaryOf } from './summary.ts';

/** A room is pushed at most four times a second: a busy room must not cost every board its breath. */
const PUSH_EVERY_MS = 250;

export interface BoardOptions {
  readonly rooms: Rooms;
  readonly access: RoomAccess;
  readonly log: Logger;
  readonly pushEveryMs?: number;
}

export interface LiveBoard extends Board {
  close(): void;
}

/** Follows every room that this process owns, from their present state on. */
export async function createBoard(options: BoardOptions): Promise<LiveBoard> {
  const board = new RoomsBoard(options);
  await board.load();
  return board;
}

/** A subscriber and the lines it was shown, as JSON, so that nothing is sent twice. */
interface Shown {
  readonly subscriber: BoardSubscriber;
  readonly lines: Map<string, string>;
}

class RoomsBoard implements LiveBoard {
  readonly #options: BoardOptions;
  readonly #states = new Map<string, RoomState>();
  readonly #shown = new Map<string, Shown>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #dirty = new Set<string>();
  readonly #ringing: Ringing;
  readonly #stops: (() => void)[];

  constructor(options: BoardOptions) {
    this.#options = options;
    this.#ringing = new Ringing({
      ...options,
      subscribers: () => [...this.#shown.values()].map(({ subscriber }) => subscriber),
    });
    this.#stops = [
      options.rooms.onEntry((roomId, _entry, state) => this.#changed(roomId, state)),
      options.rooms.onDisowned((roomId) => this.#forget(roomId)),
      options.rooms.onOwned((roomId) => this.#owned(roomId)),
    ];
  }

  async load(): Promise<void> {
    for (const { roomId, state } of await this.#options.rooms.openRooms()) {
      if (!this.#states.has(roomId)) this.#changed(roomId, state);
    }
  }

  states(): ReadonlyMap<string, RoomState> {
    return this.#states;
  }

  rooms(principal: Principal): RoomSummary[] {
    const lines: RoomSummary[] = [];
    for (const [roomId, state] of this.#states) {
      const kind = this.#options.access(principal, state);
      if (kind !== 'none') lines.push(summaryOf(roomId, state, kind));
    }
    return lines.sort((a, b) => b.createdUtc - a.createdUtc || (a.roomId < b.roomId ? 1 : -1));
  }

  /** From now on tells of changes; calls that wait for an answer ring at once. */
  subscribe(subscriber: BoardSubscriber): void {
    const lines = new Map<string, string>();
    for (const line of this.rooms(subscriber.principal)) lines.set(line.roomId, JSON.stringify(line));
    const again = this.#shown.has(subscriber.id);
    this.#shown.set(subscriber.id, { subscriber, lines });
    // Asking for the list again must not ring again.
    if (!again) this.#ringing.subscribed(subscriber, this.#states);
  }

  unsubscribe(subscriberId: string): void {
    this.#shown.delete(subscriberId);
    this.#ringing.unsubscribed(subscriberId);
  }

  isSubscribed(subscriberId: string): boolean {
    return this.#shown.has(subscriberId);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#shown.clear();
  }

  #owned(roomId: string): void {
    this.#options.rooms
      .at(roomId)
      .state()
      .then((state) => {
        const known = this.#states.get(roomId);
        if (!known || known.seq < state.seq) this.#changed(roomId, state);
      })
      .catch((error: unknown) => this.#options.log.warn({ error, roomId }, 'a room is missing on the board'));
  }

  #changed(roomId: string, state: RoomState): void {
    if (state.phase === 'open') this.#states.set(roomId, state);
    else this.#states.delete(roomId);
    // A ring never waits for its turn.
    this.#ringing.update(roomId, state);
    this.#push(roomId);
  }

  #forget(roomId: string): void {
    this.#states.delete(roomId);
    this.#ringing.forget(roomId);
    this.#push(roomId);
  }

  /** Pushes at once, then at most once per interval, the last change always. */
  #push(roomId: string): void {
    if (this.#timers.has(roomId)) {
      this.#dirty.add(roomId);
      return;
    }
    this.#pushNow(roomId);
    const timer = setTimeout(() => {
      this.#timers.delete(roomId);
      if (this.#dirty.delete(roomId)) this.#push(roomId);
    }, this.#options.pushEveryMs ?? PUSH_EVERY_MS);
    this.#timers.set(roomId, timer);
  }

  #pushNow(roomId: string): void {
    const state = this.#states.get(roomId);
    const made = new Map<RoomSummary['access'], { line: RoomSummary; text: string }>();
    for (const { subscriber, lines } of this.#shown.values()) {
      const kind = state ? this.#options.access(subscriber.principal, state) : 'none';
      const before = lines.get(roomId);
      if (!state || kind === 'none') {
        if (before === undefined) continue;
        lines.delete(roomId);
        subscriber.push('rooms.changed', { removedRoomId: roomId }, roomId);
        continue;
      }
      // Made once for all who enter in the same way: a board hangs in every hospital.
      const { line, text } = made.get(kind) ?? withText(summaryOf(roomId, state, kind));
      made.set(kind, { line, text });
      if (text === before) continue;
      lines.set(roomId, text);
      subscriber.push('rooms.changed', { room: line }, roomId);
    }
  }
}

function withText(line: RoomSummary): { line: RoomSummary; text: string } {
  return { line, text: JSON.stringify(line) };
}
