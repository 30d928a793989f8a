/** Hands seen from above and feet first: what a frightened person copies. */
import type { Shape } from '../types.ts';
import { limb, type Point } from './geometry.ts';
import { BLUE, body, line, path, placed, SKIN } from './ink.ts';

export interface HandPose {
  /** Where the wrist is. */
  readonly at: Point;
  /** Which way the fingers point: 0 right, 90 down. */
  readonly turn?: number;
  readonly scale?: number;
  /** With the thumb on the other side. */
  readonly mirrored?: boolean;
  readonly sleeve?: string;
  /** Length of the forearm that is seen; 0 for none. */
  readonly forearm?: number;
  readonly fingers?: 'flat' | 'spread' | 'fist';
}

const FLAT: readonly (readonly [Point, Point])[] = [
  [
    [40, -13],
    [62, -15],
  ],
  [
    [44, -4],
    [72, -5],
  ],
  [
    [44, 5],
    [70, 6],
  ],
  [
    [40, 13],
    [60, 15],
  ],
];
const SPREAD: readonly (readonly [Point, Point])[] = [
  [
    [38, -13],
    [62, -24],
  ],
  [
    [43, -4],
    [74, -8],
  ],
  [
    [43, 5],
    [73, 8],
  ],
  [
    [38, 13],
    [60, 23],
  ],
];
const FIST: readonly (readonly [Point, Point])[] = [
  [
    [34, -13],
    [44, -12],
  ],
  [
    [37, -4],
    [49, -4],
  ],
  [
    [37, 5],
    [49, 5],
  ],
  [
    [34, 13],
    [43, 13],
  ],
];

/** The back of a hand; 70 long at scale 1. */
export function hand(pose: HandPose): Shape {
  const { fingers = 'flat', forearm = 60, sleeve = BLUE } = pose;
  const sets = { flat: FLAT, spread: SPREAD, fist: FIST };
  const long = sets[fingers].flatMap(([[x1, y1], [x2, y2]]) =>
    body([SKIN, limb([x1 - 10, y1, 5.6], [x1, y1, 5.8], [x2, y2, 5])]),
  );
  const thumb = body([
    SKIN,
    fingers === 'fist'
      ? limb([12, -11, 8], [30, -20, 6.5], [42, -16, 5.5])
      : limb([8, -8, 8], [24, -23, 6.5], [38, -29, 5.2]),
  ]);
  const arm = forearm === 0 ? '' : limb([-forearm, 0, 17], [-6, 0, 12.5]);
  const cuff = forearm < 30 ? '' : limb([-forearm - 4, 0, 19], [-forearm + 18, 0, 17.5]);
  const palm = body(
    ...(arm === '' ? [] : ([[SKIN, arm]] as const)),
    [SKIN, limb([-4, 0, 12.5], [8, 0, 15], [30, 0, 17.5])],
    ...(cuff === '' ? [] : ([[sleeve, cuff]] as const)),
  );
  // The edge of the back of the hand is rubbed out between the fingers, and knuckles are left.
  const knuckles = [
    path(limb([26, -10, 6], [38, -8, 6.4], [38, 8, 6.4], [26, 10, 6]), SKIN),
    line('M42 -13q3 3 1 6M45 -4q3 3 1 6M45 5q3 3 0 6', 1.8),
  ];
  return placed([...thumb, ...long, ...palm, ...knuckles], {
    x: pose.at[0],
    y: pose.at[1],
    turn: pose.turn ?? 0,
    scale: pose.scale ?? 1,
    flipped: pose.mirrored ?? false,
  });
}
