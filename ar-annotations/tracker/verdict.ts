import type { Agreement } from './agreement.ts';

/**
 * When a place may be shown. Being wrong is worse than being lost, so each measure has a floor of its own, and confidence is the
 * weakest of them: nothing that agrees well makes up for something that does not.
 */
export interface Evidence extends Agreement {
  /** Standard deviation of the place, in frame widths, enlarged by what is covered or blurred. A wrong mark (1 %) is then beyond three of them. */
  readonly deviation: number;
}

/** Floors (for the deviation a ceiling), and the value at which there is nothing left to doubt. */
type Demands = Readonly<Record<keyof Evidence, readonly [floor: number, sure: number]>>;

/** What keeps a mark that was held in the frame before. */
const KEEP: Demands = {
  core: [0.55, 0.95],
  inner: [0.45, 0.9],
  patch: [0.4, 0.8],
  likeness: [0.72, 0.92],
  structure: [0.07, 0.3],
  deviation: [0.0026, 0.0005],
};

/** What it takes to find one. */
const FIND: Demands = {
  core: [0.72, 0.97],
  inner: [0.65, 0.95],
  patch: [0.6, 0.9],
  likeness: [0.74, 0.92],
  structure: [0.07, 0.3],
  deviation: [0.0024, 0.0005],
};

/** 0 when a demand is missed, else 0.5 (just met) to 1. */
export function confidenceOf(evidence: Evidence, purpose: 'keep' | 'find'): number {
  const demands = purpose === 'keep' ? KEEP : FIND;
  let least = 1;
  for (const [name, [floor, sure]] of entriesOf(demands)) {
    const part = (evidence[name] - floor) / (sure - floor);
    if (!(part >= 0)) return 0;
    least = Math.min(least, part);
  }
  return 0.5 + least / 2;
}

function entriesOf(demands: Demands): [keyof Evidence, readonly [number, number]][] {
  return [
    ['core', demands.core],
    ['inner', demands.inner],
    ['patch', demands.patch],
    ['likeness', demands.likeness],
    ['structure', demands.structure],
    ['deviation', demands.deviation],
  ];
}
