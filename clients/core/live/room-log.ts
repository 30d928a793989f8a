/**
 * The client's copy of a room: entries folded in order with `evolve`, holes found and asked for. Pure: what comes in
 * is handed over by `handle*`, what must happen is told by events.
 */
import type { ReadableEntry } from '../../../signaling/protocol/entry.ts';
import { evolve } from '../../../signaling/protocol/evolve.ts';
import type { Snapshot } from '../../../signaling/protocol/snapshot.ts';
import { initialRoomState, type RoomState } from '../../../signaling/protocol/state.ts';
import { Emitter } from '../emitter.ts';

/** Entries kept while a hole is being filled; beyond it the log is asked for again from the hole. */
const EARLY_KEPT = 1000;

export interface RoomLogEvents {
  state: RoomState;
  /** Each entry, once and in order, after it was folded. Not emitted for what a snapshot covers. */
  entry: ReadableEntry;
  /** Entries after `since` are missing: ask `room.entries`. */
  hole: { readonly since: number };
}

export class RoomLog {
  readonly events = new Emitter<RoomLogEvents>();
  #state = initialRoomState();
  #synced = false;
  readonly #early = new Map<number, ReadableEntry>();

  get state(): RoomState {
    return this.#state;
  }

  get seq(): number {
    return this.#state.seq;
  }

  /** What to send as `since` on a join; undefined before anything was received. */
  get since(): number | undefined {
    return this.#synced ? this.#state.seq : undefined;
  }

  /** The answer to a join, a resume or `room.entries`. */
  handleCatchUp(answer: {
    snapshot?: Snapshot | undefined;
    entries?: readonly ReadableEntry[] | undefined;
  }): void {
    const before = this.#state;
    if (answer.snapshot && (!this.#synced || answer.snapshot.seq >= this.#state.seq)) {
      this.#state = { ...answer.snapshot.state, seq: answer.snapshot.seq };
    }
    this.#synced = true;
    for (const entry of answer.entries ?? []) this.#fold(entry);
    this.#foldEarly();
    if (this.#state !== before) this.events.emit('state', this.#state);
  }

  /** A pushed entry. Repeats are skipped; one that comes early waits until the hole before it is filled. */
  handleEntry(entry: ReadableEntry): void {
    if (entry.seq <= this.#state.seq && this.#synced) return;
    if (!this.#synced || entry.seq !== this.#state.seq + 1) {
      this.#keepEarly(entry);
      return;
    }
    const before = this.#state;
    this.#fold(entry);
    this.#foldEarly();
    if (this.#state !== before) this.events.emit('state', this.#state);
  }

  #keepEarly(entry: ReadableEntry): void {
    if (this.#early.size < EARLY_KEPT) this.#early.set(entry.seq, entry);
    if (this.#synced) this.events.emit('hole', { since: this.#state.seq });
  }

  #fold(entry: ReadableEntry): void {
    // A tail with a hole inside is not folded past it: the state would silently miss a fact.
    if (entry.seq !== this.#state.seq + 1) return;
    this.#state = evolve(this.#state, entry);
    this.events.emit('entry', entry);
  }

  #foldEarly(): void {
    for (let next = this.#early.get(this.seq + 1); next; next = this.#early.get(this.seq + 1))
      this.#fold(next);
    for (const seq of this.#early.keys()) if (seq <= this.seq) this.#early.delete(seq);
    if (this.#early.size > 0) this.events.emit('hole', { since: this.seq });
  }
}
