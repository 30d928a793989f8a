/**
 * Parsers of marks (design section 6). The words and their fold stand in `ar-annotations`; what comes over the wire is bounded
 * here. Places may lie a little outside the picture: a pen leaves the frame while it draws.
 */
import * as z from 'zod/mini';
import {
  type Anchor as AnchorWords,
  CORNERS,
  type Draft as DraftWords,
  MARK_KINDS,
  type Mark as MarkWords,
  POINTS_MAX,
  type PoseMessage as PoseWords,
  SCALE_KINDS,
  type Shape as ShapeWords,
  type Surface as SurfaceWords,
} from '../../ar-annotations/scene/types.ts';
import { MAX_ANCHORS, REFERENCE_BYTES } from '../../ar-annotations/tracker/types.ts';
import { Id, Label, PatientRef } from './values.ts';

const Place = z.number().check(z.gte(-1), z.lte(2));
export const Point = z.strictObject({ x: Place, y: Place });
const Fraction = z.number().check(z.gte(0), z.lte(1));
const Region = z.strictObject({ x: Fraction, y: Fraction, width: Fraction, height: Fraction });
/** Ten minutes is longer than anyone holds a pen down. */
const SinceStart = z.number().check(z.gte(0), z.lte(600_000));
const StrokePoint = z.readonly(z.tuple([Place, Place, Fraction, SinceStart]));
const base64url = (bytes: number) =>
  z.string().check(z.maxLength(Math.ceil((bytes * 4) / 3)), z.regex(/^[A-Za-z0-9_-]*$/));
/** Bytes of a print (`ar-annotations/frames/print.ts`). */
export const PRINT_BYTES = 72;
const Print = base64url(PRINT_BYTES);

export const Surface = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('video'), producerId: Id }),
  z.strictObject({ kind: z.literal('image'), imageId: Id }),
]) satisfies z.ZodMiniType<SurfaceWords>;

export const FrameName = z.strictObject({
  mediaMs: z.optional(z.number().check(z.gte(0), z.lte(1e12))),
  rtpTimestamp: z.optional(z.int().check(z.gte(0), z.lte(0xffff_ffff))),
  print: z.optional(Print),
  stillId: z.optional(Id),
});

export const Anchor = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scene'),
    frame: FrameName,
    reference: base64url(REFERENCE_BYTES),
    region: Region,
  }),
  z.strictObject({ kind: z.literal('corner'), corner: z.enum(CORNERS) }),
  z.strictObject({ kind: z.literal('surface') }),
]) satisfies z.ZodMiniType<AnchorWords>;

const Millimetres = z.number().check(z.gt(0), z.lte(10_000));
export const Shape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pointer'), at: Point }),
  z.strictObject({
    kind: z.literal('stroke'),
    points: z.array(StrokePoint).check(z.minLength(1), z.maxLength(POINTS_MAX)),
  }),
  z.strictObject({ kind: z.literal('arrow'), from: Point, to: Point }),
  z.strictObject({
    kind: z.literal('ellipse'),
    centre: Point,
    rx: z.number().check(z.gt(0), z.lte(2)),
    ry: z.number().check(z.gt(0), z.lte(2)),
    rotation: z.number().check(z.gte(-7), z.lte(7)),
  }),
  z.strictObject({ kind: z.literal('text'), at: Point, text: Label }),
  z.strictObject({ kind: z.literal('stamp'), at: Point, number: z.int().check(z.gte(1), z.lte(99)) }),
  z.strictObject({
    kind: z.literal('image'),
    imageId: Id,
    corners: z.readonly(z.tuple([Point, Point, Point, Point])),
  }),
  z.strictObject({
    kind: z.literal('measure'),
    from: Point,
    to: Point,
    scale: z.strictObject({ kind: z.enum(SCALE_KINDS), mm: Millimetres, from: Point, to: Point }),
    lengthMm: z.number().check(z.gte(0), z.lte(100_000)),
    uncertaintyMm: z.number().check(z.gt(0), z.lte(100_000)),
  }),
]) satisfies z.ZodMiniType<ShapeWords>;

const Aspect = z.number().check(z.gt(0.1), z.lt(10));

/** A mark as its author sends it; who that is, the server knows. */
export const NewMark = z.strictObject({
  markId: Id,
  patientId: PatientRef,
  surface: Surface,
  anchor: Anchor,
  shape: Shape,
  aspect: Aspect,
});
export type NewMark = z.infer<typeof NewMark>;

export const Mark = z.strictObject({
  ...NewMark.shape,
  author: Id,
  truncated: z.optional(z.literal(true)),
}) satisfies z.ZodMiniType<MarkWords>;

/** What `mark.begin` says: reaches the wearer before the first point, so that the place is known while it is drawn. */
export const NewDraft = z.strictObject({
  markId: Id,
  kind: z.enum(MARK_KINDS),
  patientId: PatientRef,
  surface: Surface,
  anchor: Anchor,
  aspect: Aspect,
});
export const Draft = z.strictObject({ ...NewDraft.shape, author: Id }) satisfies z.ZodMiniType<DraftWords>;

/** Messages of the data channel `preview`, as JSON; the same over the socket where there is no data channel. */
export const DraftPoints = z.strictObject({
  markId: Id,
  n: z.int().check(z.gte(0), z.lte(1e6)),
  from: z.optional(z.int().check(z.gte(0), z.lte(100_000))),
  points: z.optional(z.array(StrokePoint).check(z.maxLength(200))),
  shape: z.optional(Shape),
});
export type DraftPoints = z.infer<typeof DraftPoints>;

/** Messages of the data channel `pose`, as JSON, at most 30 a second; the same over the socket where there is none. */
export const PoseMessage = z.strictObject({
  v: z.literal(1),
  producerId: Id,
  mediaMs: z.number().check(z.gte(0), z.lte(1e12)),
  print: Print,
  poses: z
    .array(
      z.strictObject({
        markId: Id,
        state: z.enum(['held', 'searching', 'lost', 'off']),
        confidence: Fraction,
        h: z.optional(z.array(z.number()).check(z.minLength(9), z.maxLength(9))),
        by: z.enum(['picture', 'world']),
      }),
    )
    .check(z.maxLength(MAX_ANCHORS)),
}) satisfies z.ZodMiniType<PoseWords>;

/**
 * How the wearer sees marks. `head-locked`: nothing but what is fixed to the display, no mark on the patient. `see-through`: on
 * the world itself, only after the display's calibration was checked.
 */
export const WearerReport = z.strictObject({
  display: z.optional(z.enum(['camera', 'head-locked', 'see-through'])),
  /** Error of the checked calibration, in per cent of the width, measured at the eye. */
  calibrationErrorPercent: z.optional(z.nullable(z.number().check(z.gte(0), z.lte(1000)))),
  tracking: z.optional(z.enum(['picture', 'world', 'none'])),
  torch: z.optional(z.enum(['on', 'off', 'unsupported'])),
  battery: z.optional(z.strictObject({ level: Fraction, charging: z.boolean() })),
  voice: z.optional(z.enum(['device', 'local', 'unsupported'])),
});
export type WearerReport = z.infer<typeof WearerReport>;
