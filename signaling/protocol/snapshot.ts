/** What a joiner gets in place of a long log, and what the list of rooms shows. */
import * as z from 'zod/mini';
import { Role } from './roles.ts';
import type { RoomState } from './state.ts';
import { Id, Label, Seq, UtcMs } from './values.ts';

/** A state folded for one audience, at `seq`. Made by the server from its own log, so its inside is trusted. */
export const Snapshot = z.strictObject({
  seq: Seq,
  state: z.custom<RoomState>((value) => typeof value === 'object' && value !== null && 'phase' in value),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** One line of the list of rooms that a principal may enter. */
export const RoomSummary = z.strictObject({
  roomId: Id,
  incidentId: Id,
  title: Label,
  drill: z.boolean(),
  createdUtc: UtcMs,
  /** Who is in it, by role. */
  peers: z.array(z.strictObject({ role: Role, organisationId: Id, name: Label })),
  patients: z.array(Id),
  pictures: z.int(),
  unitIds: z.array(Id),
  /** A call for help that nobody has answered yet. */
  ringing: z.optional(z.strictObject({ callId: Id, sinceUtc: UtcMs, fromName: Label })),
  /** How this principal may enter: as a matter of course, or only by breaking the glass. */
  access: z.enum(['member', 'break-glass']),
});
export type RoomSummary = z.infer<typeof RoomSummary>;
