/** What the recorder's main thread and the packager's thread say to each other. */
import * as z from 'zod/mini';
import { RecordingState } from '../core/state.ts';
import { Bytes } from './saved.ts';

const Durable = z.strictObject({
  trackId: z.string(),
  position: z.strictObject({ file: z.string(), offset: z.int() }),
  until: z.bigint(),
  ended: z.optional(z.boolean()),
});

/** Keys by name: `package`, or the id of a track behind `track:`. */
const Keys = z.map(z.string(), Bytes);

export const ToPackager = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('advance'),
    folder: z.string(),
    state: RecordingState,
    tracks: z.array(Durable),
    keys: Keys,
  }),
  z.strictObject({ type: z.literal('finish'), folder: z.string(), state: RecordingState, keys: Keys }),
  z.strictObject({ type: z.literal('thumbnails'), enabled: z.boolean() }),
  z.strictObject({ type: z.literal('close') }),
]);
export type ToPackager = z.infer<typeof ToPackager>;

const Summary = z.strictObject({
  state: z.enum(['recording', 'ended', 'checked', 'sealed', 'failed']),
  tracks: z.int(),
  gaps: z.int(),
  durationMs: z.number(),
  bytes: z.number(),
  verified: z.optional(z.boolean()),
  detail: z.optional(z.string()),
});

export const FromPackager = z.discriminatedUnion('type', [
  /** One answer to each `advance` and `finish`, in order. `summary` after `finish`; `error` when it failed. */
  z.strictObject({
    type: z.literal('done'),
    roomId: z.string(),
    summary: z.optional(Summary),
    error: z.optional(z.string()),
  }),
  z.strictObject({ type: z.literal('problem'), roomId: z.string(), trackId: z.string(), error: z.string() }),
]);
export type FromPackager = z.infer<typeof FromPackager>;

export interface PackagerThreadData {
  /** Program for thumbnails; none are made without. */
  readonly ffmpeg?: string;
}
export const PackagerThreadData = z.strictObject({ ffmpeg: z.optional(z.string()) });
