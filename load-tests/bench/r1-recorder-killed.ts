/**
 * R1: the recorder of a running room is killed at random moments, then its machine loses power (everything that was not flushed is
 * cut off); measured is what is missing, counted from sequence numbers.
 */

import { flawsOf } from '../recorder/flaws.ts';
import { runKilled } from '../recorder/killed.ts';
import type { Outcome, StopCost } from '../recorder/stopped-outcome.ts';
import { type Bench, type Series, series } from './types.ts';

const TARGET_MS = 1_000;
/** One power cut for so many kills: each needs a recorder of its own that is watched. */
const KILLS_PER_CUT = 20;
const SEED = 1;

export const bench: Bench = {
  id: 'R1',
  target: 'recorder killed, power lost: ≤ 1 s of media and 0 facts lost; every earlier segment plays',
  minutes: 8,
  run: async ({ runs = 100, progress } = {}) => {
    progress?.(1, 1);
    const powerCuts = Math.ceil(runs / KILLS_PER_CUT);
    const outcome = await runKilled({ kills: runs, powerCuts, seed: SEED });
    const of = (how: StopCost['how']) => outcome.stops.filter((stop) => stop.how === how);
    const lost = [...of('kill'), ...of('power')].map(({ lostBeforeMs }) => lostBeforeMs);
    const figure = series('ms', lost);
    const reached = figure.max <= TARGET_MS && flawsOf(outcome).length === 0;
    for (const flaw of flawsOf(outcome)) process.stderr.write(`R1: ${flaw}\n`);
    return { ...figure, value: figure.max, reached, more: moreOf(outcome) };
  },
};

function moreOf({ stops, ...outcome }: Outcome): Record<string, Series> {
  const pick = (how: StopCost['how'], name: 'againMs' | 'gapMs' | 'lostBeforeMs' | 'brokenPromiseMs') =>
    series(
      'ms',
      stops.flatMap((stop) => (stop.how === how ? (stop[name] ?? []) : [])),
    );
  const count = (value: number) => series('count', [value]);
  return {
    'lost before a power cut': pick('power', 'lostBeforeMs'),
    'reported durable and gone after a power cut': pick('power', 'brokenPromiseMs'),
    'until it records again after a kill': pick('kill', 'againMs'),
    'whole gap in the journals around a kill': pick('kill', 'gapMs'),
    'facts handed over': count(outcome.facts),
    'facts lost': count(outcome.lostFacts),
    segments: count(outcome.segments),
    'segments that do not play or changed': count(
      outcome.segments - outcome.decoded + outcome.changedSegments,
    ),
    'differences after a rebuild': count(outcome.differences.length),
    'findings of verify': count(outcome.findings.length),
  };
}
