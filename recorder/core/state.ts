/**
 * What a recorder knows of one recording beside its journals: `room.json` in the package, written atomically at each
 * change. A recorder that starts again knows by it which rooms were recording, and whoever makes the manifest anew knows
 * by it whose tracks they are. It holds ids only.
 */
import * as z from 'zod/mini';
import { MediaTrack, MessageTrack } from '../../signaling/protocol/recorder.ts';
import { Id, Reason, RoomMs, UtcMs } from '../../signaling/protocol/values.ts';

export const STATE_FILE = 'room.json';
export const LOG_FILE = 'log.jsonl';

/** One track in the form its owner gave last; `media` or `messages`, never both. */
export const RecordedTrack = z.strictObject({
  trackId: Id,
  media: z.optional(MediaTrack),
  messages: z.optional(MessageTrack),
  /** Owners of the room under whom it was written, in order. */
  epochs: z.array(z.int()),
  /** False while it may still grow. */
  ended: z.boolean(),
});
export type RecordedTrack = z.infer<typeof RecordedTrack>;

/** A time in which recording was switched on. Ends are absent until the clock of the room is known. */
export const RecordedSpan = z.strictObject({
  /** CLOCK_MONOTONIC of the host in nanoseconds, as decimal digits; `from` follows from it once there is a clock. */
  fromAt: z.string().check(z.regex(/^\d{1,20}$/)),
  from: z.optional(RoomMs),
  to: z.optional(RoomMs),
  by: Id,
  reason: Reason,
});
export type RecordedSpan = z.infer<typeof RecordedSpan>;

export const PackageState = z.enum(['recording', 'ended', 'checked', 'sealed', 'failed']);
export type PackageState = z.infer<typeof PackageState>;

export const RecordingState = z.strictObject({
  format: z.literal('goldenhour-room'),
  version: z.literal(1),
  roomId: Id,
  incidentId: Id,
  drill: z.boolean(),
  createdUtc: UtcMs,
  /** The owner that wrote last; requests of lower ones are refused. */
  epoch: z.int(),
  /** True while it is switched on, also while the recorder is away. */
  recording: z.boolean(),
  spans: z.array(RecordedSpan),
  tracks: z.array(RecordedTrack),
  /** Last known `room = monotonic + offset`, and the start of the host it holds for. */
  clock: z.optional(z.strictObject({ offsetMs: z.number(), errorMs: z.number(), hostBoot: Id })),
  /** Set when the room has closed. */
  finished: z.optional(z.strictObject({ endedAt: RoomMs, reason: Reason })),
  package: PackageState,
});
export type RecordingState = z.infer<typeof RecordingState>;
