/**
 * Places on the earth. Inside there is only WGS-84, in degrees; phones and maps in China also speak GCJ-02 and BD-09,
 * which are converted where they come in (`signaling/protocol/datum.ts`) and kept by name.
 */
import * as z from 'zod/mini';
import { Label, UtcMs } from './values.ts';

/** WGS-84, degrees. */
export const GeoPoint = z.strictObject({
  lat: z.number().check(z.gte(-90), z.lte(90)),
  lon: z.number().check(z.gte(-180), z.lte(180)),
});
export type GeoPoint = z.infer<typeof GeoPoint>;

export const DATUMS = ['wgs84', 'gcj02', 'bd09'] as const;
export const Datum = z.enum(DATUMS);
export type Datum = z.infer<typeof Datum>;

/** Where someone said they are, as measured; `point` is WGS-84 whatever `datum` it was measured in. */
export const Location = z.strictObject({
  point: GeoPoint,
  /** Radius of 95 % confidence in metres, as the device says (W3C Geolocation `accuracy`). */
  accuracyM: z.number().check(z.gte(0), z.lte(1e7)),
  source: z.enum(['device', 'typed', 'network']),
  /** What the numbers were in when they came. */
  datum: Datum,
  measuredAt: UtcMs,
});
export type Location = z.infer<typeof Location>;

/** The address of an incident as dispatch knows it; nothing that a phone reports replaces it. */
export const Address = z.strictObject({ text: Label, point: z.optional(GeoPoint) });
export type Address = z.infer<typeof Address>;
