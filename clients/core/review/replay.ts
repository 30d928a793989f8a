/** The facts of a room up to any moment: folded with the same function as in the room, from checkpoints. */
import { isHidden, type LogEntry, type ReadableEntry } from '../../../signaling/protocol/entry.ts';
import { evolve } from '../../../signaling/protocol/evolve.ts';
import { initialRoomState, type RoomState } from '../../../signaling/protocol/state.ts';

/** Entries between two kept states: a jump folds at most this many. */
const EVERY = 100;

interface Step {
  readonly entry: ReadableEntry;
  /** Room time; of a hidden entry that of the one before it. */
  readonly at: number;
}

export class RoomReplay {
  readonly #steps: Step[] = [];
  /** State after `n * EVERY` steps. */
  readonly #checkpoints: RoomState[] = [initialRoomState()];
  #tail = initialRoomState();
  #cached: { count: number; state: RoomState } = { count: 0, state: initialRoomState() };

  get lastSeq(): number {
    return this.#tail.seq;
  }

  /** The newest state, as at the end of the recording. */
  get end(): RoomState {
    return this.#tail;
  }

  /** Adds entries behind those that are known; repeats are ignored. */
  add(entries: readonly ReadableEntry[]): void {
    for (const entry of [...entries].sort((a, b) => a.seq - b.seq)) {
      if (entry.seq <= this.#tail.seq) continue;
      const at = isHidden(entry) ? (this.#steps.at(-1)?.at ?? 0) : entry.at;
      this.#steps.push({ entry, at });
      this.#tail = evolve(this.#tail, entry);
      if (this.#steps.length % EVERY === 0) this.#checkpoints.push(this.#tail);
    }
  }

  /** State of the room at a moment of room time. The same object while nothing changes. */
  stateAt(at: number): RoomState {
    const count = this.#countAt(at);
    if (this.#cached.count === count) return this.#cached.state;
    const isNear = count > this.#cached.count && count - this.#cached.count < EVERY;
    const base = isNear ? this.#cached.count : Math.floor(count / EVERY) * EVERY;
    let state = isNear ? this.#cached.state : (this.#checkpoints[base / EVERY] ?? initialRoomState());
    for (const { entry } of this.#steps.slice(base, count)) state = evolve(state, entry);
    this.#cached = { count, state };
    return state;
  }

  /** Readable entries in order. */
  get entries(): readonly LogEntry[] {
    return this.#steps.flatMap(({ entry }) => (isHidden(entry) ? [] : [entry]));
  }

  #countAt(at: number): number {
    let [low, high] = [0, this.#steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#steps[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
