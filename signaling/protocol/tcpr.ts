/** Limits of the clocks of telephone CPR, counted from when the call was answered: `GET /api/tcpr`. */
import * as z from 'zod/mini';

const Seconds = z.int().check(z.gte(10), z.lte(1800));

export const TcprLimits = z.strictObject({
  /** Cardiac arrest recognised. */
  recognisedSeconds: Seconds,
  /** First compression. */
  compressingSeconds: Seconds,
});
export type TcprLimits = z.infer<typeof TcprLimits>;
