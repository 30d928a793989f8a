/** Compressions on an adult or child who lies on the floor, seen from the side. */
import { at, type Point } from '../figure/geometry.ts';
import { drawing, figures, group, INK, line, placed, RED } from '../figure/ink.ts';
import { arm, HELPER, head, type Look, leg, PATIENT, supine, trunk } from '../figure/person.ts';
import { arrow, bentArrow, clock, telephone } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const FLOOR = 184;
/** Where the hands press: `guidance.css` turns the helper about a hip 70 to the right of it and 38 above. */
export const PRESS: Point = [108, 166];
/** The hands are on the lower half of the breastbone, a hand's breadth below what `supine` is placed by. */
const BELOW = 14;

const off = ([x, y]: Point, dx: number, dy: number): Point => [x + dx, y + dy];

/** The helper's legs, behind the patient. */
export function kneelingLegs(hands: Point, look: Look = HELPER): Shape[] {
  const p = (dx: number, dy: number) => off(hands, dx, dy);
  return [
    ...leg(look, [p(74, -36), p(60, 24), p(128, 30), p(136, 40)]),
    ...leg(look, [p(70, -38), p(50, 29), p(118, 34), p(128, 44)]),
  ];
}

/** The helper from the hip up, without arms: looks at the chest. */
export function leaning(hands: Point, look: Look = HELPER): Shape[] {
  const p = (dx: number, dy: number) => off(hands, dx, dy);
  return [
    ...trunk(look, p(-6, -112), p(10, -92), p(70, -38)),
    head({ at: p(-17, -123), turn: -38, mirrored: true }),
  ];
}

/** Both arms straight, one hand on the other. */
export function straightArms(hands: Point, look: Look = HELPER): Shape[] {
  const p = (dx: number, dy: number) => off(hands, dx, dy);
  return [
    ...arm(look, [p(3, -90), p(0, -50), p(-2, -14), p(-13, -1)]),
    ...arm(look, [p(11, -90), p(8, -50), p(4, -14), p(-9, -6)]),
  ];
}

/** One arm straight; the other hand rests on the helper's own thigh. */
export function oneArm(hands: Point, look: Look = HELPER): Shape[] {
  const p = (dx: number, dy: number) => off(hands, dx, dy);
  return arm(look, [p(10, -90), p(7, -50), p(3, -14), p(-10, -3)]);
}

/** A kneeling helper with a telephone beside, before the first push. */
export function callAndKneel(child = false): Drawing {
  const hands = PRESS;
  const patient = child
    ? placed(supine(0, 0), { x: 112, y: 179, scale: 0.66 })
    : group(supine(hands[0] - BELOW, hands[1]));
  return drawing(
    [
      ...kneelingLegs([120, 166]),
      ...trunk(HELPER, [124, 48], [138, 68], [192, 128]),
      head({ at: [118, 38], turn: -16, mirrored: true }),
      patient,
      ...arm(HELPER, [
        [138, 76],
        [118, 110],
        [94, 136],
        [80, 146],
      ]),
      ...telephone(270, 62, 1.3),
    ],
    FLOOR,
  );
}

/** Shoulders above hands, elbows straight. */
export function shouldersAbove(): Drawing {
  const [x, y] = PRESS;
  const guide: Shape = {
    tag: 'path',
    attributes: {
      d: `M${at(x + 2, y - 128)}V${y + 8}`,
      fill: 'none',
      stroke: RED,
      'stroke-width': 4,
      'stroke-dasharray': '9 7',
      'stroke-linecap': 'round',
    },
  };
  return drawing(
    [...kneelingLegs(PRESS), ...leaning(PRESS), ...supine(x - BELOW, y), ...straightArms(PRESS), guide],
    FLOOR,
  );
}

/** The push itself: moves 110 times a minute. */
export function push(options: { child?: boolean; depth: string }): Drawing {
  const { child = false, depth } = options;
  const [x, y] = PRESS;
  const upper = leaning(PRESS);
  const arms = child ? oneArm(PRESS) : straightArms(PRESS);
  const patient = child ? [placed(supine(0, 0), { x: x - 10, y: y + 3, scale: 0.72 })] : supine(x - BELOW, y);
  return drawing(
    [
      ...kneelingLegs(PRESS),
      group(upper, { class: 'beat-lean' }),
      group(patient, { class: 'beat-chest' }),
      group(arms, { class: 'beat-lean' }),
      group(arrow([34, 88], [34, 138], 11), { class: 'beat-arrow' }),
      ...arrow([60, 132], [60, 96], 7, INK),
      figures(depth, 258, 66, 24),
      figures('100–120', 258, 102, 24),
      ...tempo(258, 26),
    ],
    FLOOR,
  );
}

/** A note of a metronome: two clicks. */
function tempo(x: number, y: number): Shape[] {
  return [line(`M${x - 22} ${y}v-1M${x} ${y}v-1M${x + 22} ${y}v-1`, 9, RED)];
}

/** Two helpers change over after two minutes. */
export function swap(): Drawing {
  const [x, y] = [128, 166] as const;
  const other: Look = { ...HELPER, shirt: '#86a9ca' };
  const waiting = [
    ...leg(other, [
      [26, 122],
      [44, 190],
      [-14, 196],
      [-24, 206],
    ]),
    ...trunk(other, [36, 54], [32, 70], [26, 126]),
    head({ at: [44, 42], turn: 14 }),
    ...arm(other, [
      [34, 78],
      [46, 112],
      [70, 122],
      [82, 122],
    ]),
  ];
  const scene = [
    ...waiting,
    ...kneelingLegs([x, y]),
    ...leaning([x, y]),
    ...supine(x - BELOW, y),
    ...straightArms([x, y]),
  ];
  return drawing(
    [
      placed(scene, { x: 26, y: 38, scale: 0.86 }),
      ...bentArrow([182, 44], [146, 6], [106, 30], 5),
      ...clock(268, 62, 32, '2'),
    ],
    FLOOR + 10,
  );
}

/** The patient opens the eyes and breathes; the helper takes the hands away. */
export function movesOrBreathes(child = false): Drawing {
  const [x, y] = PRESS;
  const patient = supine(0, 0, { eyes: 'open', mouth: 'open', arm: false });
  const raised = arm(PATIENT, [
    [-18, 22],
    [12, 0],
    [24, -30],
    [26, -42],
  ]);
  const breath = [10, 19, 28].map((r) =>
    line(
      `M${at(x - 72 - r * 0.7, y - 14 - r * 0.6)}Q${at(x - 72, y - 22 - r * 1.5)} ${at(x - 72 + r * 0.7, y - 14 - r * 0.6)}`,
      3.4,
      RED,
    ),
  );
  return drawing(
    [
      ...kneelingLegs([132, 166]),
      ...trunk(HELPER, [150, 48], [158, 68], [200, 128]),
      head({ at: [146, 36], turn: -22, mirrored: true }),
      placed([...patient, ...raised], { x, y: child ? y + 8 : y, scale: child ? 0.75 : 1 }),
      ...arm(HELPER, [
        [156, 76],
        [178, 112],
        [152, 128],
        [140, 122],
      ]),
      ...(child ? [] : breath),
      ...(child ? breath.map((shape) => placed([shape], { x: 22, y: 14 })) : []),
    ],
    FLOOR,
  );
}
