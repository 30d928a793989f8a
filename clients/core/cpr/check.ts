/**
 * Holds readings against labels: the figures of target S13, for the benchmark and for a site's own check. The truth at a
 * moment is the mean rate of the strokes of the last three seconds, as feedback devices show it.
 */
import * as z from 'zod/mini';
import type { CprCheckFigures } from '../../../signaling/protocol/cpr-check.ts';
import { CprAlarms, type CprFlags, LONGEST_PAUSE_MS } from './alarms.ts';
import type { CprReading } from './measure.ts';

/** The labels of a video: begins of all strokes, in milliseconds from its first picture. */
export const CprLabels = z.strictObject({
  v: z.literal(1),
  durationMs: z.number().check(z.gt(0)),
  compressions: z.array(z.number().check(z.gte(0))),
  note: z.optional(z.string()),
});
export type CprLabels = z.infer<typeof CprLabels>;

const TRUTH_MS = 3000;
/** Without a stroke for so long, nobody compresses. */
const NONE_MS = 1800;
/** A rate that is still shown this long after the last stroke is wrong. */
const GRACE_MS = 3000;
/** "Flagged within 5 s" of target S13. */
const FLAG_MS = 5000;
const FAST = 124;

export interface CheckFigures {
  /** Errors of all shown rates, in compressions a minute. */
  readonly errors: readonly number[];
  /** Readings while someone compresses steadily, and those of them with a rate. */
  readonly expected: number;
  readonly shown: number;
  /** Readings with a rate while nobody compresses. */
  readonly shownWithout: number;
  readonly readings: number;
  readonly fast: Sensitivity;
  readonly paused: Sensitivity;
  /** Flags that went on without reason. */
  readonly falseAlarms: number;
  readonly hours: number;
  readonly longestStepMs: number;
}

export interface Sensitivity {
  readonly events: number;
  readonly found: number;
  /** From the moment the flag was due to the flag, of those found. */
  readonly delaysMs: readonly number[];
}

/** Mean rate over the last three seconds, null where nobody compresses, undefined where it begins or ends just then. */
export function truthAt(compressions: readonly number[], atMs: number): number | null | undefined {
  const recent = compressions.filter((at) => at > atMs - TRUTH_MS && at <= atMs);
  const [first] = recent;
  const last = recent.at(-1);
  if (first === undefined || last === undefined) return null;
  if (atMs - last > NONE_MS || recent.length < 3 || first > atMs - TRUTH_MS + 1300) return undefined;
  const gap = recent.slice(1).some((at, i) => at - (recent[i] ?? at) > NONE_MS);
  return gap ? undefined : (60_000 * (recent.length - 1)) / (last - first);
}

interface Seen {
  readonly reading: CprReading;
  readonly flags: CprFlags;
}

export function checkReadings(readings: readonly CprReading[], labels: CprLabels): CheckFigures {
  const alarms = new CprAlarms();
  const seen = readings.map((reading) => ({ reading, flags: alarms.add(reading, false) }));
  const truths = readings.map(({ timeMs }) => truthAt(labels.compressions, timeMs));
  const errors: number[] = [];
  let expected = 0;
  let shown = 0;
  let shownWithout = 0;
  for (const [i, { rate, timeMs }] of readings.entries()) {
    const truth = truths[i];
    const last = labels.compressions.findLast((at) => at <= timeMs) ?? Number.NEGATIVE_INFINITY;
    if (typeof truth === 'number') expected += 1;
    if (rate === null) continue;
    if (typeof truth === 'number') {
      shown += 1;
      errors.push(Math.abs(rate - truth));
    } else if (timeMs - last > GRACE_MS) shownWithout += 1;
  }
  const steps = readings.slice(1).map(({ timeMs }, i) => timeMs - (readings[i]?.timeMs ?? timeMs));
  return {
    errors,
    expected,
    shown,
    shownWithout,
    readings: readings.length,
    fast: fastFound(seen, truths),
    paused: pausesFound(seen, labels),
    falseAlarms: countFalse(seen, labels),
    hours: labels.durationMs / 3_600_000,
    longestStepMs: Math.max(0, ...steps),
  };
}

/** Stretches of at least five seconds that are clearly too fast. */
function fastFound(seen: readonly Seen[], truths: readonly (number | null | undefined)[]): Sensitivity {
  const found: Sensitivity[] = [];
  let since: number | undefined;
  for (const [i, truth] of [...truths, null].entries()) {
    const timeMs = seen[i]?.reading.timeMs ?? seen.at(-1)?.reading.timeMs ?? 0;
    if (typeof truth === 'number' && truth > FAST) since ??= timeMs;
    else if (since !== undefined) {
      if (timeMs - since >= FLAG_MS) found.push(first(seen, since, timeMs, 'too-fast'));
      since = undefined;
    }
  }
  return together(found);
}

/** Pauses of more than 15 s, after which nothing excuses that none was said; also the one that lasts to the end. */
function pausesFound(seen: readonly Seen[], { compressions, durationMs }: CprLabels): Sensitivity {
  const ends = compressions.slice(1).concat(durationMs);
  const found = compressions.flatMap((at, i) => {
    const due = at + 500 + LONGEST_PAUSE_MS;
    return (ends[i] ?? at) >= due + FLAG_MS ? [first(seen, due, due + FLAG_MS, 'paused')] : [];
  });
  return together(found);
}

function first(seen: readonly Seen[], from: number, to: number, flag: keyof CprFlags): Sensitivity {
  const by = Math.min(to, from + FLAG_MS);
  const on = seen.find(({ reading: { timeMs }, flags }) => timeMs >= from && timeMs <= by && flags[flag]);
  return { events: 1, found: on ? 1 : 0, delaysMs: on ? [on.reading.timeMs - from] : [] };
}

export function together(parts: readonly Sensitivity[]): Sensitivity {
  return {
    events: parts.reduce((sum, { events }) => sum + events, 0),
    found: parts.reduce((sum, { found }) => sum + found, 0),
    delaysMs: parts.flatMap(({ delaysMs }) => delaysMs),
  };
}

/** Flags that begin where the strokes of the last eight seconds give no reason for them. */
function countFalse(seen: readonly Seen[], { compressions }: CprLabels): number {
  let count = 0;
  for (const [i, { reading, flags }] of seen.entries()) {
    const before = seen[i - 1]?.flags;
    const { timeMs } = reading;
    const recent = compressions.filter((at) => at > timeMs - 8000 && at <= timeMs);
    const gaps = recent.slice(1).map((at, n) => 60_000 / (at - (recent[n] ?? at)));
    const began = (flag: keyof CprFlags) => flags[flag] && !before?.[flag];
    const most = meanOfThree(gaps, Math.max);
    const least = meanOfThree(gaps, Math.min);
    if (began('too-fast') && !(most > 120)) count += 1;
    if (began('too-slow') && !(least < 100)) count += 1;
    if (began('paused') && recent.some((at) => at > timeMs - LONGEST_PAUSE_MS + 2500)) count += 1;
  }
  return count;
}

/** The highest or lowest mean of three neighbouring rates; NaN for fewer. */
function meanOfThree(rates: readonly number[], of: (...values: number[]) => number): number {
  const means = rates.slice(2).map((rate, i) => (rate + (rates[i] ?? 0) + (rates[i + 1] ?? 0)) / 3);
  return means.length === 0 ? Number.NaN : of(...means);
}

/** All videos of a check together, as it is kept. */
export function figuresOf(checks: readonly CheckFigures[]): CprCheckFigures {
  const sum = (of: (check: CheckFigures) => number) => checks.reduce((all, check) => all + of(check), 0);
  const errors = checks.flatMap((check) => check.errors);
  const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 1000) / 1000);
  const sensitivity = (of: (check: CheckFigures) => Sensitivity) => {
    const { events, found } = together(checks.map(of));
    return { events, found };
  };
  const mean = errors.reduce((all, error) => all + error, 0) / (errors.length || 1);
  return {
    videos: checks.length,
    compressingSeconds: sum(({ expected }) => expected) / 2,
    meanError: Math.round(mean * 100) / 100,
    within10: share(errors.filter((error) => error <= 10).length, errors.length),
    shown: share(
      sum(({ shown }) => shown),
      sum(({ expected }) => expected),
    ),
    shownWithout: share(
      sum(({ shownWithout }) => shownWithout),
      sum(({ readings }) => readings),
    ),
    tooFast: sensitivity(({ fast }) => fast),
    paused: sensitivity(({ paused }) => paused),
  };
}
