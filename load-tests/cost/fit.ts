/**
 * A line through measured points by least squares, and a parabola only where what remains asks for it. Intervals come from a bootstrap
 * over the points (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 9.5): they assume nothing of the noise.
 */
import { randomOf } from '../cpr/random.ts';

export interface Sample {
  readonly x: number;
  readonly y: number;
}

export type Interval = readonly [least: number, most: number];

export interface Fit {
  /** From the constant term upwards: two for a line, three for a parabola. */
  readonly coefficients: readonly number[];
  /** 95 % interval of each. */
  readonly intervals: readonly Interval[];
  /** Share of the variance that the curve explains; 1 is all. */
  readonly r2: number;
  /** Measured minus fitted, in the order of the samples. */
  readonly residuals: readonly number[];
  /** 95 % interval of the curve itself at a place. */
  band(x: number): Interval;
}

const DRAWS = 400;
/** How much smaller the corrected information criterion of a parabola has to be: about 20 to 1 in its favour. */
const CLEARLY_BETTER = 6;
/** A bend that moves the end of the curve by less than this share of it changes no decision. */
const WORTH_NAMING = 0.05;

/** Throws for fewer than three different places: a line through two explains nothing. */
export function fitCurve(samples: readonly Sample[], seed = 1): Fit {
  if (new Set(samples.map(({ x }) => x)).size < 3) throw new Error('a fit needs three different places');
  const degree = degreeOf(samples);
  const coefficients = leastSquares(samples, degree);
  const residuals = residualsOf(samples, coefficients);
  const mean = samples.reduce((sum, { y }) => sum + y, 0) / samples.length;
  const total = samples.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
  const draws = bootstrap(samples, degree, seed);
  return {
    coefficients,
    residuals,
    r2: total === 0 ? 1 : 1 - squares(residuals) / total,
    intervals: coefficients.map((_, power) => middle95(draws.map((draw) => draw[power] ?? 0))),
    band: (x) => middle95(draws.map((draw) => valueAt(draw, x))),
  };
}

export function valueAt(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient, power) => sum + coefficient * x ** power, 0);
}

/** The parabola, when it is clearly better by the corrected criterion of Akaike and bends enough to matter. */
function degreeOf(samples: readonly Sample[]): 1 | 2 {
  if (new Set(samples.map(({ x }) => x)).size < 4 || samples.length < 6) return 1;
  const [line, bent] = [leastSquares(samples, 1), leastSquares(samples, 2)];
  const better = criterion(samples, line) - criterion(samples, bent) > CLEARLY_BETTER;
  const end = Math.max(...samples.map(({ x }) => Math.abs(x)));
  const [atEnd, bend] = [Math.abs(valueAt(bent, end)), Math.abs(valueAt(bent, end) - valueAt(line, end))];
  return better && bend > WORTH_NAMING * atEnd ? 2 : 1;
}

/** Hurvich and Tsai 1989. */
function criterion(samples: readonly Sample[], coefficients: readonly number[]): number {
  const n = samples.length;
  const k = coefficients.length + 1;
  // Of exact points the smallest number stands for what rounding leaves.
  const scale = samples.reduce((sum, { y }) => sum + y * y, 0) || 1;
  const left = Math.max(squares(residualsOf(samples, coefficients)), scale * 1e-18);
  return n * Math.log(left / n) + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
}

function residualsOf(samples: readonly Sample[], coefficients: readonly number[]): number[] {
  return samples.map(({ x, y }) => y - valueAt(coefficients, x));
}

const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);

/** Normal equations; places are scaled to 1 before, so that a parabola over thousands loses no digits. */
function leastSquares(samples: readonly Sample[], degree: number): number[] {
  const scale = Math.max(...samples.map(({ x }) => Math.abs(x))) || 1;
  const size = degree + 1;
  const rows = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => sumOf(samples, ({ x }) => (x / scale) ** (i + j))),
    sumOf(samples, ({ x, y }) => y * (x / scale) ** i),
  ]);
  return solve(rows).map((value, power) => value / scale ** power);
}

function sumOf(samples: readonly Sample[], of: (sample: Sample) => number): number {
  return samples.reduce((sum, sample) => sum + of(sample), 0);
}

/** Gauss and Jordan with the largest pivot. */
function solve(rows: number[][]): number[] {
  for (let at = 0; at < rows.length; at += 1) {
    const below = rows.slice(at).sort((a, b) => Math.abs(b[at] ?? 0) - Math.abs(a[at] ?? 0));
    rows.splice(at, below.length, ...below);
    const pivot = rows[at] ?? [];
    const head = pivot[at] || 1;
    const scaled = pivot.map((value) => value / head);
    rows[at] = scaled;
    for (let i = 0; i < rows.length; i += 1) {
      if (i === at) continue;
      const factor = rows[i]?.[at] ?? 0;
      rows[i] = (rows[i] ?? []).map((value, j) => value - factor * (scaled[j] ?? 0));
    }
  }
  return rows.map((row) => row.at(-1) ?? 0);
}

/** Coefficients of points drawn with replacement; draws that leave too few places for the curve are drawn again. */
function bootstrap(samples: readonly Sample[], degree: number, seed: number): number[][] {
  const random = randomOf(seed);
  const draws: number[][] = [];
  while (draws.length < DRAWS) {
    const drawn = samples.flatMap(() => samples[Math.floor(random() * samples.length)] ?? []);
    if (new Set(drawn.map(({ x }) => x)).size > degree) draws.push(leastSquares(drawn, degree));
  }
  return draws;
}

function middle95(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return [at(0.025), at(0.975)];
}
