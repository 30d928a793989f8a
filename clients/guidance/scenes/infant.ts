/** A baby: seen from above for compressions, from the side for choking; and breaths for a child and a baby. */
import { at, blob, disc, limb } from '../figure/geometry.ts';
import {
  BLUE,
  body,
  drawing,
  figures,
  group,
  INK,
  line,
  PALE,
  path,
  placed,
  RED,
  SKIN,
  SLATE,
} from '../figure/ink.ts';
import { arm, HELPER, head, PATIENT, trunk } from '../figure/person.ts';
import { arrow, target } from '../figure/signs.ts';
import type { Drawing, Shape } from '../types.ts';

const SHADE = '#d3a27c';
/** Lighter than the hands that hold it, so that the hands are seen. */
const BABY = '#fdeadb';

/** From above, head up; the lower half of the breastbone is at 160, 128. */
function babyFromAbove(): Shape[] {
  const limbs = [
    ...body([BABY, limb([122, 106, 14], [92, 92, 12], [84, 62, 10], [84, 52, 10])]),
    ...body([BABY, limb([198, 106, 14], [228, 92, 12], [236, 62, 10], [236, 52, 10])]),
    ...body([BABY, limb([136, 204, 18], [104, 224, 16], [112, 252, 12])]),
    ...body([BABY, limb([184, 204, 18], [216, 224, 16], [208, 252, 12])]),
  ];
  const trunkOf = body([
    BABY,
    blob(
      [126, 92],
      [160, 86],
      [194, 92],
      [206, 126],
      [204, 170],
      [192, 206],
      [160, 216],
      [128, 206],
      [116, 170],
      [114, 126],
    ),
  ]);
  const nappy = body([PALE, blob([118, 186], [160, 192], [202, 186], [198, 212], [160, 232], [122, 212])]);
  const face = [
    ...body([
      BABY,
      `${disc(112, 52, 8)}${disc(208, 52, 8)}${blob([160, 2], [200, 16], [210, 50], [196, 78], [160, 92], [124, 78], [110, 50], [120, 16])}`,
    ]),
    line('M136 52q6 5 12 0M172 52q6 5 12 0M152 74q8 3 16 0', 2.6),
    line('M158 60q2 3 5 0', 2, SHADE),
    line('M148 12q10 -8 22 0', 2.4, SHADE),
  ];
  return [
    ...limbs,
    ...trunkOf,
    ...nappy,
    ...face,
    path(`${disc(136, 118, 3.6)}${disc(184, 118, 3.6)}`, SHADE),
  ];
}

/** The place: the middle of the chest, just below the line of the nipples. */
export function placeOnInfant(): Drawing {
  return drawing([...babyFromAbove(), ...target(160, 132, 15), ...arrow([276, 206], [182, 142], 9)]);
}

/** Hands round the chest, from the side of the feet; both thumbs side by side on the breastbone. */
function aroundChest(): Shape[] {
  const side = (mirrored: boolean): Shape => {
    const fingers = body([SKIN, `${limb([-40, -18, 8], [-58, -26, 8])}${limb([-40, -4, 8], [-64, -12, 8])}`]);
    const palm = body(
      [SKIN, limb([-104, 110, 21], [-76, 44, 17], [-58, 10, 19])],
      [SKIN, limb([-58, 8, 16], [-32, 4, 10.5], [-9, -8, 8.6])],
      [BLUE, limb([-120, 150, 26], [-100, 102, 23])],
    );
    const nail = line('M-12 -13q7 0 8 6', 2, SHADE);
    return placed([...fingers, ...palm, nail], { x: 160, y: 138, mirrored });
  };
  return [side(false), side(true)];
}

export function thumbsOnChest(): Drawing {
  return drawing([...babyFromAbove(), ...aroundChest()]);
}

/** The push: thumbs go down by a third of the chest. */
export function pushThumbs(): Drawing {
  return drawing([
    ...babyFromAbove(),
    group(aroundChest(), { class: 'beat-thumbs' }),
    group(arrow([30, 30], [30, 84], 11), { class: 'beat-arrow' }),
    ...arrow([56, 78], [56, 42], 7, INK),
    figures('4 cm', 40, 156, 24),
    figures('100–120', 268, 34, 22),
  ]);
}

/** A child: head back, nose pinched, mouth over mouth until the chest rises. */
export function breatheChild(): Drawing {
  return drawing(
    [
      ...body(
        [SKIN, limb([112, 184, 17], [150, 190, 21])],
        [PATIENT.shirt, limb([170, 192, 30], [340, 204, 34])],
      ),
      head({ at: [92, 170], turn: -106, scale: 1.6, eyes: 'closed', hair: PATIENT.hair }),
      ...trunk(HELPER, [150, 88], [196, 62], [350, 70], 1.7),
      head({ at: [122, 104], turn: -64, mirrored: true, scale: 1.75 }),
      ...body(
        [SKIN, limb([-10, 62, 15], [46, 106, 10], [80, 136, 6])],
        [BLUE, limb([-24, 50, 19], [-2, 68, 18])],
      ),
      ...rising(214, 150),
      figures('30 : 2', 62, 44, 30),
    ],
    216,
  );
}

/** A baby: head level, mouth over mouth and nose, small breaths. */
export function breatheInfant(): Drawing {
  return drawing(
    [
      ...placedBaby(),
      ...trunk(HELPER, [156, 92], [204, 66], [350, 60], 1.7),
      head({ at: [128, 116], turn: -66, mirrored: true, scale: 1.75 }),
      ...rising(196, 152),
      figures('30 : 2', 62, 44, 30),
    ],
    212,
  );
}

function placedBaby(): Shape[] {
  return [placed(babyLying('closed'), { x: 160, y: 184, scale: 1.5 })];
}

/** The chest rises. */
function rising(x: number, y: number): Shape[] {
  return [line(`M${at(x - 16, y)}q16 -16 32 0M${at(x - 9, y - 13)}q9 -9 18 0`, 4, RED)];
}

/** A baby in profile on the back, head left; about 130 long at scale 1. */
function babyLying(eyes: 'open' | 'closed'): Shape[] {
  return [
    ...body([BABY, limb([48, 4, 12], [74, -10, 10.5], [88, 10, 8])]),
    ...body([BABY, limb([-24, 0, 10], [-10, 0, 12])], [PALE, limb([-8, 2, 16], [22, 2, 18.5], [48, 4, 16])]),
    head({ at: [-36, -3], turn: -90, scale: 1.2, eyes, hair: '#c9a488', mouth: 'open', skin: BABY }),
    ...body([BABY, limb([-4, 6, 8.5], [10, 20, 7.5], [28, 22, 6.5])]),
  ];
}

/** The helper's thigh and forearm under a baby whose head is low, on the left. */
function lap(): Shape[] {
  return [
    ...body([SLATE, limb([330, 150, 40], [170, 216, 34], [120, 236, 34])]),
    ...body(
      [SKIN, limb([262, 128, 17], [150, 178, 13], [96, 190, 10])],
      [BLUE, limb([300, 108, 21], [258, 130, 19])],
    ),
  ];
}

/** Face down along the forearm, head low; the heel of a hand between the shoulder blades. */
export function infantBackBlows(): Drawing {
  return drawing([
    ...lap(),
    placed(babyLying('open'), { x: 168, y: 142, turn: -22, scale: 1.4, flipped: true }),
    ...arm(
      HELPER,
      [
        [316, -10],
        [252, 40],
        [200, 92],
        [172, 118],
      ],
      1.5,
    ),
    ...arrow([128, 16], [152, 88], 11),
    figures('× 5', 46, 60, 34),
  ]);
}

/** Turned over, head low: the heel of one hand on the breastbone. */
export function infantChestPushes(): Drawing {
  return drawing([
    ...lap(),
    placed(babyLying('open'), { x: 166, y: 142, turn: -20, scale: 1.4 }),
    ...arm(
      HELPER,
      [
        [300, -20],
        [244, 28],
        [202, 94],
        [170, 128],
      ],
      1.5,
    ),
    ...arrow([124, 16], [150, 92], 11),
    figures('× 5', 46, 60, 34),
  ]);
}
