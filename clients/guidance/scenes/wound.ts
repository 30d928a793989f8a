/** A leg that bleeds: pressure, more cloth, a tourniquet. */
import { blob, limb } from '../figure/geometry.ts';
import { hand } from '../figure/hand.ts';
import { body, drawing, figures, line, path, RED, SKIN, SLATE } from '../figure/ink.ts';
import { arm, HELPER, head, leg, supine, trunk } from '../figure/person.ts';
import { arrow, bentArrow, clock } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const CLOTH = '#ffffff';

/** A thigh and knee across the picture, hip on the left. */
function thigh(): Shape[] {
  return [
    ...body(
      [SKIN, limb([60, 150, 56], [190, 150, 44], [250, 152, 37], [340, 160, 31])],
      [SLATE, limb([-30, 150, 66], [46, 150, 61])],
    ),
    line('M238 126q14 -6 26 2M240 178q12 6 24 0', 2.6),
  ];
}

const wound = path(blob([150, 148], [172, 136], [196, 146], [190, 162], [164, 166]), RED);

/** Both hands, one on the other, straight down on the cloth. */
export function pressHard(): Drawing {
  return drawing([
    ...thigh(),
    path(blob([132, 152], [150, 120], [196, 122], [216, 150], [206, 190], [176, 212], [150, 196]), RED),
    ...body([CLOTH, blob([136, 128], [170, 116], [206, 128], [208, 164], [176, 178], [138, 168])]),
    hand({ at: [150, 92], turn: 62, scale: 1.02, fingers: 'flat', forearm: 120 }),
    hand({ at: [196, 88], turn: 108, scale: 1.02, fingers: 'flat', forearm: 120, mirrored: true }),
    ...arrow([66, 20], [66, 84], 12),
    ...arrow([280, 20], [280, 84], 12),
  ]);
}

/** The wound alone: where the cloth goes. */
export function findWound(): Drawing {
  return drawing([
    ...thigh(),
    path(
      blob([136, 156], [152, 128], [190, 122], [212, 150], [200, 184], [190, 226], [172, 214], [150, 190]),
      '#de6a5d',
    ),
    wound,
    ...body([CLOTH, blob([206, 26], [250, 16], [292, 34], [286, 78], [244, 86], [208, 70])]),
    line('M222 44q20 6 50 0M220 62q24 4 52 -2', 2),
    ...bentArrow([228, 84], [196, 92], [180, 128], 8),
  ]);
}

/** Cloth upon cloth: the first stays where it is. */
export function moreCloth(): Drawing {
  return drawing([
    ...thigh(),
    ...body([CLOTH, blob([122, 128], [172, 114], [214, 128], [220, 172], [176, 190], [124, 176])]),
    path(blob([150, 150], [172, 138], [198, 150], [192, 166], [164, 170]), '#de6a5d'),
    ...body([CLOTH, blob([134, 44], [176, 36], [216, 46], [214, 84], [176, 92], [136, 84])]),
    line('M148 58q26 6 54 0M148 74q28 4 54 -2', 2),
    hand({ at: [276, 40], turn: 158, scale: 0.9, forearm: 90 }),
    ...arrow([112, 50], [112, 112], 11),
  ]);
}

/** A broad band above the wound, towards the body, turned tight with a stick. */
export function tourniquet(): Drawing {
  const band = (x: number): Shape[] =>
    body(['#2b3b47', `M${x} 93Q${x - 9} 150 ${x} 207L${x + 24} 205Q${x + 15} 150 ${x + 24} 95z`]);
  return drawing([
    ...thigh(),
    path(blob([206, 150], [222, 138], [240, 146], [236, 160], [216, 164]), RED),
    ...band(112),
    ...body(['#c58b4e', limb([84, 132, 6], [158, 118, 6])]),
    ...bentArrow([76, 96], [110, 62], [158, 88], 7),
    line('M134 222H206M134 213v18M206 213v18', 4, RED),
    figures('5–7 cm', 266, 231, 24),
    ...clock(278, 48, 28),
  ]);
}

/** Lies down, covered, the helper stays. */
export function lieWarm(): Drawing {
  const [x, y] = [108, 166] as const;
  return drawing(
    [
      ...leg(HELPER, [
        [196, 130],
        [182, 190],
        [250, 196],
        [258, 206],
      ]),
      ...trunk(HELPER, [146, 50], [154, 68], [194, 130]),
      head({ at: [142, 38], turn: -18, mirrored: true }),
      ...supine(x - 14, y, { eyes: 'open', arm: false }),
      ...body([
        '#9fc0dc',
        blob(
          [86, 172],
          [110, 162],
          [160, 164],
          [230, 172],
          [288, 174],
          [292, 204],
          [200, 210],
          [100, 208],
          [82, 194],
        ),
      ]),
      line('M120 170q-6 16 2 34M176 170q-6 18 0 36M232 176q-4 14 0 30', 2.2),
      ...arm(HELPER, [
        [156, 76],
        [146, 114],
        [124, 142],
        [112, 154],
      ]),
    ],
    184,
  );
}
