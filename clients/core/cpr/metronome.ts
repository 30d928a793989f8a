/**
 * The beats of the metronome, as a pure count from `MetronomeState`: beat `n` falls on `at + n * 60000 / rate` of room time,
 * so that every device that knows the state and the room's clock beats together and nothing drifts.
 *
 * How a page uses it: keep one `createBeatClock()`; on each change of the state, or of the measured offset to room time,
 * call `set(gridOf(state, offset))`; every 50 to 100 ms call `due(now, 250)` and schedule each beat it answers (sound by
 * the audio clock, light and vibration by timers). `now` and the beats are times of the page's own clock in milliseconds
 * (`performance.now()`); `offset` is what must be added to a room time to get such a time. Before there is a room, the
 * page makes a state of its own with `at` = `performance.now()` and the offset 0: when the room's state arrives,
 * the clock glides onto it.
 *
 * Phase is continuous: when a new state or offset moves the beats, no beat is doubled or left out. Intervals are
 * lengthened or shortened within those of 100 and 120 a minute, whichever joins the common beat sooner (at most seven
 * beats), so that hands on a chest are never led outside the guideline (AHA 2025, ERC 2025).
 */
import { METRONOME_RATE } from '../../../signaling/protocol/guidance.ts';
import { CPR_CYCLE } from '../../../signaling/protocol/metronome.ts';
import type { MetronomeState } from '../../../signaling/protocol/state-bystander.ts';

/** From the 30th compression to the first of the next thirty, in 30:2: time for two breaths (AHA 2025: pause under 10 s). */
export const BREATHS_MS = CPR_CYCLE.breathsMs;
export const COMPRESSIONS_PER_CYCLE = CPR_CYCLE.compressions;

const SHORTEST_MS = 60_000 / METRONOME_RATE.most;
const LONGEST_MS = 60_000 / METRONOME_RATE.least;
/** An interval may leave the bounds by this much: it absorbs drift of clocks at 100 and 120, and nobody can hear it. */
const TOLERANCE_MS = 0.5;
/** Errors up to this are worked off by the tolerance instead of going a whole beat round. */
const SMALL_MS = 15;
/** A beat that is due longer than this is not made up for: the page slept. */
const LATE_MS = 40;

/** Where the beats lie on the page's own clock. */
export interface Grid {
  /** Time of the first beat. */
  readonly start: number;
  readonly intervalMs: number;
  /** Compressions in a cycle and its whole length; absent: continuous. */
  readonly cycle?: { readonly beats: number; readonly lengthMs: number };
}

export interface Beat {
  /** Time of the page's own clock, in milliseconds. */
  readonly at: number;
  /** 1 to 30 in 30:2; counts on from 1 when continuous. */
  readonly count: number;
  /** After this beat come the two breaths. */
  readonly endsCycle: boolean;
}

/** The state as a grid, or undefined while the metronome is off. A rate outside 100 to 120 is brought inside. */
export function gridOf(
  state: Pick<MetronomeState, 'on' | 'rate' | 'mode' | 'at'> | undefined,
  offsetMs = 0,
  breathsMs = BREATHS_MS,
): Grid | undefined {
  if (!state?.on) return undefined;
  const rate = Math.min(METRONOME_RATE.most, Math.max(METRONOME_RATE.least, state.rate));
  const intervalMs = 60_000 / rate;
  const start = state.at + offsetMs;
  if (state.mode === 'continuous') return { start, intervalMs };
  const lengthMs = (COMPRESSIONS_PER_CYCLE - 1) * intervalMs + breathsMs;
  return { start, intervalMs, cycle: { beats: COMPRESSIONS_PER_CYCLE, lengthMs } };
}

/** The first beat of the grid at `time` or later. */
export function beatFrom(grid: Grid, time: number): Beat {
  const { start, intervalMs, cycle } = grid;
  const since = Math.max(0, time - start);
  const cycles = cycle ? Math.floor(since / cycle.lengthMs) : 0;
  const origin = start + cycles * (cycle?.lengthMs ?? 0);
  const index = Math.max(0, Math.ceil((time - origin) / intervalMs - 1e-9));
  return beatOf(grid, origin, index);
}

/** The beat after one that fell on `last`, on the grid or on the way to it. */
export function beatAfter(grid: Grid, last: number): Beat {
  const { start, intervalMs, cycle } = grid;
  const expected = last + intervalMs;
  const cycles = cycle ? Math.max(0, Math.floor((expected + intervalMs / 2 - start) / cycle.lengthMs)) : 0;
  const origin = start + cycles * (cycle?.lengthMs ?? 0);
  const index = Math.round((expected - origin) / intervalMs);
  if (cycle && index >= cycle.beats) return beatOf(grid, origin, index);
  const error = origin + index * intervalMs - expected;
  return { ...beatOf(grid, origin, index), at: last + towards(intervalMs, error) };
}

/** How long the pause for breaths still lasts at `time`, in milliseconds; 0 outside of it. */
export function breathsLeft(grid: Grid, time: number): number {
  const { start, intervalMs, cycle } = grid;
  if (!cycle || time < start) return 0;
  const within = (time - start) % cycle.lengthMs;
  return within <= (cycle.beats - 1) * intervalMs ? 0 : cycle.lengthMs - within;
}

function beatOf(grid: Grid, origin: number, index: number): Beat {
  const { intervalMs, cycle } = grid;
  if (!cycle) return { at: origin + index * intervalMs, count: Math.max(1, index + 1), endsCycle: false };
  if (index >= cycle.beats) return beatOf(grid, origin + cycle.lengthMs, 0);
  return {
    at: origin + index * intervalMs,
    count: Math.max(1, index + 1),
    endsCycle: index === cycle.beats - 1,
  };
}

/**
 * The next interval for a beat that falls `error` milliseconds before (above 0) or after (below 0) the common one. What
 * fits between the bounds is taken at once; a larger error is worked off in the direction that takes fewer beats.
 */
function towards(intervalMs: number, error: number): number {
  const wanted = intervalMs + error;
  const least = SHORTEST_MS - TOLERANCE_MS;
  const most = LONGEST_MS + TOLERANCE_MS;
  if (wanted >= least && wanted <= most) return wanted;
  if (Math.abs(error) <= SMALL_MS) return error > 0 ? most : least;
  const gain = Math.max(intervalMs - SHORTEST_MS, 1e-9);
  const loss = Math.max(LONGEST_MS - intervalMs, 1e-9);
  const ahead = error > 0 ? error : intervalMs + error;
  const beatsLonger = Math.ceil(ahead / loss);
  const beatsShorter = Math.ceil((intervalMs - ahead) / gain);
  return beatsLonger <= beatsShorter ? LONGEST_MS : SHORTEST_MS;
}

export interface BeatClock {
  /** The grid from now on; undefined: off. Beats that were already answered stay as they are. */
  set(grid: Grid | undefined): void;
  /** Beats before `now + aheadMs` that were not answered before, in order; none that is over already. */
  due(now: number, aheadMs: number): Beat[];
}

/** Keeps the last beat, so that a changed grid is joined without a doubled or missing one. No timers of its own. */
export function createBeatClock(): BeatClock {
  let grid: Grid | undefined;
  let last: number | undefined;
  const next = (now: Grid, time: number): Beat =>
    last === undefined || (last + now.intervalMs < time - LATE_MS && !inPause(now, last, time))
      ? beatFrom(now, time)
      : beatAfter(now, last);
  return {
    set: (to) => {
      grid = to;
    },
    due: (now, aheadMs) => {
      const beats: Beat[] = [];
      if (!grid) return beats;
      for (let beat = next(grid, now); beat.at < now + aheadMs; beat = next(grid, now)) {
        beats.push(beat);
        last = beat.at;
      }
      return beats;
    },
  };
}

/** Whether the beat after `last` is rightly still to come, because of the breaths. */
function inPause(grid: Grid, last: number, time: number): boolean {
  return grid.cycle !== undefined && beatAfter(grid, last).at >= time - LATE_MS;
}
