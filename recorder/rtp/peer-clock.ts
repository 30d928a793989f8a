/**
 * The clock that all tracks of one peer share: from the publisher's own time (NTP in its sender reports) to that of the
 * host, and on to room time. As every track takes the same relation, what it is wrong by moves sound and picture alike.
 */
import { deserialize, serialize } from 'node:v8';
import { type LeastDelayState, leastDelay, newLeastDelay, observeDelay } from './least-delay.ts';

/** A report of a track that foretells nothing is of another clock when it comes earlier or later than the least delay by this. */
const EARLY_MS = 150;
const LATE_MS = 250;
/** A report that says what its track foretold within this is right however late it comes; no other is. */
const FORETOLD_MS = 50;
/** Reports of an unknown clock that must agree before it is believed. */
const AGREEING = 3;
/** Of the first clock, two: no other speaks against it. */
const AGREEING_FIRST = 2;
const AGREE_MS = 100;
const LINES = 8;
/** What the shared relation may move by: 0.4 ms a second, beside the drift a track follows by itself. */
const SLEW = 400e-6;
const STEP_MS = 100;
/** What is learnt in the first seconds is better taken at once than over minutes. */
export const LEARNING_MS = 15_000;
export const LEARNING_STEP_MS = 20;
/** The host's clock went back: it was started anew. Journals of a peer's tracks are merged more closely than this. */
const BACK_MS = 10_000;

interface State {
  nowMs: number;
  /** Host time minus sender time, of reports that came with the least delay. */
  delay: LeastDelayState;
  /** What is used of it, moved little by little. */
  used: { sinceMs: number; atMs: number; offset: number } | undefined;
  /** Clocks the publisher was seen to use: what must be added to each to get the first. */
  shifts: number[];
  /** Clocks that are not believed yet, the latest last: their least delay, and how many reports agreed. */
  candidates: { offset: number; count: number }[];
  room: { offset: number; error: number; atMs: number; sampleAtMs: number; sample: number } | undefined;
}

function newState(): State {
  return {
    nowMs: Number.NEGATIVE_INFINITY,
    delay: newLeastDelay(),
    used: undefined,
    shifts: [],
    candidates: [],
    room: undefined,
  };
}

export class PeerClock {
  #state: State;

  constructor() {
    this.#state = newState();
  }

  /**
   * Moves on to this moment of the host, in milliseconds. Where it lies far back the host was started again, and all that
   * was known is forgotten.
   */
  moveTo(atMs: number): void {
    if (this.isAhead(atMs)) this.#state = newState();
    if (atMs > this.#state.nowMs) this.#state.nowMs = atMs;
  }

  /** Whether this clock still goes by a run of the host that ended before `atMs`. */
  isAhead(atMs: number): boolean {
    return atMs < this.#state.nowMs - BACK_MS;
  }

  /**
   * Takes the relation of the host's clock to room time as measured at `atMs`: room = host + offset. The same measurement
   * stands in the journal of every track and counts once.
   */
  observeRoom(atMs: number, offset: number, error: number): void {
    const { room } = this.#state;
    const wide = Math.max(error, 0.1);
    if (room === undefined || Math.abs(offset - room.offset) > STEP_MS) {
      if (room !== undefined && room.sample === offset && Math.abs(atMs - room.sampleAtMs) < 1000) return;
      this.#state.room = { offset, error: wide, atMs, sampleAtMs: atMs, sample: offset };
      return;
    }
    if (room.sample === offset && Math.abs(atMs - room.sampleAtMs) < 1000) return;
    // A filter of one number: what is known grows older by 100 ppm, what is new counts by how exact it is.
    const known = room.error + Math.max(0, atMs - room.atMs) * 100e-6;
    const gain = known ** 2 / (known ** 2 + wide ** 2);
    room.offset += gain * (offset - room.offset);
    room.error = Math.sqrt((1 - gain) * known ** 2);
    room.atMs = Math.max(atMs, room.atMs);
    room.sampleAtMs = atMs;
    room.sample = offset;
  }

  /**
   * Places a sender report: its NTP time in milliseconds, when it arrived, and which time (on the publisher's first
   * clock) its track foretold for it, if enough reports before let it. Answers the time on the publisher's first clock, or undefined while it is believed by nobody.
   */
  place(ntpMs: number, atMs: number, foretold: number | undefined): number | undefined {
    const state = this.#state;
    const offset = leastDelay(state.delay, atMs);
    for (let n = state.shifts.length - 1; n >= 0 && offset !== undefined; n -= 1) {
      const time = ntpMs + (state.shifts[n] ?? 0);
      const late = atMs - time - offset;
      const right =
        foretold === undefined
          ? late >= -EARLY_MS && late <= LATE_MS
          : late >= -EARLY_MS && Math.abs(time - foretold) <= FORETOLD_MS;
      if (right) return time;
    }
    return this.#placeUnknown(ntpMs, atMs, offset, foretold);
  }

  /**
   * Learns from a report that its track believed, too: when it arrived, and when a packet of its moment would have. Media is
   * encoded before it is sent, so its way is a bound as well, and it has come many more times.
   */
  learn(time: number, atMs: number, mediaAtMs: number): void {
    observeDelay(this.#state.delay, atMs, Math.min(atMs, mediaAtMs) - time);
  }

  /** The host's time in milliseconds of a time on the publisher's first clock. */
  toHost(time: number): number | undefined {
    const offset = this.#offset();
    return offset === undefined ? undefined : time + offset;
  }

  /** Room time of a moment of the host in milliseconds; undefined before the first measurement. */
  toRoomMs(hostMs: number): number | undefined {
    const { room } = this.#state;
    return room === undefined ? undefined : hostMs + room.offset;
  }

  /** Room time in milliseconds of a moment of the host in nanoseconds; undefined before the first `clock` frame of any track. */
  toRoom(at: bigint): number | undefined {
    return this.toRoomMs(Number(at) / 1e6);
  }

  /** How far room time may be off from the host's, and what the shared relation has still to move by. */
  get errorMs(): { readonly room: number; readonly sender: number } {
    const state = this.#state;
    const target = leastDelay(state.delay, state.nowMs);
    const used = this.#offset();
    return {
      room: state.room?.error ?? 0,
      sender: target === undefined || used === undefined ? 0 : Math.abs(target - used),
    };
  }

  /** State for a later `PeerClock.resume`. */
  save(): Uint8Array {
    return serialize(this.#state);
  }

  static resume(saved: Uint8Array): PeerClock {
    const clock = new PeerClock();
    const state: State = deserialize(saved);
    clock.#state = state;
    return clock;
  }

  #placeUnknown(
    ntpMs: number,
    atMs: number,
    offset: number | undefined,
    foretold: number | undefined,
  ): number | undefined {
    const state = this.#state;
    const difference = atMs - ntpMs;
    const known = state.candidates.find((candidate) => Math.abs(candidate.offset - difference) <= AGREE_MS);
    if (known === undefined) {
      state.candidates.push({ offset: difference, count: 1 });
      if (state.candidates.length > LINES) state.candidates.shift();
      return undefined;
    }
    known.count += 1;
    known.offset = Math.min(known.offset, difference);
    if (known.count < (offset === undefined ? AGREEING_FIRST : AGREEING)) return undefined;
    state.candidates = state.candidates.filter((candidate) => candidate !== known);
    if (offset === undefined) {
      state.shifts.push(0);
      observeDelay(state.delay, atMs, known.offset);
      return ntpMs;
    }
    // Where the track foretold the moment, the new clock goes on exactly from the old; else its reports come as soon as the others'.
    state.shifts.push(foretold === undefined ? known.offset - offset : foretold - ntpMs);
    if (state.shifts.length > LINES) state.shifts.shift();
    return ntpMs + (state.shifts.at(-1) ?? 0);
  }

  #offset(): number | undefined {
    const state = this.#state;
    const target = leastDelay(state.delay, state.nowMs);
    if (target === undefined) return undefined;
    const { used } = state;
    const step = used !== undefined && state.nowMs - used.sinceMs < LEARNING_MS ? LEARNING_STEP_MS : STEP_MS;
    if (used === undefined || Math.abs(target - used.offset) > step) {
      state.used = { sinceMs: used?.sinceMs ?? state.nowMs, atMs: state.nowMs, offset: target };
      return target;
    }
    const budget = (state.nowMs - used.atMs) * SLEW;
    used.offset += Math.max(-budget, Math.min(budget, target - used.offset));
    used.atMs = state.nowMs;
    return used.offset;
  }
}
