/**
 * R7: facts lost, duplicated or reordered over thousands of injected faults: cut links, answers that are lost, delays, requests sent
 * twice, and signaling processes that are killed or put to sleep, while 48 clients write and read in 12 rooms over the real protocol.
 * Each thousand is a run with a seed of its own.
 */
import { provideEnvironment } from '../../platform/setup/index.ts';
import { linesOf, type Promised, type Violation } from '../chaos/facts.ts';
import type { Line } from '../chaos/history.ts';
import { replayOf, reportOf } from '../chaos/report.ts';
import { runChaos } from '../chaos/run.ts';
import type { Wishes } from '../chaos/schedule.ts';
import { openChaosStack } from '../chaos/stack.ts';
import { type Bench, type Series, series } from './types.ts';

const THOUSANDS = 10;
const TARGET_FAULTS = 10_000;
const FIRST_SEED = 7_000;
/** What each of the three words of the target covers. */
const LOST: readonly Promised[] = ['lost', 'set-aside', 'behind'];
const DUPLICATED: readonly Promised[] = ['duplicated', 'two-answers'];
const REORDERED: readonly Promised[] = [
  'reordered',
  'gap',
  'phantom',
  'log-hole',
  'epoch',
  'refused-yet-written',
  'room-time',
];

interface Thousand {
  readonly faults: number;
  readonly processes: number;
  readonly facts: number;
  readonly shown: number;
  readonly returns: number;
  readonly controlMs: readonly number[];
  readonly violations: readonly Violation[];
}

export const bench: Bench = {
  id: 'R7',
  target: 'facts lost, duplicated or reordered, over 10,000 injected faults: 0 / 0 / 0',
  run: async ({ runs = THOUSANDS } = {}) => {
    await provideEnvironment();
    const all: Thousand[] = [];
    const stack = await openChaosStack({ media: false });
    try {
      for (let index = 0; index < runs; index += 1) {
        const wishes: Wishes = { seed: FIRST_SEED + index, faults: 1_000, storm: true };
        const { history, violations } = await runChaos({ stack, wishes });
        all.push(countOf(history.lines, violations));
        for (const { what } of violations) process.stderr.write(`R7: ${what}; see ${replayOf(wishes)}\n`);
        process.stderr.write(`R7: ${(index + 1) * 1_000} faults planned so far\n`);
      }
    } finally {
      await stack.close();
    }
    return judge(all);
  },
};

function countOf(lines: readonly Line[], violations: readonly Violation[]): Thousand {
  const { faults, facts, shown, recoveries } = reportOf(lines, violations);
  const total = Object.values(faults).reduce((sum, each) => sum + each, 0);
  return {
    ...{ facts, shown, violations, faults: total },
    processes: (faults.kill ?? 0) + (faults.pause ?? 0),
    returns: linesOf(lines, 'joined').length,
    controlMs: recoveries.flatMap(({ controlMs }) => controlMs ?? []),
  };
}

function judge(all: readonly Thousand[]) {
  const sum = (of: (each: Thousand) => number) => all.reduce((total, each) => total + of(each), 0);
  const bad = (promises: readonly Promised[]) =>
    all.map(({ violations }) => violations.filter(({ promise }) => promises.includes(promise)).length);
  const figure = series(
    'count',
    all.map(({ violations }) => violations.length),
  );
  const value = sum(({ violations }) => violations.length);
  const faults = sum((each) => each.faults);
  const count = (of: (each: Thousand) => number): Series => series('count', [sum(of)]);
  return {
    ...figure,
    value,
    reached: value === 0 && faults >= TARGET_FAULTS,
    ...(value === 0 && faults < TARGET_FAULTS
      ? { why: `Nothing was lost, but only ${faults} of ${TARGET_FAULTS} faults were injected.` }
      : {}),
    more: {
      'faults injected': count(({ faults }) => faults),
      'of them processes killed or put to sleep': count(({ processes }) => processes),
      'facts written': count(({ facts }) => facts),
      'entries shown to readers': count(({ shown }) => shown),
      'joins and returns of clients': count(({ returns }) => returns),
      'lost, per thousand faults': series('count', bad(LOST)),
      'duplicated, per thousand faults': series('count', bad(DUPLICATED)),
      'reordered, per thousand faults': series('count', bad(REORDERED)),
      'next command acknowledged after a process was killed or put to sleep': series(
        'ms',
        all.flatMap(({ controlMs }) => controlMs),
      ),
    },
    ...(sum(({ faults }) => faults) < all.length * 1_000
      ? { invalid: 'not every planned fault was done' }
      : {}),
  };
}
