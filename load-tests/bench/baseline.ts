/** What changed since an earlier run, as a table: `goldenhour bench ID… --baseline FILE`. */
import { CHANCE, ENOUGH_PAIRS, judge, type Verdict } from './judge.ts';
import type { Report } from './report.ts';
import { byId } from './rows.ts';

export interface Compared {
  readonly id: string;
  readonly verdict: Verdict | 'no figure now' | 'not in the baseline' | 'another machine' | 'another unit';
  readonly old?: Report;
  readonly now?: Report;
  /** For figures that were judged: chance that the same thing would show as much. */
  readonly chance?: number;
}

/** Compares by id. `asked` are the benchmarks that were to run: those without a valid report have failed or were void. */
export function compare(
  asked: readonly string[],
  reports: readonly Report[],
  baseline: readonly Report[],
): Compared[] {
  const ids = [...new Set(asked)].map((id) => ({ id })).sort(byId);
  return ids.map(({ id }) => {
    const [old, now] = [baseline, reports].map((some) =>
      some.find((report) => report.id === id && report.invalid === undefined),
    );
    if (!now) return { id, verdict: 'no figure now', ...(old ? { old } : {}) };
    if (!old) return { id, verdict: 'not in the baseline', now };
    if (old.unit !== now.unit) return { id, verdict: 'another unit', old, now };
    if (!sameMachine(old, now)) return { id, verdict: 'another machine', old, now };
    const { verdict, chance } = judge(old.spread.samples, now.spread.samples, now.better);
    return { id, verdict, old, now, chance };
  });
}

/** True when a figure got worse by more than its noise. */
export function gotWorse(compared: readonly Compared[]): boolean {
  return compared.some(({ verdict }) => verdict === 'worse');
}

function sameMachine(a: Report, b: Report): boolean {
  return a.machine.cpu === b.machine.cpu && a.machine.cores === b.machine.cores;
}

const HEAD = ['id', 'before', 'now', 'change', 'judged', 'chance', 'target met'];

/** The table in aligned columns, with the rule it was judged by. */
export function comparisonTable(compared: readonly Compared[]): string {
  const lines = [HEAD, ...compared.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${text.join('\n')}

Judged over the samples of both: worse or better when in at least ${ENOUGH_PAIRS * 100} % of all pairs of an old and a new sample the
new one is, and the same thing measured twice would show as much in less than ${CHANCE * 100} % of cases (rank test of Mann and
Whitney). Single figures and fewer than 5 against 4 samples cannot tell.
`;
}

function cellsOf({ id, verdict, old, now, chance }: Compared): string[] {
  return [
    id,
    shown(old),
    shown(now),
    old && now && old.unit === now.unit ? changeOf(old.spread.median, now.spread.median) : '',
    verdict,
    chance === undefined ? '' : chance < 0.001 ? '< 0.1 %' : `${(chance * 100).toFixed(1)} %`,
    old && now ? `${yes(old.met)} → ${yes(now.met)}` : '',
  ];
}

function shown(report: Report | undefined): string {
  if (!report) return '–';
  const { median, min, max, samples } = report.spread;
  return `${median} ${report.unit} (${min} to ${max}, ${samples.length})`;
}

function changeOf(before: number, now: number): string {
  if (before === 0) return now === 0 ? '0 %' : '';
  const percent = ((now - before) / Math.abs(before)) * 100;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

function yes(met: boolean): string {
  return met ? 'yes' : 'no';
}
