/** Until help comes: the call, the way in, the patient. */
import { limb } from '../figure/geometry.ts';
import { body, drawing, INK, line, path, placed, RED, WHITE } from '../figure/ink.ts';
import { arm, HELPER, head, leg, supine, trunk } from '../figure/person.ts';
import { cross, telephone } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

/** The telephone with its loudspeaker on, held before the face. */
export function stayOnCall(): Drawing {
  return drawing([
    ...trunk(HELPER, [112, 108], [106, 138], [100, 260], 1.9),
    head({ at: [120, 78], scale: 2, mouth: 'open' }),
    placed(telephone(0, 0, 1.5), { x: 232, y: 112, turn: 6 }),
    ...arm(
      HELPER,
      [
        [102, 150],
        [140, 212],
        [206, 168],
        [222, 152],
      ],
      1.6,
    ),
  ]);
}

/** Someone at the open door shows the ambulance the way. */
export function showTheWay(): Drawing {
  const van: Shape[] = [
    ...body([WHITE, 'M196 118h84q8 0 8 8v62h-118v-34q0 -6 4 -10l12 -20q4 -6 10 -6z']),
    path('M184 146l12 -18h16v18z', '#9fc0dc'),
    path('M172 160h116v10h-116z', '#2a68a6'),
    ...body([INK, limb([200, 190, 13], [200.5, 190, 13])], [INK, limb([262, 190, 13], [262.5, 190, 13])]),
    ...body([RED, 'M220 108h20v10h-20z']),
    line('M212 96l-8 -10M230 92v-12M248 96l8 -10', 4, RED),
  ];
  return drawing(
    [
      ...body(['#e9eef2', 'M14 30h66v176h-66z'], ['#9aabb7', 'M26 42h42v164h-42z']),
      ...body(['#c58b4e', 'M68 42l22 12v164l-22 -12z']),
      ...van,
      ...leg(
        HELPER,
        [
          [118, 148],
          [122, 178],
          [122, 202],
          [132, 206],
        ],
        0.74,
      ),
      ...leg(
        HELPER,
        [
          [116, 148],
          [110, 178],
          [106, 202],
          [116, 206],
        ],
        0.74,
      ),
      ...trunk(HELPER, [118, 86], [117, 96], [117, 146], 0.74),
      head({ at: [120, 70], scale: 0.78 }),
      ...arm(
        HELPER,
        [
          [116, 100],
          [138, 78],
          [154, 52],
          [158, 42],
        ],
        0.8,
      ),
      line('M170 48q8 -8 8 -18M180 56q14 -12 14 -30', 3.6, RED),
    ],
    204,
  );
}

/** Covered, not moved; nothing to eat or drink. */
export function keepStill(): Drawing {
  const cup: Shape[] = [
    ...body([WHITE, 'M232 40h44l-6 50h-32z']),
    line('M276 50q18 2 12 20q-4 10 -15 8', 4),
    path('M236 56h36l-3 28h-30z', '#9fc0dc'),
    ...cross(256, 64, 36),
  ];
  return drawing(
    [
      ...leg(HELPER, [
        [176, 128],
        [162, 188],
        [230, 194],
        [238, 204],
      ]),
      ...trunk(HELPER, [126, 48], [134, 66], [174, 128]),
      head({ at: [122, 36], turn: -18, mirrored: true }),
      ...supine(88, 170, { eyes: 'open', arm: false }),
      ...body(['#9fc0dc', 'M74 176q30 -16 90 -6q70 6 118 4q10 0 8 16t-14 16q-90 8 -186 0q-18 -2 -16 -30z']),
      line('M110 172q-6 16 2 34M166 172q-6 18 0 36M222 178q-4 14 0 30', 2.2),
      ...arm(HELPER, [
        [136, 74],
        [126, 114],
        [104, 146],
        [94, 158],
      ]),
      ...cup,
    ],
    186,
  );
}

/** Eyes and ears on the breath; what changes is told at once. */
export function watch(): Drawing {
  const breath = [10, 19, 28].map((r) =>
    line(`M${46 - r * 0.7} ${146 - r * 0.6}Q46 ${138 - r * 1.5} ${46 + r * 0.7} ${146 - r * 0.6}`, 3.4, RED),
  );
  return drawing(
    [
      ...leg(HELPER, [
        [212, 128],
        [198, 188],
        [266, 194],
        [274, 204],
      ]),
      ...trunk(HELPER, [146, 66], [160, 78], [210, 128]),
      head({ at: [132, 64], turn: -24, mirrored: true }),
      ...supine(110, 170),
      ...arm(HELPER, [
        [160, 88],
        [160, 128],
        [134, 150],
        [122, 158],
      ]),
      ...breath,
      ...telephone(284, 60, 1.1),
    ],
    186,
  );
}
