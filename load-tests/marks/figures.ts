/** Figures of many sequences: what a table, a benchmark and a test ask of a class. */
import { FADED_MS, GOOD, type Score, WRONG } from './score.ts';

export interface Figures {
  readonly sequences: number;
  /** Of all frames in which a mark is shown, in percent of the frame's width. */
  readonly error: { readonly median: number; readonly p95: number; readonly most: number };
  readonly frames: number;
  readonly wrong: number;
  readonly poor: number;
  readonly longestPoorMs: number;
  /** Share of the time in full view that the mark is shown, in percent. */
  readonly shown: number;
  readonly fades: { readonly count: number; readonly late: number; readonly mostMs: number };
  readonly returns: { readonly count: number; readonly medianMs: number; readonly neverBack: number };
  /** From the news of a mark to its first showing, and how many were never shown. */
  readonly found: { readonly medianMs: number; readonly never: number };
}

export function figuresOf(scores: readonly Score[]): Figures {
  const errors = scores.flatMap((score) => score.errors).sort((a, b) => a - b);
  const fades = scores.flatMap((score) => score.fades);
  const returns = scores.flatMap((score) => score.returns);
  const found = scores.flatMap((score) => score.found ?? []);
  const sum = (pick: (score: Score) => number) => scores.reduce((all, score) => all + pick(score), 0);
  const visible = sum((score) => score.visible);
  return {
    sequences: scores.length,
    error: { median: quantile(errors, 0.5), p95: quantile(errors, 0.95), most: errors.at(-1) ?? 0 },
    frames: errors.length,
    wrong: sum((score) => score.wrong),
    poor: sum((score) => score.poor),
    longestPoorMs: Math.max(0, ...scores.map((score) => score.longestPoor)),
    shown: visible === 0 ? 0 : (100 * sum((score) => score.shown)) / visible,
    fades: {
      count: fades.length,
      late: fades.filter((ms) => ms > FADED_MS).length,
      mostMs: Math.max(0, ...fades),
    },
    returns: {
      count: returns.length,
      medianMs: quantile(sorted(returns), 0.5),
      neverBack: sum((score) => score.neverBack),
    },
    found: { medianMs: quantile(sorted(found), 0.5), never: scores.length - found.length },
  };
}

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** Of sorted values; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  return values[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
}

/** One line for a person. */
export function lineOf(name: string, figures: Figures): string {
  const { error, fades, returns, found } = figures;
  const percent = (value: number) => value.toFixed(2).padStart(6);
  return [
    name.padEnd(40),
    `error ${percent(error.median)} p95 ${percent(error.p95)} most ${percent(error.most)} %`,
    `shown ${figures.shown.toFixed(0).padStart(3)} %`,
    `> ${GOOD} %: ${figures.poor}, longest ${figures.longestPoorMs.toFixed(0)} ms`,
    `> ${WRONG} %: ${figures.wrong} of ${figures.frames}`,
    `fades ${fades.count}, late ${fades.late}, most ${fades.mostMs.toFixed(0)} ms`,
    `back ${returns.count} in ${returns.medianMs.toFixed(0)} ms, never ${returns.neverBack}`,
    `first in ${found.medianMs.toFixed(0)} ms, never ${found.never} of ${figures.sequences}`,
  ].join(' | ');
}
