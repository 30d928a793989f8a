/** One labelled video: what happens, how it looks, how its pictures come. */
import type { GreyFrame } from '../../clients/core/cpr/frames.ts';
import { between, randomOf } from './random.ts';
import { type Look, type Size, sceneOf, type Viewpoint } from './scene.ts';
import { type Part, storyOf } from './story.ts';

export interface Case {
  readonly name: string;
  readonly look: Look;
  readonly parts: readonly Part[];
  readonly fps: number;
  /** Deviation of a picture's time in shares of the interval, and share of pictures lost. */
  readonly jitter: number;
  readonly lost: number;
}

export interface Labelled {
  readonly seconds: number;
  /** Begin of each stroke, in milliseconds. */
  readonly compressions: readonly number[];
  readonly frames: (size: Size) => Generator<GreyFrame>;
}

export const SMALL: Size = { width: 160, height: 90 };

export function labelled({ look, parts, fps, jitter, lost }: Case): Labelled {
  const story = storyOf(parts, randomOf(look.seed + 1));
  return {
    seconds: story.seconds,
    compressions: story.compressions.map(({ at }) => Math.round(at * 1000)),
    *frames(size) {
      const draw = sceneOf(look, story);
      const random = randomOf(look.seed + 2);
      let last = -1;
      for (let n = 0; n / fps < story.seconds; n += 1) {
        const at = (n + jitter * (random() - 0.5)) / fps;
        if (random() < lost || at <= last) continue;
        last = at;
        yield draw(Math.max(0, at), size);
      }
    },
  };
}

/** How hard the looks are: the tuned range, and a wider one that nothing was tuned on. */
export interface Range {
  readonly metresWide: readonly [number, number];
  readonly shake: readonly [number, number];
  readonly light: readonly [number, number];
  readonly noise: readonly [number, number];
  readonly fps: readonly [number, number];
  readonly strokeMetres: readonly [number, number];
}

export const TUNED: Range = {
  metresWide: [1.6, 3.2],
  shake: [0, 0.012],
  light: [0.4, 1],
  noise: [1, 4],
  fps: [10, 30],
  strokeMetres: [0.045, 0.07],
};

/** A look drawn at random from the range, the same for the same seed. */
export function lookOf(seed: number, range: Range, change: Partial<Look> = {}): Look {
  const random = randomOf(seed * 7919 + 13);
  const draw = ([least, most]: readonly [number, number]) => between(random, least, most);
  const viewpoints: readonly Viewpoint[] = ['side', 'above', 'oblique'];
  return {
    seed,
    viewpoint: viewpoints[Math.floor(random() * 3)] ?? 'side',
    metresWide: draw(range.metresWide),
    strokeMetres: draw(range.strokeMetres),
    down: between(random, 0.38, 0.58),
    shake: draw(range.shake),
    turn: random() * 0.015,
    pan: random() < 0.3 ? random() * 0.12 : 0,
    light: draw(range.light),
    noise: draw(range.noise),
    flicker: random() < 0.3 ? random() * 0.08 : 0,
    flickerHz: between(random, 0.4, 4),
    flashes: random() < 0.12,
    passers: Math.floor(random() * 3),
    inFront: random() < 0.15,
    ...change,
  };
}

/** A case whose pictures come as the range says. */
export function caseOf(
  name: string,
  seed: number,
  range: Range,
  parts: readonly Part[],
  change: Partial<Look> = {},
): Case {
  const random = randomOf(seed * 104729 + 5);
  return {
    name,
    look: lookOf(seed, range, change),
    parts,
    fps: between(random, range.fps[0], range.fps[1]),
    jitter: random() * 0.5,
    lost: random() < 0.5 ? random() * 0.1 : 0,
  };
}
