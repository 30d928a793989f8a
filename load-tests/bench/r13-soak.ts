/**
 * R13: rooms come and go on a whole stack for some minutes (`--runs`), and memory, files, timers and the system's own counts are watched.
 * The target speaks of hours: slopes of minutes are given with their intervals, which say how little they know.
 */
import { provideEnvironment } from '../../platform/setup/index.ts';
import { plotOf } from '../soak/report.ts';
import { runSoak, SLOPE_TARGET } from '../soak/run.ts';
import { type Bench, type Series, series } from './types.ts';

const MINUTES = 10;
const MINUTE_MS = 60_000;
const PLOT = 'benchmarks/r13-soak.svg';

export const bench: Bench = {
  id: 'R13',
  target: 'soak with churn: memory slope ≤ 1 MB/h after the first hour; all counts back to zero',
  better: 'lower',
  minutes: MINUTES + 1,
  run: async ({ runs: minutes = MINUTES } = {}) => {
    await provideEnvironment();
    const soak = await runSoak({ ms: minutes * MINUTE_MS, seed: 1, everyMs: 5_000 });
    for (const each of soak.leftovers) process.stderr.write(`R13: left over: ${each}\n`);
    const slopes = Object.entries(soak.slopes);
    const worst = slopes.toSorted(([, a], [, b]) => b.perHour - a.perHour)[0];
    if (!worst) throw new Error('a soak of several minutes is needed for a slope');
    const [name, slope] = worst;
    const interval = ({ perHour, low, high }: typeof slope): Series => ({
      ...series('MB', [perHour]),
      min: Math.round(low * 10) / 10,
      max: Math.round(high * 10) / 10,
    });
    const reached = slope.perHour <= SLOPE_TARGET && soak.leftovers.length === 0;
    return {
      ...interval(slope),
      value: Math.round(slope.perHour * 10) / 10,
      reached,
      more: {
        ...Object.fromEntries(
          slopes.map(([each, of]) => [`${each}, an hour, with its 95 % interval`, interval(of)]),
        ),
        'counts not back': series('count', [soak.leftovers.length]),
        'rooms lived': series('count', [soak.rooms]),
        'facts written': series('count', [soak.facts]),
        'links cut': series('count', [soak.cuts]),
      },
      leftOut: [
        `The target counts after the first hour; this run took ${minutes} minutes and counts after the first ${(soak.warmMs / MINUTE_MS).toFixed(1)}, while heaps and caches still grow to their size. "goldenhour soak --hours 8" measures the target itself.`,
      ],
      ...(reached ? {} : { why: `The steepest is ${name}, extrapolated from minutes to an hour.` }),
      files: { [PLOT]: plotOf(soak) },
    };
  },
};
