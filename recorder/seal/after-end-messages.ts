/** What the recorder's main thread and the thread that checks and seals say to each other. */
import * as z from 'zod/mini';
import { Id } from '../../signaling/protocol/values.ts';

export const AfterEndOrder = z.strictObject({
  step: z.enum(['check', 'seal']),
  roomId: Id,
  /** The package. */
  folder: z.string(),
  keysFolder: z.string(),
  masterKey: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  /** The installation's key, PKCS #8 as PEM. */
  signingKey: z.string(),
  timeAuthority: z.optional(z.strictObject({ url: z.string(), allow: z.array(z.string()) })),
});
export type AfterEndOrder = z.infer<typeof AfterEndOrder>;

export const AfterEndAnswer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('done'),
    summary: z.strictObject({
      state: z.enum(['recording', 'ended', 'checked', 'sealed']),
      tracks: z.int(),
      gaps: z.int(),
      durationMs: z.number(),
      bytes: z.number(),
    }),
    verified: z.optional(z.boolean()),
    /** Why there is no time stamp although an authority is configured. */
    timestampFailed: z.optional(z.string()),
  }),
  z.strictObject({ type: z.literal('failed'), code: z.string(), message: z.string() }),
  z.strictObject({ type: z.literal('note'), text: z.string() }),
]);
export type AfterEndAnswer = z.infer<typeof AfterEndAnswer>;

/** Plain JSON, so that nothing of a thread's memory is shared by mistake. */
export function afterEndText(answer: AfterEndAnswer): string {
  return JSON.stringify(answer);
}
