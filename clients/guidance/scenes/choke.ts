/** Choking: blows on the back, thrusts of the belly, and what else helps. */
import { blob } from '../figure/geometry.ts';
import { body, drawing, figures, line, RED, SKIN } from '../figure/ink.ts';
import { arm, HELPER, head, leg, PATIENT, trunk } from '../figure/person.ts';
import { arrow, bentArrow, cross, waves } from '../figure/signs.ts';
import type { Drawing } from '../types.ts';

const S = 1.18;

/** Hands at the throat, no voice: the sign of choking. */
export function cannotBreathe(): Drawing {
  return drawing([
    ...arm(
      PATIENT,
      [
        [140, 142],
        [196, 196],
        [190, 140],
        [172, 116],
      ],
      1.5,
    ),
    ...trunk(PATIENT, [152, 104], [142, 136], [132, 250], 1.9),
    head({ at: [158, 72], scale: 2.1, turn: 6, mouth: 'open', hair: PATIENT.hair }),
    ...arm(
      PATIENT,
      [
        [136, 146],
        [168, 206],
        [180, 146],
        [168, 118],
      ],
      1.5,
    ),
    ...waves(222, 92, 1.7, '#8da0ae'),
    ...cross(246, 92, 24),
  ]);
}

/** Leans forward, held by the chest; the heel of a hand hits between the shoulder blades. */
export function backBlows(): Drawing {
  return drawing([
    ...leg(
      HELPER,
      [
        [80, 206],
        [84, 290],
        [84, 340],
        [96, 340],
      ],
      S,
    ),
    ...leg(
      PATIENT,
      [
        [150, 206],
        [160, 290],
        [160, 340],
        [170, 340],
      ],
      S,
    ),
    ...arm(
      HELPER,
      [
        [96, 112],
        [140, 164],
        [190, 168],
        [208, 162],
      ],
      S,
    ),
    ...trunk(PATIENT, [214, 120], [200, 132], [146, 202], S),
    ...arm(
      PATIENT,
      [
        [204, 142],
        [214, 184],
        [222, 222],
        [224, 240],
      ],
      S,
    ),
    head({ at: [232, 106], turn: 42, scale: S, mouth: 'open', hair: PATIENT.hair }),
    ...trunk(HELPER, [92, 84], [88, 104], [78, 204], S),
    head({ at: [98, 58], turn: 18, scale: S }),
    ...arm(
      HELPER,
      [
        [92, 110],
        [118, 76],
        [152, 98],
        [170, 116],
      ],
      S,
    ),
    ...arrow([176, 40], [182, 100], 11),
    figures('× 5', 262, 56, 34),
    line('M258 140l10 8M250 152l8 12', 4, RED),
  ]);
}

/** From behind: a fist above the navel, the other hand round it, in and up. */
export function bellyThrusts(): Drawing {
  return drawing([
    ...leg(
      HELPER,
      [
        [110, 206],
        [96, 290],
        [96, 340],
        [106, 340],
      ],
      S,
    ),
    ...leg(
      PATIENT,
      [
        [150, 206],
        [152, 290],
        [152, 340],
        [162, 340],
      ],
      S,
    ),
    ...trunk(HELPER, [112, 82], [114, 104], [112, 204], S),
    head({ at: [116, 56], turn: 8, scale: S }),
    ...trunk(PATIENT, [166, 92], [160, 112], [150, 206], S),
    head({ at: [178, 66], turn: 22, scale: S, mouth: 'open', hair: PATIENT.hair }),
    ...arm(
      PATIENT,
      [
        [164, 122],
        [190, 152],
        [212, 190],
        [216, 206],
      ],
      S,
    ),
    ...arm(
      HELPER,
      [
        [118, 116],
        [132, 172],
        [172, 168],
        [186, 162],
      ],
      S,
    ),
    ...body([SKIN, blob([172, 152], [188, 148], [194, 160], [190, 174], [174, 176], [166, 164])]),
    line('M178 154l10 3M176 161l13 2M176 168l11 1', 2),
    ...bentArrow([252, 204], [214, 200], [203, 142], 8),
    figures('× 5', 262, 56, 34),
  ]);
}
