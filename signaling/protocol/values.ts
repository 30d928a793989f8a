/** Small value parsers that the whole contract is built from. Every string has a bound, every object is strict. */
import * as z from 'zod/mini';

/**
 * An identifier made by `newId()` or by the peer that owns the thing: URL-safe, 1 to 64 characters. Names that every
 * object inherits (`constructor`, …) are refused, since ids are keys of plain objects in the state of a room.
 */
export const Id = z.string().check(
  z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/),
  z.refine((id) => !(id in Object.prototype)),
);
/** `P1`, `P2`, … within a room, or `scene` for what belongs to no single patient. */
export const PatientRef = z.string().check(z.regex(/^(?:P[1-9]\d{0,3}|scene)$/));
export const PatientId = z.string().check(z.regex(/^P[1-9]\d{0,3}$/));
/** Milliseconds since the Unix epoch, UTC. */
export const UtcMs = z.int().check(z.gte(0), z.lte(8.64e15));
/** Milliseconds of room time: the owner's monotonic clock, anchored to UTC by a fact. */
export const RoomMs = z.number().check(z.gte(0));
/** Number of a log entry within its room, from 1. */
export const Seq = z.int().check(z.gte(0));
/** A display name or label. */
export const Label = z.string().check(z.trim(), z.minLength(1), z.maxLength(120));
/** A sentence or two typed by a person. */
export const Text = z.string().check(z.trim(), z.minLength(1), z.maxLength(4000));
export const Reason = z.string().check(z.trim(), z.minLength(1), z.maxLength(500));

export type PatientRef = z.infer<typeof PatientRef>;
