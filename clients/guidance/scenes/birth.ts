/** A birth: the mother leans back, the child comes by itself, is dried and lies on her skin. */
import { blob, limb } from '../figure/geometry.ts';
import { hand } from '../figure/hand.ts';
import { BLUE, body, drawing, group, line, path, placed, RED, SKIN } from '../figure/ink.ts';
import { arm, HELPER, head, type Look, leg, trunk } from '../figure/person.ts';
import { arrow, cross } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const MOTHER: Look = { shirt: '#e9eef2', trousers: SKIN, hair: '#6b4a35' };
const BABY = '#fdeadb';
const TOWEL = '#9fc0dc';

/** Half sitting against a support, knees up and apart. */
function mother(): Shape[] {
  return [
    ...body([TOWEL, blob([6, 214], [10, 120], [40, 92], [74, 130], [100, 200], [96, 224], [40, 228])]),
    ...body(
      [SKIN, limb([150, 190, 17], [196, 128, 13], [236, 196, 9])],
      [SKIN, limb([236, 196, 8], [256, 204, 6])],
    ),
    ...trunk(MOTHER, [76, 96], [88, 122], [138, 194], 1.1),
    ...body(['#e9eef2', blob([104, 132], [138, 138], [156, 166], [144, 194], [116, 184])]),
    head({ at: [70, 78], turn: 4, scale: 1.05, hair: MOTHER.hair, mouth: 'open' }),
    ...body(
      [SKIN, limb([146, 200, 18], [206, 142, 14], [226, 214, 9])],
      [SKIN, limb([226, 214, 8], [246, 222, 6])],
    ),
    ...arm(
      MOTHER,
      [
        [86, 130],
        [104, 176],
        [136, 170],
        [150, 164],
      ],
      1.05,
    ),
  ];
}

/** Leaning back, a clean cloth under, the helper ready in front. */
export function leanBack(): Drawing {
  return drawing(
    [
      ...body([TOWEL, blob([110, 216], [210, 210], [268, 218], [262, 230], [120, 230])]),
      ...mother(),
      ...leg(HELPER, [
        [306, 150],
        [276, 212],
        [330, 220],
        [340, 226],
      ]),
      ...trunk(HELPER, [276, 80], [284, 98], [306, 156]),
      head({ at: [268, 66], turn: -14, mirrored: true }),
      ...arm(HELPER, [
        [280, 106],
        [262, 150],
        [232, 168],
        [220, 172],
      ]),
    ],
    196,
  );
}

/** The head is held from below by both hands, and never pulled. */
export function holdHead(): Drawing {
  return drawing([
    ...body([SKIN, limb([330, 20, 60], [210, 66, 44])]),
    ...body([SKIN, limb([330, 226, 60], [210, 170, 44])]),
    path(blob([236, 78], [262, 90], [276, 118], [262, 148], [236, 158], [222, 118]), '#b9675c'),
    ...body([BABY, limb([250, 118, 32], [196, 118, 38])]),
    ...body(['#c9a488', limb([176, 104, 22], [172, 130, 22])]),
    line('M206 100q5 5 10 0M206 136q5 5 10 0M226 112v12', 2.4),
    hand({ at: [112, 66], turn: 26, scale: 1.05, forearm: 120, mirrored: true }),
    hand({ at: [112, 170], turn: -26, scale: 1.05, forearm: 120 }),
    ...arrow([124, 118], [20, 118], 12),
    ...cross(70, 118, 26),
  ]);
}

function bundle(): Shape[] {
  return [
    ...body([TOWEL, blob([60, 150], [100, 96], [190, 86], [262, 118], [276, 176], [210, 214], [110, 210])]),
    ...body([BABY, limb([130, 150, 30], [200, 158, 34], [226, 160, 28])]),
    ...body([BABY, limb([226, 172, 13], [254, 184, 11], [246, 158, 9])]),
    head({
      at: [104, 146],
      turn: -80,
      scale: 1.75,
      eyes: 'closed',
      mouth: 'open',
      hair: '#c9a488',
      skin: BABY,
    }),
  ];
}

/** Rubbed dry at once with a cloth, back and head as well. */
export function rubDry(): Drawing {
  return drawing([
    ...bundle(),
    ...body([TOWEL, blob([148, 122], [190, 112], [226, 124], [232, 160], [200, 176], [156, 168])]),
    line('M160 136q30 8 60 0M164 152q28 8 58 0', 2),
    hand({ at: [238, 64], turn: 130, scale: 1, forearm: 90 }),
    line('M120 92q-12 6 -16 18M262 132q14 10 14 26', 4, RED),
    group([line('M178 96q22 -12 44 2M170 188q24 12 50 0', 4, RED)]),
  ]);
}

/** On the mother's bare chest, both covered, the child's head too. */
export function skinToSkin(): Drawing {
  return drawing([
    ...body(['#d8e1e7', blob([-20, 250], [-10, 80], [60, 40], [200, 60], [250, 250])]),
    ...body(
      [SKIN, limb([118, 92, 24], [112, 140, 40])],
      [SKIN, limb([70, 172, 42], [216, 176, 42], [230, 260, 50])],
      [SKIN, limb([80, 180, 46], [90, 260, 60])],
    ),
    head({ at: [112, 66], turn: 30, scale: 2, hair: MOTHER.hair }),
    ...body([BABY, limb([158, 174, 30], [196, 214, 36])]),
    placed([head({ at: [0, 0], scale: 1.5, eyes: 'closed', hair: '#c9a488', skin: BABY })], {
      x: 146,
      y: 156,
      turn: -30,
      mirrored: true,
    }),
    ...body([TOWEL, blob([176, 158], [214, 150], [252, 182], [300, 260], [80, 260], [104, 214], [150, 204])]),
    ...body([BLUE, blob([126, 138], [140, 122], [164, 120], [180, 136], [176, 156], [158, 140], [140, 136])]),
    ...body([SKIN, limb([262, 180, 24], [244, 226, 18], [188, 212, 13], [170, 204, 11])]),
  ]);
}

/** The cord stays: no knife, no pulling. */
export function leaveCord(): Drawing {
  return drawing([
    ...bundle(),
    line('M200 152C196 100 220 70 262 74S300 60 330 62', 13),
    line('M200 152C196 100 220 70 262 74S300 60 330 62', 8.6, '#d9a3a0'),
    placed(scissors(), { x: 236, y: 66, turn: 70, scale: 1.2 }),
    ...cross(240, 74, 32),
  ]);
}

function scissors(): Shape[] {
  return [
    line('M-34 -12L22 8M-34 12L22 -8', 7),
    line('M-34 -12L22 8M-34 12L22 -8', 3, '#bccad4'),
    {
      tag: 'circle',
      attributes: { cx: 32, cy: 12, r: 9, fill: 'none', stroke: '#14222d', 'stroke-width': 5 },
    },
    {
      tag: 'circle',
      attributes: { cx: 32, cy: -12, r: 9, fill: 'none', stroke: '#14222d', 'stroke-width': 5 },
    },
  ];
}
