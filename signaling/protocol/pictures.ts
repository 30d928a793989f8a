/** The doors of pictures that people at work keep: `PUT` and `GET` of `/api/rooms/:roomId/images/:imageId` and `…/stills/:stillId`. */
import * as z from 'zod/mini';
import { FrameName } from './marks.ts';
import { Id, Label } from './values.ts';

/** Largest image or still taken, in bytes. */
export const PICTURE_BYTES = 12 * 1024 * 1024;

/** Answer of `PUT`, once the recording has the bytes and the room knows of them. */
export const PictureTaken = z.strictObject({ id: Id, sha256: z.string(), bytes: z.int() });
export type PictureTaken = z.infer<typeof PictureTaken>;

export const ImageQuery = z.strictObject({ name: Label });

const Milliseconds = z.coerce.number().check(z.gte(-600_000), z.lte(600_000));
/** What the frame of a still is called, as in `FrameName`, and how it was fetched. */
export const StillQuery = z.strictObject({
  producerId: Id,
  offsetMs: Milliseconds,
  complete: z.enum(['true', 'false']),
  mediaMs: z.optional(z.coerce.number().check(z.gte(0), z.lte(1e12))),
  rtpTimestamp: z.optional(z.coerce.number().check(z.gte(0), z.lte(0xffff_ffff))),
  print: FrameName.shape.print,
});
export type StillQuery = z.infer<typeof StillQuery>;
