/** Methods of the scene: marks, the floor, stills of a device's ring, shared images. */
import * as z from 'zod/mini';
import { DraftPoints, FrameName, NewDraft, NewMark, Point, PoseMessage, WearerReport } from './marks.ts';
import { Id } from './values.ts';

const Nothing = z.strictObject({});

/** Each changes facts: decided in the room's queue and answered from the log when repeated. */
export const markFactMethods = {
  /** Undoes the newest step of the caller that stands; `conflict` with nothing to undo. */
  'mark.undo': { params: Nothing, result: Nothing },
  'mark.redo': { params: Nothing, result: Nothing },
  /** Erases marks: own ones by their author, any by who leads. */
  'mark.erase': {
    params: z.strictObject({ markIds: z.array(Id).check(z.minLength(1), z.maxLength(500)) }),
    result: Nothing,
  },
  /** All marks of one author (own ones; others' by who leads), or all (by who leads), on one surface or everywhere. */
  'mark.clear': {
    params: z.strictObject({ author: z.optional(Id), producerId: z.optional(Id), imageId: z.optional(Id) }),
    result: Nothing,
  },
  /** Admits a peer to draw, or withdraws it: by the coordinator or who leads. */
  'floor.set': { params: z.strictObject({ peerId: Id, mayDraw: z.boolean() }), result: Nothing },
  /** By a wearer, for its own view. */
  'marks.switch': { params: z.strictObject({ on: z.boolean() }), result: Nothing },
  'wearer.report': { params: z.strictObject({ report: WearerReport }), result: Nothing },
  'image.show': { params: z.strictObject({ imageId: Id, shown: z.boolean() }), result: Nothing },
} as const;

/** Between who asks for a still and the device that keeps the ring. Bytes go over the data channel `fetch`, each chunk ≤ 16 KiB. */
export const StillSignal = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ask'),
    fetchId: Id,
    producerId: Id,
    frame: FrameName,
    /** Where the pen is: that area comes at full size first. */
    point: Point,
  }),
  /** The device has found a frame and begins. */
  z.strictObject({
    kind: z.literal('found'),
    fetchId: Id,
    mediaMs: z.number(),
    offsetMs: z.number(),
    width: z.int().check(z.gte(1), z.lte(16_384)),
    height: z.int().check(z.gte(1), z.lte(16_384)),
  }),
  z.strictObject({
    kind: z.literal('refused'),
    fetchId: Id,
    why: z.enum(['no-ring', 'too-old', 'busy', 'no-channel', 'failed']),
  }),
  /** Chunks taken in so far: the device never has more than its window on the way. */
  z.strictObject({ kind: z.literal('credit'), fetchId: Id, received: z.int().check(z.gte(0), z.lte(1e6)) }),
  z.strictObject({ kind: z.literal('stop'), fetchId: Id }),
]);
export type StillSignal = z.infer<typeof StillSignal>;

export const markMethods = {
  /** A mark is finished. In production a `measure` is refused with `forbidden` until the site's check is recorded. */
  'mark.add': { params: NewMark, result: Nothing },
  /** Not a fact: somebody's pen is down. Handed on to people at work as `mark.begun`; without an end it becomes a truncated mark. */
  'mark.begin': { params: NewDraft, result: Nothing },
  /**
   * Points of a draft over the socket: twice a second for what the server keeps of it, and with `relay` handed on as
   * `mark.points`, where there is no data channel.
   */
  'mark.points': { params: z.strictObject({ points: DraftPoints, relay: z.boolean() }), result: Nothing },
  'mark.cancel': { params: z.strictObject({ markId: Id }), result: Nothing },
  /** Poses over the socket where there is no data channel, at most 10 a second: handed on as `mark.posed`. */
  'mark.pose': { params: PoseMessage, result: Nothing },
  /** Handed on to one peer as `still.signal`: an ask to the owner of the source alone, the rest between those two. */
  'still.signal': { params: z.strictObject({ toPeerId: Id, signal: StillSignal }), result: Nothing },
} as const;
