/** The recovery position, turn by turn, and watching the breath. The helper kneels on this side. */
import { limb } from '../figure/geometry.ts';
import { hand } from '../figure/hand.ts';
import { body, drawing, line, placed, RED, SKIN } from '../figure/ink.ts';
import { arm, HELPER, head, leg, PATIENT, trunk } from '../figure/person.ts';
import { arrow, bentArrow } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const SHIRT = PATIENT.shirt;
const TROUSERS = PATIENT.trousers;

/** A face seen from above: turned to the reader, or up. */
function headFromAbove(x: number, y: number): Shape[] {
  return [
    ...body(
      [SKIN, limb([x - 3, y, 19], [x + 5, y, 18])],
      [PATIENT.hair, limb([x - 12, y, 16], [x - 8, y, 17])],
    ),
    line(`M${x + 4} ${y - 10}v6M${x + 4} ${y + 5}v6`, 2.4),
    line(`M${x + 15} ${y - 4}v9`, 2.4),
    line(`M${x + 9} ${y - 2}q3 2 0 4`, 2),
  ];
}

interface Lying {
  readonly far: 'down' | 'cheek';
  readonly knee: boolean;
}

/** On the back, seen from above, head left; the near side is below. */
function fromAbove({ far, knee }: Lying): Shape[] {
  const farLeg = knee
    ? body(
        [TROUSERS, limb([196, 96, 17], [246, 66, 13], [236, 112, 9])],
        ['#14222d', limb([236, 112, 7], [236, 124, 7])],
      )
    : body(
        [TROUSERS, limb([196, 96, 17], [252, 92, 12], [302, 90, 8])],
        ['#14222d', limb([302, 90, 7], [312, 86, 7])],
      );
  const nearLeg = body(
    [TROUSERS, limb([196, 126, 17], [252, 130, 12], [302, 132, 8])],
    ['#14222d', limb([302, 132, 7], [312, 136, 7])],
  );
  const farArm =
    far === 'cheek'
      ? body(
          [SKIN, limb([114, 96, 8], [86, 128, 7], [72, 122, 7])],
          [SHIRT, limb([104, 80, 12], [116, 96, 10])],
        )
      : body(
          [SKIN, limb([136, 64, 8], [180, 62, 7], [196, 64, 6])],
          [SHIRT, limb([106, 78, 12], [136, 66, 10])],
        );
  const nearArm = body(
    [SKIN, limb([104, 168, 8], [102, 196, 8], [60, 198, 7], [48, 198, 6])],
    [SHIRT, limb([106, 142, 12], [104, 168, 10])],
  );
  return [
    ...farLeg,
    ...nearLeg,
    ...nearArm,
    ...body(
      [SKIN, limb([76, 111, 9], [96, 111, 11])],
      [TROUSERS, limb([190, 100, 20], [190, 122, 20])],
      [SHIRT, limb([108, 88, 19], [108, 134, 19])],
      [SHIRT, limb([112, 111, 36], [186, 111, 30])],
    ),
    ...headFromAbove(58, 111),
    ...farArm,
  ];
}

/** First: the near arm out at a right angle, palm up. */
export function nearArmOut(): Drawing {
  return drawing([
    placed(fromAbove({ far: 'down', knee: false }), { y: -6 }),
    hand({ at: [150, 224], turn: 188, scale: 0.62, forearm: 110 }),
    ...bentArrow([150, 176], [146, 206], [112, 214], 7),
  ]);
}

/** The back of the far hand to the near cheek. */
export function handToCheek(): Drawing {
  return drawing([
    placed(fromAbove({ far: 'cheek', knee: false }), { y: -6 }),
    ...bentArrow([170, 46], [110, 26], [84, 82], 7),
  ]);
}

/** The far knee up. */
export function kneeUp(): Drawing {
  return drawing([
    placed(fromAbove({ far: 'cheek', knee: true }), { y: -6 }),
    hand({ at: [276, 8], turn: 130, scale: 0.72, forearm: 40 }),
    ...arrow([292, 92], [262, 68], 9),
  ]);
}

/** On the side, seen from the front, head left, knee and elbow as props. */
function onSide(): Shape[] {
  return [
    ...leg(PATIENT, [
      [186, 176],
      [244, 184],
      [296, 188],
      [308, 180],
    ]),
    ...body(
      [SKIN, limb([98, 186, 8], [92, 204, 8], [40, 208, 7], [26, 208, 6])],
      [SHIRT, limb([104, 172, 12], [98, 186, 10])],
    ),
    ...body(
      [SKIN, limb([72, 170, 9], [96, 168, 11])],
      [SHIRT, limb([106, 164, 24], [150, 168, 25], [186, 172, 22])],
    ),
    ...leg(PATIENT, [
      [188, 170],
      [212, 206],
      [262, 212],
      [266, 222],
    ]),
    placed(
      [
        ...body([SKIN, limb([-3, 0, 18], [6, 0, 17])], [PATIENT.hair, limb([-12, 0, 15], [-9, -2, 16])]),
        line('M5 -9v6M5 5v6', 2.4),
        line('M16 -3v7', 3),
      ],
      { x: 54, y: 172, turn: -28 },
    ),
    ...body(
      [SKIN, limb([122, 186, 8], [84, 204, 7], [66, 192, 6.5])],
      [SHIRT, limb([110, 160, 12], [122, 186, 10])],
    ),
  ];
}

/** The helper's hands on the far shoulder and the far knee pull: the body rolls over towards the helper. */
export function rollOver(): Drawing {
  return drawing([
    placed(fromAbove({ far: 'cheek', knee: true }), { y: -22 }),
    hand({ at: [128, 118], turn: -100, scale: 0.74, forearm: 190 }),
    hand({ at: [240, 106], turn: -88, scale: 0.74, forearm: 200 }),
    ...bentArrow([166, 20], [206, 112], [176, 214], 10),
  ]);
}

/** Head tilted back, mouth open and low, the breath is watched. */
export function watchBreath(): Drawing {
  const breath = [12, 22, 32].map((r) =>
    line(`M${24 - r * 0.35} ${150 - r * 0.9}q${r * 0.35} ${-r * 0.5} ${r * 0.8} ${-r * 0.45}`, 3.6, RED),
  );
  return drawing(
    [
      ...leg(HELPER, [
        [206, 108],
        [214, 170],
        [282, 176],
        [290, 186],
      ]),
      ...trunk(HELPER, [144, 52], [156, 66], [204, 112]),
      head({ at: [130, 50], turn: -30, mirrored: true }),
      ...onSide(),
      ...arm(HELPER, [
        [154, 74],
        [160, 116],
        [142, 142],
        [132, 148],
      ]),
      ...breath,
    ],
    160,
  );
}
