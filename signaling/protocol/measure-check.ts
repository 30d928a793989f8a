/** Whether lengths may be measured on pictures here: `GET /api/measure`, and the site's own check that allows it. */
import * as z from 'zod/mini';
import { UtcMs } from './values.ts';

/** Grows with every change of how lengths and their uncertainty are computed: a site then checks anew. */
export const MEASURE_VERSION = 1;

const Count = z.int().check(z.gte(0));
const Share = z.number().check(z.gte(0), z.lte(1));
const Millimetres = z.number().check(z.gt(0), z.lte(10_000));

/** One known length of a printed test, as a page measured it. */
export const MeasuredLength = z.strictObject({
  /** As it stands on the print, in millimetres. */
  trueMm: Millimetres,
  measuredMm: z.number().check(z.gte(0), z.lte(100_000)),
  /** Half the width of the 95 % interval that the page showed. */
  uncertaintyMm: z.number().check(z.gt(0), z.lte(100_000)),
});
export type MeasuredLength = z.infer<typeof MeasuredLength>;

/** The file that a check is made from. */
export const MeasuredLengths = z.strictObject({
  v: z.literal(1),
  lengths: z.array(MeasuredLength).check(z.minLength(1), z.maxLength(10_000)),
});

/** What a check found, over all its lengths. */
export const MeasureCheckFigures = z.strictObject({
  lengths: Count,
  /** Mean of the errors without their signs, as a share of the true length. */
  meanError: z.number().check(z.gte(0)),
  /** Share of lengths whose shown interval holds the true one. */
  within: Share,
  /** Mean width of half the interval, as a share of the true length: one that says nothing holds everything. */
  meanUncertainty: z.number().check(z.gte(0)),
});
export type MeasureCheckFigures = z.infer<typeof MeasureCheckFigures>;

/** What a check must keep; docs/operate.md says how it is done. */
export const MEASURE_LIMITS = { lengths: 20, meanError: 0.05, within: 0.9, meanUncertainty: 0.2 } as const;

export const Measuring = z.strictObject({
  on: z.boolean(),
  version: z.int(),
  check: z.optional(z.strictObject({ atUtc: UtcMs, figures: MeasureCheckFigures })),
});
export type Measuring = z.infer<typeof Measuring>;

export function measureFigures(lengths: readonly MeasuredLength[]): MeasureCheckFigures {
  const mean = (of: (length: MeasuredLength) => number) =>
    lengths.length === 0 ? 0 : lengths.reduce((sum, length) => sum + of(length), 0) / lengths.length;
  const errorOf = ({ trueMm, measuredMm }: MeasuredLength) => Math.abs(measuredMm - trueMm);
  return {
    lengths: lengths.length,
    meanError: rounded(mean((length) => errorOf(length) / length.trueMm)),
    within: rounded(mean((length) => (errorOf(length) <= length.uncertaintyMm ? 1 : 0))),
    meanUncertainty: rounded(mean((length) => length.uncertaintyMm / length.trueMm)),
  };
}

/** Names of the limits that the figures do not keep. */
export function failedMeasureLimits(figures: MeasureCheckFigures): string[] {
  const failed: string[] = [];
  if (figures.lengths < MEASURE_LIMITS.lengths) failed.push('lengths');
  if (figures.meanError > MEASURE_LIMITS.meanError) failed.push('meanError');
  if (figures.within < MEASURE_LIMITS.within) failed.push('within');
  if (figures.meanUncertainty > MEASURE_LIMITS.meanUncertainty) failed.push('meanUncertainty');
  return failed;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
