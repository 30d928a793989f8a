/** The bare chest seen from above: where hands and pads go. */
import { blob, disc, limb, type Point } from '../figure/geometry.ts';
import { hand } from '../figure/hand.ts';
import { body, drawing, INK, line, path, placed, RED, SKIN } from '../figure/ink.ts';
import { arrow, heartFlash, target } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const SHADE = '#d3a27c';

/** Chin to belly of an adult on the back, head up; the middle of the breastbone is at 160, 120. */
export function chestFromAbove(): Shape[] {
  const chin = body([SKIN, blob([118, -50], [202, -50], [198, 2], [160, 34], [122, 2])]);
  const trunk = body(
    [SKIN, limb([80, 84, 24], [52, 156, 18], [38, 250, 16])],
    [SKIN, limb([240, 84, 24], [268, 156, 18], [282, 250, 16])],
    [
      SKIN,
      `${limb([160, 0, 27], [160, 40, 30])}${blob([70, 76], [104, 58], [136, 40], [184, 40], [216, 58], [250, 76], [242, 130], [230, 182], [236, 262], [84, 262], [90, 182], [78, 130])}`,
    ],
  );
  const lines = [
    line('M150 66Q122 62 96 72M170 66Q198 62 224 72', 2.4),
    line('M88 122Q82 134 86 150M232 122Q238 134 234 150', 2.4),
    line('M160 74V146', 2, SHADE),
    line('M100 204Q128 192 150 158M220 204Q192 192 170 158', 2, SHADE),
    path(`${disc(116, 118, 4.5)}${disc(204, 118, 4.5)}`, SHADE),
    line('M160 222v7', 3.2, SHADE),
  ];
  return [...trunk, ...chin, ...lines];
}

/** The lower half of the breastbone. */
const PLACE: Point = [160, 130];

/** Where: on the middle of the chest. */
export function placeForHands(): Drawing {
  return drawing([...chestFromAbove(), ...target(...PLACE, 22), ...arrow([290, 32], [188, 116], 10)]);
}

/** Heel of one hand on the middle of the chest, the other on top of it, fingers up. */
export function handsOnChest(): Drawing {
  const [x, y] = PLACE;
  return drawing([
    ...chestFromAbove(),
    hand({ at: [x - 12, y + 13], turn: -22, scale: 1.02, fingers: 'spread', forearm: 130, mirrored: true }),
    hand({ at: [x - 14, y - 10], turn: 16, scale: 1.02, fingers: 'spread', forearm: 130 }),
  ]);
}

/** A child's chest and one hand. */
export function oneHandOnChest(): Drawing {
  const child = placed(chestFromAbove(), { x: 48, y: 26, scale: 0.7 });
  const [x, y] = [160, 118];
  return drawing([child, hand({ at: [x - 8, y], turn: 2, scale: 0.9, forearm: 150 })]);
}

const PAD = '#ffffff';

/** A pad with its lead; the sign on it says which it is. */
function pad(x: number, y: number, turn: number): Shape {
  const edge: Shape = {
    tag: 'rect',
    attributes: { x: -24, y: -33, width: 48, height: 66, rx: 10, fill: PAD, stroke: INK, 'stroke-width': 3 },
  };
  return placed([edge, ...heartFlash(0, 1, 0.8)], { x, y, turn });
}

/** One below the right collarbone, one on the left side below the armpit. */
export function pads(): Drawing {
  return drawing([
    placed(chestFromAbove(), { x: 0, y: -8 }),
    line('M110 68C96 24 60 12 14 12M256 148C292 140 300 180 318 190', 4),
    pad(110, 100, 0),
    pad(236, 148, -10),
  ]);
}

/** Clothes open, chest wiped dry. */
export function bareChest(): Drawing {
  const shirt = '#e9eef2';
  const left = body([
    shirt,
    blob([130, 48], [84, 50], [40, 84], [18, 170], [4, 264], [72, 264], [84, 184], [104, 110]),
  ]);
  const right = body([
    shirt,
    blob([190, 48], [236, 50], [280, 84], [302, 170], [316, 264], [248, 264], [236, 184], [216, 110]),
  ]);
  const cloth = body([
    '#9fc0dc',
    blob([120, 116], [176, 104], [206, 128], [196, 168], [150, 180], [118, 156]),
  ]);
  return drawing([
    ...chestFromAbove(),
    ...left,
    ...right,
    ...cloth,
    hand({ at: [206, 196], turn: -142, scale: 0.95, forearm: 120, mirrored: true }),
    line('M108 96q-10 18 0 36M96 90q-14 24 0 48', 3.4, RED),
  ]);
}
