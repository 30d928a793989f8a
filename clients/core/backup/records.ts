/** What the vehicle's own copy knows of its files. Read back after a crash, so parsed like anything from outside. */
import * as z from 'zod/mini';
import { FillStart } from '../../../signaling/protocol/recordings.ts';
import { Id, RoomMs, UtcMs } from '../../../signaling/protocol/values.ts';

const shared = {
  roomId: Id,
  producerId: Id,
  /** Whose session may send it. */
  principalId: Id,
  writtenUtc: UtcMs,
};

/** A kept file: some seconds of one source, playable alone. `from` is the room time of its container time 0. */
export const Piece = z.strictObject({
  ...shared,
  pieceId: Id,
  from: RoomMs,
  to: RoomMs,
  errorMs: z.number().check(z.gte(0)),
  /** Files of one stream hold one encoding without a hole; `at` is where each begins on the capture's own clock, in ms. */
  streamId: Id,
  at: z.number(),
  mimeType: z.string(),
  bytes: z.int().check(z.gte(1)),
});
export type Piece = z.infer<typeof Piece>;

/**
 * A file on its way to the recorder, put together from kept ones, and what became of it: `sent` and `refused` are kept
 * without their bytes, so that the same time is not sent again.
 */
export const Outgoing = z.strictObject({
  ...shared,
  start: FillStart,
  /** The kept files it was put together from. */
  pieceIds: z.array(Id),
  state: z.enum(['ready', 'sent', 'refused']),
});
export type Outgoing = z.infer<typeof Outgoing>;

/** A span of room time, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
