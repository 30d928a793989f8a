/** Whether compressions may be measured from video here: `GET /api/cpr`, and the site's own check that allows it. */
import * as z from 'zod/mini';
import { UtcMs } from './values.ts';

/** Grows with every change of how video is measured: a site then checks anew before it measures in production. */
export const CPR_MEASURE_VERSION = 2;

const Share = z.number().check(z.gte(0), z.lte(1));
const Count = z.int().check(z.gte(0));

/** What a check found, over all its videos. */
export const CprCheckFigures = z.strictObject({
  videos: z.int().check(z.gte(1)),
  /** Seconds of video in which someone compresses steadily. */
  compressingSeconds: z.number().check(z.gte(0)),
  /** Mean error of the shown rate, in compressions a minute. */
  meanError: z.number().check(z.gte(0)),
  /** Share of the shown readings within ±10 a minute. */
  within10: Share,
  /** Share of the time of steady compressions in which a rate was shown. */
  shown: Share,
  /** Share of all readings that show a rate while nobody compresses. */
  shownWithout: Share,
  tooFast: z.strictObject({ events: Count, found: Count }),
  paused: z.strictObject({ events: Count, found: Count }),
});
export type CprCheckFigures = z.infer<typeof CprCheckFigures>;

/** Below these a check is not recorded (target S13; 3/min and 98 % after Meinich-Bache 2018). */
export const CPR_CHECK_LIMITS = {
  compressingSeconds: 60,
  meanError: 3,
  within10: 0.98,
  shown: 0.5,
  shownWithout: 0.02,
  sensitivity: 0.95,
} as const;

/** `on`: the page may measure. Outside production it may always; there, only after a recorded check of this version. */
export const CprMeasuring = z.strictObject({
  on: z.boolean(),
  version: z.int(),
  check: z.optional(z.strictObject({ atUtc: UtcMs, figures: CprCheckFigures })),
});
export type CprMeasuring = z.infer<typeof CprMeasuring>;

/** The names of the limits that a check does not keep; none: it may be recorded. Pure. */
export function failedLimits(figures: CprCheckFigures): (keyof typeof CPR_CHECK_LIMITS)[] {
  const limits = CPR_CHECK_LIMITS;
  const poor = ({ events, found }: CprCheckFigures['paused']) =>
    events > 0 && found / events < limits.sensitivity;
  const failed: Record<keyof typeof CPR_CHECK_LIMITS, boolean> = {
    compressingSeconds: figures.compressingSeconds < limits.compressingSeconds,
    meanError: figures.meanError > limits.meanError,
    within10: figures.within10 < limits.within10,
    shown: figures.shown < limits.shown,
    shownWithout: figures.shownWithout > limits.shownWithout,
    // Without a pause and a fast stretch in the videos nothing is known of the alarms.
    sensitivity:
      poor(figures.tooFast) ||
      poor(figures.paused) ||
      figures.paused.events === 0 ||
      figures.tooFast.events === 0,
  };
  return Object.entries(failed).flatMap(([name, isFailed]) => (isFailed && isLimit(name) ? [name] : []));
}

function isLimit(name: string): name is keyof typeof CPR_CHECK_LIMITS {
  return Object.hasOwn(CPR_CHECK_LIMITS, name);
}
