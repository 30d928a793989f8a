/** The defibrillator itself, and keeping away from the patient. */
import { disc } from '../figure/geometry.ts';
import { hand } from '../figure/hand.ts';
import { body, drawing, INK, line, path, placed, RED, WHITE } from '../figure/ink.ts';
import { arm, HELPER, head, leg, supine, trunk } from '../figure/person.ts';
import { heartFlash, waves } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const CASE = '#f4c531';

function device(x: number, y: number, scale: number): Shape {
  return placed(
    [
      ...body([INK, 'M-34 -84h68v26h-14v-12h-40v12h-14z']),
      ...body([CASE, 'M-88 -56q0 -14 14 -14h148q14 0 14 14v112q0 14 -14 14h-148q-14 0 -14 -14z']),
      ...body([WHITE, 'M-74 -52h62v104h-62z']),
      ...heartFlash(-43, -2, 1.15),
    ],
    { x, y, scale },
  );
}

/** Open it, switch it on: from then on it speaks. */
export function switchOn(): Drawing {
  return drawing([
    device(132, 138, 1),
    ...body(['#2f9e5b', disc(170, 128, 25)]),
    line('M170 110v18M158 117a16 16 0 1 0 24 0', 5, WHITE),
    hand({ at: [268, 176], turn: 206, scale: 1, forearm: 90, fingers: 'fist' }),
    ...body(['#f3cda9', 'M234 146l-44 -16a8 8 0 0 0 -6 14l42 22z']),
    ...waves(236, 68, 1.6),
  ]);
}

/** Nobody touches while it looks and while it shocks. */
export function standClear(): Drawing {
  return drawing(
    [
      ...leg(HELPER, [
        [236, 122],
        [226, 190],
        [286, 196],
        [296, 206],
      ]),
      ...trunk(HELPER, [230, 42], [234, 60], [238, 122]),
      head({ at: [224, 28], turn: -8, mirrored: true }),
      ...supine(88, 172, { bare: true, arm: false }),
      {
        tag: 'rect',
        attributes: {
          x: 74,
          y: 166,
          width: 24,
          height: 13,
          rx: 4,
          fill: WHITE,
          stroke: INK,
          'stroke-width': 2.6,
        },
      },
      {
        tag: 'rect',
        attributes: {
          x: 108,
          y: 182,
          width: 26,
          height: 15,
          rx: 4,
          fill: WHITE,
          stroke: INK,
          'stroke-width': 2.6,
        },
      },
      ...arm(HELPER, [
        [232, 70],
        [206, 96],
        [188, 66],
        [184, 50],
      ]),
      ...arm(HELPER, [
        [240, 70],
        [262, 100],
        [282, 72],
        [288, 56],
      ]),
      ...flash(96, 118),
    ],
    188,
  );
}

function flash(x: number, y: number): Shape[] {
  return [
    path(`M${x + 8} ${y - 44}l-26 38h16l-10 32l30 -42h-17z`, RED),
    line(`M${x - 40} ${y + 24}q-10 -34 6 -58M${x + 44} ${y + 24}q10 -34 -6 -58`, 3.6, RED),
  ];
}

/** The key that flashes is pressed, with nobody touching. */
export function pressShock(): Drawing {
  return drawing([
    device(132, 138, 1),
    ...body(['#e8742c', disc(170, 134, 29)]),
    path('M174 116l-16 20h11l-5 16l17 -22h-11z', WHITE),
    line('M170 92v-12M200 104l8 -8M140 104l-8 -8', 5, RED),
    hand({ at: [276, 184], turn: 206, scale: 1, forearm: 90, fingers: 'fist' }),
    ...body(['#f3cda9', 'M242 154l-44 -16a8 8 0 0 0 -6 14l42 22z']),
  ]);
}
