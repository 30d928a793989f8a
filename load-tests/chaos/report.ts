/** What a run of chaos prints, for people and for machines. */
import { linesOf, PROMISES, type Violation } from './facts.ts';
import type { Line } from './history.ts';
import { type Recovery, recoveriesOf } from './recovery.ts';
import type { Wishes } from './schedule.ts';

export interface Report {
  readonly replay: string;
  readonly seed: number;
  /** Done, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly operations: number;
  readonly acknowledged: number;
  readonly unknown: number;
  /** Entries of the logs, and how often one was shown to a reader. */
  readonly facts: number;
  readonly shown: number;
  readonly recoveries: readonly Recovery[];
  readonly left: readonly string[];
  readonly violations: readonly Violation[];
}

/** The command that runs the same faults again. */
export function replayOf({ seed, faults, only, storm }: Wishes): string {
  const kinds = only ? ` --only ${only.join(',')}` : '';
  return `goldenhour chaos --seed ${seed} --faults ${faults}${kinds}${storm ? ' --storm' : ''}`;
}

export function reportOf(lines: readonly Line[], violations: readonly Violation[]): Report {
  const run = linesOf(lines, 'run')[0];
  if (!run) throw new Error('the history does not say what was run');
  const done = new Set(linesOf(lines, 'fault').flatMap(({ n, what }) => (what === 'end' ? [n] : [])));
  const faults: Record<string, number> = {};
  for (const { n, kind } of run.schedule) if (done.has(n)) faults[kind] = (faults[kind] ?? 0) + 1;
  return {
    ...{ replay: replayOf(run.wishes), seed: run.wishes.seed, faults, violations, left: run.left },
    operations: linesOf(lines, 'invoke').length,
    acknowledged: new Set(linesOf(lines, 'ok').map(({ op }) => op)).size,
    unknown: linesOf(lines, 'unknown').length,
    facts: linesOf(lines, 'log').reduce((sum, { entries }) => sum + entries.length, 0),
    shown: linesOf(lines, 'entry').length,
    recoveries: recoveriesOf(lines),
  };
}

export function textOf(report: Report): string {
  const { seed, faults, operations, acknowledged, unknown, facts, shown, left, violations } = report;
  const total = Object.values(faults).reduce((sum, each) => sum + each, 0);
  const kinds = Object.entries(faults).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    `Seed ${seed}: ${total} faults (${kinds.join(', ')}).`,
    `${operations} commands, ${acknowledged} acknowledged, ${unknown} given up; ${facts} facts, shown ${shown} times.`,
    ...left.map((each) => `Left out: ${each}.`),
    ...recoveryLines(report.recoveries),
  ];
  if (violations.length === 0) return [...lines, 'Every promise held.', ''].join('\n');
  const shownFirst = violations
    .slice(0, 20)
    .flatMap(({ promise, what, shown: operationsShown }) => [
      `VIOLATED (${promise}): ${PROMISES[promise]}`,
      `  ${what}`,
      `  see ${operationsShown.join(', ')}`,
    ]);
  const more = violations.length > 20 ? [`and ${violations.length - 20} more`] : [];
  return [...lines, ...shownFirst, ...more, `To run the same faults again: ${report.replay}`, ''].join('\n');
}

/** The median and the worst of each kind of fault. */
function recoveryLines(recoveries: readonly Recovery[]): string[] {
  return [...Map.groupBy(recoveries, ({ fault }) => fault)].map(([fault, all]) => {
    const show = (name: 'controlMs' | 'pictureMs' | 'soundMs', words: string) => {
      const values = all.flatMap((each) => each[name] ?? []).sort((a, b) => a - b);
      const median = values[Math.floor(values.length / 2)];
      return median === undefined ? '' : `; ${words} ${median} ms, at most ${values.at(-1)} ms`;
    };
    const control = show('controlMs', 'next command acknowledged after');
    const media = show('pictureMs', 'longest wait for a picture') + show('soundMs', 'for sound');
    return `  ${fault} (${all.length})${control}${media}`;
  });
}
