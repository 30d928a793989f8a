/**
 * The cases of target S13. The measure was tuned on seeds below 1000, first on `TUNED` looks, later also on `WIDER` ones:
 * nearer and farther, darker, noisier, more shaken, smaller strokes. What the benchmark judges is drawn from other seeds.
 */
import { type Case, caseOf, type Range } from './case.ts';
import { between, randomOf } from './random.ts';
import type { Part } from './story.ts';

export const WIDER: Range = {
  metresWide: [1.3, 3.8],
  shake: [0, 0.016],
  light: [0.3, 1],
  noise: [1, 5],
  fps: [10, 30],
  strokeMetres: [0.04, 0.07],
};

const HIDDEN_SEED = 91_000_000;
export const KINDS = [
  'steady',
  'fast',
  'pause',
  'changing',
  'fast',
  'pause',
  'thirty',
  'none',
  'turned-away',
] as const;
export type Kind = (typeof KINDS)[number];

/** The case number `n` of the hidden set, its kinds in turn. The same number is always the same case. */
export function hiddenCase(n: number): Case & { readonly kind: Kind } {
  const seed = HIDDEN_SEED + n * 31;
  const kind = KINDS[n % KINDS.length] ?? 'steady';
  const random = randomOf(seed + 17);
  const made = caseOf(`${kind}-${n}`, seed, WIDER, partsOf(kind, random), changesOf(kind, random));
  return { ...made, kind };
}

function partsOf(kind: Kind, random: () => number): Part[] {
  const rate = (least: number, most: number) => Math.round(between(random, least, most));
  const busy = random() < 0.5;
  switch (kind) {
    case 'steady':
      return [{ kind: 'compress', seconds: 30, rate: rate(60, 150) }];
    case 'changing': {
      const from = rate(75, 135);
      return [{ kind: 'compress', seconds: 36, rate: from, endRate: from + rate(-25, 25) }];
    }
    case 'fast':
      return [0, 1, 2].flatMap(() => [
        { kind: 'compress', seconds: 8, rate: rate(102, 116) },
        { kind: 'compress', seconds: 10, rate: rate(128, 150) },
      ]);
    case 'pause':
      return [
        { kind: 'compress', seconds: 10, rate: rate(90, 130) },
        { kind: 'pause', seconds: 17, busy },
        { kind: 'compress', seconds: 12, rate: rate(90, 130) },
        { kind: 'pause', seconds: 17, busy: !busy },
        { kind: 'compress', seconds: 6, rate: rate(90, 130) },
      ];
    case 'thirty':
      return [{ kind: 'thirty', cycles: 2, rate: rate(95, 130), breathsSeconds: between(random, 4, 8) }];
    case 'turned-away':
      return [{ kind: 'compress', seconds: 32, rate: rate(95, 130) }];
    case 'none':
      return [{ kind: 'pause', seconds: 40, busy }];
  }
}

function changesOf(kind: Kind, random: () => number) {
  if (kind === 'turned-away') return { turnedAwayFrom: 14 };
  return kind === 'none' ? { nobody: random() < 0.4, passers: Math.floor(random() * 4) } : {};
}
