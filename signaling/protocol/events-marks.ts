/** Facts of the scene: marks, who may draw, stills and shared images. */
import * as z from 'zod/mini';
import { FrameName, Mark, WearerReport } from './marks.ts';
import { Id, Label } from './values.ts';

const event = <T extends string, S extends Record<string, z.core.$ZodType>>(type: T, shape: S) =>
  z.strictObject({ type: z.literal(type), ...shape });

const MarkIds = z.array(Id).check(z.minLength(1), z.maxLength(500));
const Size = z.int().check(z.gte(1), z.lte(16_384));
const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
/** A blob of the recording. */
const picture = {
  sha256: Sha256,
  bytes: z.int().check(z.gte(1)),
  mimeType: z.enum(['image/jpeg', 'image/png', 'image/webp']),
  width: Size,
  height: Size,
};

export const markEvents = [
  event('MarkAdded', { mark: Mark }),
  event('MarksErased', {
    markIds: MarkIds,
    author: Id,
    reason: z.enum(['undo', 'redo', 'erased', 'cleared']),
  }),
  event('MarksRestored', { markIds: MarkIds, author: Id, reason: z.enum(['undo', 'redo']) }),
  /** Admits a peer to draw, or withdraws it. */
  event('FloorSet', { peerId: Id, mayDraw: z.boolean(), by: Id }),
  /** The wearer, by peer id, wants to see no marks, or sees them again. */
  event('MarksSwitched', { peerId: Id, on: z.boolean() }),
  event('WearerReported', { peerId: Id, report: WearerReport }),
  /** The full picture under a mark, as its author saw it, is kept. */
  event('StillKept', {
    stillId: Id,
    ...picture,
    producerId: Id,
    /** Who fetched it. */
    peerId: Id,
    frame: FrameName,
    /** Time between the frame that was asked for and the one the device had, in milliseconds. */
    offsetMs: z.number(),
    /** False: the link gave less than the whole frame at full size. */
    complete: z.boolean(),
  }),
  event('ImageAdded', { imageId: Id, ...picture, name: Label, peerId: Id }),
  /** A shared image lies open for everybody at work, or no longer. */
  event('ImageShown', { imageId: Id, shown: z.boolean(), by: Id }),
] as const;

const [markAdded, marksErased, marksRestored] = markEvents;
/** What the scene is folded from, as an export is given it. */
export const SceneFact = z.discriminatedUnion('type', [markAdded, marksErased, marksRestored]);
export type SceneFact = z.infer<typeof SceneFact>;
