/** Log entries as readers get them: a commit of facts, or only its number for whoever is outside its audience. */
import * as z from 'zod/mini';
import { Audience, isInAudience, type Viewer } from './audience.ts';
import { RoomEvent } from './events.ts';
import { Id, RoomMs, Seq, UtcMs } from './values.ts';

/** Version of the entry format that this program writes. */
export const ENTRY_VERSION = 1;

export const LogEntry = z.strictObject({
  v: z.literal(1),
  seq: Seq,
  /** Epoch of the owner that wrote it. */
  epoch: z.int(),
  /** Room time in milliseconds, never going back within an epoch, and never across epochs. */
  at: RoomMs,
  /** The owner's UTC clock at the commit, for display; order is `seq`, durations are `at`. */
  utc: UtcMs,
  /** Principal that caused it; `system` for the owner itself. */
  actor: Id,
  commandId: z.optional(Id),
  audience: Audience,
  events: z.array(RoomEvent).check(z.minLength(1), z.maxLength(100)),
});
export type LogEntry = z.infer<typeof LogEntry>;

export const HiddenEntry = z.strictObject({ seq: Seq, hidden: z.literal(true) });
export type HiddenEntry = z.infer<typeof HiddenEntry>;

export const ReadableEntry = z.union([LogEntry, HiddenEntry]);
export type ReadableEntry = z.infer<typeof ReadableEntry>;

export function isHidden(entry: ReadableEntry): entry is HiddenEntry {
  return 'hidden' in entry;
}

/** What a viewer is sent in place of an entry: the entry, or its number alone. */
export function entryFor(viewer: Viewer, entry: LogEntry): ReadableEntry {
  return isInAudience(viewer, entry.audience) ? entry : { seq: entry.seq, hidden: true };
}
