/** State of the fold as bytes, and back again. It is a short cut only: whatever does not fit is thrown away and made anew. */
import { deserialize, serialize } from 'node:v8';
import * as z from 'zod/mini';
import { GapCause } from '../../signaling/protocol/manifest.ts';

export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
export const maybe = <T extends z.core.$ZodType>(type: T) => z.union([type, z.undefined()]);

const Time = z.strictObject({ ms: z.number(), errorMs: z.number(), by: z.enum(['report', 'arrival']) });
const Moment = z.strictObject({ stretch: z.int(), rtp: z.bigint(), time: Time });
const Config = z.strictObject({
  codec: z.enum(['vp8', 'vp9', 'av1', 'h264', 'opus']),
  codecString: z.string(),
  width: z.optional(z.int()),
  height: z.optional(z.int()),
  channels: z.optional(z.int()),
  description: z.optional(Bytes),
});
const Frame = z.strictObject({
  ms: z.number(),
  keyframe: z.boolean(),
  data: Bytes,
  at: z.bigint(),
  moment: Moment,
});
const OpenGap = z.strictObject({ from: z.number(), to: z.number(), cause: GapCause });
const Gaps = z.strictObject({ coveredTo: maybe(z.number()), open: maybe(OpenGap) });

export const SavedCutter = z.strictObject({
  pending: z.array(Frame),
  n: z.int(),
  distance: maybe(z.number()),
  gapFrom: maybe(z.number()),
  brokenFrom: maybe(z.number()),
  pictureAt: maybe(z.number()),
  endMs: z.number(),
  inits: z.strictObject({
    config: maybe(Config),
    known: z.array(z.strictObject({ key: z.string(), initId: z.string() })),
  }),
  gaps: Gaps,
  clock: maybe(Moment),
});

/** Bytes of a value of plain objects, numbers, bigints and byte arrays. */
export function toBytes(value: unknown): Uint8Array {
  return serialize(value);
}

/** Throws when the bytes are not a value of that form. */
export function fromBytes<T extends z.core.$ZodType>(type: T, bytes: Uint8Array): z.core.output<T> {
  return z.parse(type, deserialize(bytes));
}
