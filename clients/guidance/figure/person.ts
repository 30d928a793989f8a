/** People of the drawings, put together from joints. Sizes fit an adult of 280 units from head to foot. */
import type { Shape } from '../types.ts';
import { blob, disc, type Joint, limb, type Point } from './geometry.ts';
import { BLUE, body, GREY, INK, line, PALE, path, placed, SKIN, SLATE } from './ink.ts';

export interface Look {
  readonly shirt: string;
  readonly trousers: string;
  readonly hair: string;
}
export const HELPER: Look = { shirt: BLUE, trousers: SLATE, hair: INK };
export const PATIENT: Look = { shirt: PALE, trousers: GREY, hair: '#6b4a35' };

export interface HeadPose {
  readonly at: Point;
  /** Which way the face looks: 0 right, 90 down, 180 left, −90 up; `mirrored` turns it the other way round first. */
  readonly turn?: number;
  readonly mirrored?: boolean;
  readonly scale?: number;
  readonly eyes?: 'open' | 'closed';
  readonly mouth?: 'shut' | 'open';
  readonly hair?: string;
  readonly skin?: string;
}

/** A head in profile; at scale 1 it is 38 high. */
export function head(pose: HeadPose): Shape {
  const skin = pose.skin ?? SKIN;
  const face = `${disc(0, -1, 16.5)}${limb([3, 4, 13], [6, 10, 8.5])}${limb([13, 2, 3.5], [18.5, 5, 2.4])}`;
  const hair = blob([13, -12], [2, -20], [-13, -15], [-20, -1], [-14, 11], [-8, 7], [-7, -2], [1, -8]);
  const eye = pose.eyes === 'closed' ? line('M7 0.5q3.5 2.4 6.5 0', 2.2) : path(disc(10, -1, 2.2), INK);
  const mouth = pose.mouth === 'open' ? path(disc(11.5, 11, 3), INK) : line('M9.5 11.5h5', 2.2);
  const shapes = [
    ...body([skin, face]),
    path(hair, pose.hair ?? INK),
    path(disc(-5, 4, 3.4), skin),
    eye,
    mouth,
  ];
  return placed(shapes, {
    x: pose.at[0],
    y: pose.at[1],
    turn: pose.turn ?? 0,
    mirrored: pose.mirrored ?? false,
    scale: pose.scale ?? 1,
  });
}

const joint = ([x, y]: Point, r: number): Joint => [x, y, r];

/** Shoulder, elbow, wrist, tips of the fingers. Sleeves end above the elbow. */
export function arm(look: Look, points: readonly [Point, Point, Point, Point], s = 1): Shape[] {
  const [shoulder, elbow, wrist, tip] = points;
  const cuff: Point = [
    shoulder[0] + (elbow[0] - shoulder[0]) * 0.72,
    shoulder[1] + (elbow[1] - shoulder[1]) * 0.72,
  ];
  return body(
    [SKIN, limb(joint(cuff, 7.6 * s), joint(elbow, 7.2 * s), joint(wrist, 5.4 * s))],
    [SKIN, limb(joint(wrist, 6.4 * s), joint(tip, 4.6 * s))],
    [look.shirt, limb(joint(shoulder, 10.5 * s), joint(cuff, 9 * s))],
  );
}

/** Hip, knee, ankle, tips of the toes. */
export function leg(look: Look, points: readonly [Point, Point, Point, Point], s = 1): Shape[] {
  const [hip, knee, ankle, toe] = points;
  return body(
    [INK, limb(joint(ankle, 6.6 * s), joint(toe, 5 * s))],
    [look.trousers, limb(joint(hip, 15.5 * s), joint(knee, 10.8 * s), joint(ankle, 6.8 * s))],
  );
}

/** Neck and trunk, from the root of the neck to the hip. */
export function trunk(look: Look, neck: Point, shoulder: Point, hip: Point, s = 1): Shape[] {
  const middle: Point = [(shoulder[0] + hip[0]) / 2, (shoulder[1] + hip[1]) / 2];
  return body(
    [SKIN, limb(joint(neck, 7 * s), joint(shoulder, 9 * s))],
    [look.trousers, disc(hip[0], hip[1], 16 * s)],
    [look.shirt, limb(joint(shoulder, 16 * s), joint(middle, 17 * s), joint(hip, 15.5 * s))],
  );
}

/** Someone lying on the back, head to the left; `x`, `y` is the middle of the chest's upper side. */
export function supine(
  x: number,
  y: number,
  options: {
    s?: number;
    eyes?: 'open' | 'closed';
    look?: Look;
    bare?: boolean;
    arm?: boolean;
    mouth?: 'open';
  } = {},
): Shape[] {
  const { s = 1, eyes = 'closed', look = PATIENT, bare = false } = options;
  const p = (dx: number, dy: number): Point => [x + dx * s, y + dy * s];
  const top = bare ? SKIN : look.shirt;
  const chest = limb(
    joint(p(-22, 19), 15 * s),
    joint(p(4, 18), 18 * s),
    joint(p(42, 21), 15.5 * s),
    joint(p(62, 21), 15 * s),
  );
  const neck = limb(joint(p(-52, 20), 8 * s), joint(p(-24, 21), 10 * s));
  return [
    ...body([SKIN, neck], [top, chest]),
    ...leg(look, [p(66, 21), p(134, 25), p(194, 28), p(199, 14)], s),
    head({
      at: p(-64, 17),
      turn: -90,
      scale: s,
      eyes,
      hair: look.hair,
      ...(options.mouth === undefined ? {} : { mouth: options.mouth }),
    }),
    ...(options.arm === false
      ? []
      : arm(bare ? { ...look, shirt: SKIN } : look, [p(-18, 22), p(26, 31), p(66, 33), p(78, 34)], s)),
  ];
}
