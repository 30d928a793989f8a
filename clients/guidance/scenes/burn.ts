/** A burnt hand and forearm: off with the heat, cold running water, nothing on it, a loose cover. */
import { blob, limb } from '../figure/geometry.ts';
import { hand } from '../figure/hand.ts';
import { body, drawing, INK, line, path, placed, WHITE } from '../figure/ink.ts';
import { arrow, clock, cross } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const WATER = '#6fb1e6';
const BURNT = '#d9564a';

/** The burnt arm, from the left. */
function burntArm(y: number): Shape[] {
  return [
    hand({ at: [168, y], turn: 4, scale: 1.15, forearm: 170, sleeve: '#e9eef2' }),
    path(blob([98, y - 10], [130, y - 14], [164, y - 8], [186, y + 2], [164, y + 12], [124, y + 10]), BURNT),
  ];
}

/** Rings and watch off, before it swells. */
export function takeOff(): Drawing {
  return drawing([
    ...burntArm(132),
    line('M84 110q14 22 0 45', 9),
    ...body(['#bccad4', 'M74 120h20v24h-20z']),
    {
      tag: 'circle',
      attributes: { cx: 234, cy: 128, r: 7, fill: 'none', stroke: '#b98a1f', 'stroke-width': 4 },
    },
    ...arrow([84, 108], [84, 44], 10),
    ...arrow([246, 128], [306, 128], 9),
    line('M258 226q14 -30 0 -54q34 22 26 54z', 4),
    path('M258 226q14 -30 0 -54q34 22 26 54z', '#e98a3a'),
    ...cross(270, 202, 22),
  ]);
}

function tap(): Shape[] {
  return body(
    ['#bccad4', 'M120 18h70a26 26 0 0 1 26 26v24h-26v-16a8 8 0 0 0 -8 -8h-62z'],
    ['#bccad4', 'M146 2h22v18h-22z'],
    ['#bccad4', limb([132, 2, 6], [182, 2, 6])],
  );
}

/** Cool running water for 20 minutes. */
export function coolWater(): Drawing {
  return drawing([
    placed(tap(), { x: -60 }),
    ...burntArm(158),
    path('M134 70h20l4 74q-4 20 14 70h-64q18 -50 18 -70z', WATER),
    line('M140 80l2 56M148 84l3 60M136 170l-8 36M152 168l6 40', 2.6, WHITE),
    line('M96 176q-10 20 -6 34M196 178q12 18 8 34', 4, WATER),
    ...clock(278, 54, 32, '20'),
  ]);
}

/** No ice, no paste, no butter. */
export function nothingOn(): Drawing {
  const cube = (x: number, y: number, turn: number) =>
    placed(
      [
        {
          tag: 'rect',
          attributes: {
            x: -20,
            y: -20,
            width: 40,
            height: 40,
            rx: 6,
            fill: '#d6ecfb',
            stroke: INK,
            'stroke-width': 3,
          },
        },
        line('M-10 -4l8 -8M-8 8l18 -18', 2.4, WATER),
      ],
      { x, y, turn },
    );
  const tube = body(
    [WHITE, 'M196 40l74 -14l8 40l-76 6z'],
    ['#2a68a6', 'M270 30l14 -3l6 36l-12 2z'],
    ['#bccad4', 'M182 48l14 -3l3 22l-14 2z'],
  );
  return drawing([
    ...burntArm(188),
    cube(58, 60, -12),
    cube(106, 74, 16),
    ...tube,
    line('M214 46l40 -8M218 58l44 -6', 3, '#2a68a6'),
    ...cross(80, 66, 42),
    ...cross(236, 52, 42),
  ]);
}

/** A clean film or cloth laid on loosely. */
export function coverLoosely(): Drawing {
  const film: Shape = {
    tag: 'path',
    attributes: {
      d: blob([78, 96], [130, 84], [190, 92], [216, 130], [204, 168], [140, 176], [84, 166], [66, 130]),
      fill: '#dff0fb',
      'fill-opacity': 0.72,
      stroke: INK,
      'stroke-width': 3,
    },
  };
  return drawing([
    ...burntArm(132),
    film,
    line('M104 98q-8 30 2 66M150 92q-6 36 4 78M188 100q-2 28 4 58', 2.2, '#5a8fb8'),
    hand({ at: [272, 42], turn: 138, scale: 0.9, forearm: 70 }),
  ]);
}
