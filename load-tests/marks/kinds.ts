/** The classes of target S9: what happens to the mark, its patient and its viewer. */

import { apply } from '../../ar-annotations/geometry/matrix.ts';
import { between, type Random, randomOf, wander } from '../cpr/random.ts';
import { FOCAL, inverse, planeToFrame } from './camera.ts';
import { asideFor, card, hand } from './covers.ts';
import * as move from './motion.ts';
import { drawn } from './procedural.ts';
import type { Layer, Scene } from './scene.ts';
import { ASPECT, BEGIN, CENTRAL, type Shot } from './shot.ts';
import type { Texture } from './texture.ts';

export const KINDS = [
  'translation',
  'rotation',
  'scale',
  'perspective',
  'motion blur',
  'noise',
  'light',
  'occlusion 30 %',
  'covered by a hand',
  'covered by a drape',
  'look away and back',
  'repeated texture',
  'plain skin',
  'moving object',
  'object carried off',
  'moving background',
  'head motion, 10/s',
  'head motion, 15/s',
  'head motion, 30/s',
  'drawn on a compressed picture',
  'mark 1 s old',
  'another scene',
] as const;
export type Kind = (typeof KINDS)[number];

/** Gives the picture for the `n`th layer of a shot; the same for the same seed. */
export type Pictures = (seed: number, n: number) => Texture;

const SECONDS = 7;
/** How far hands are above the patient, in units. */
const HAND_ABOVE = 0.15;

/** The shot of a class. The same class, seed and pictures give the same shot. */
export function shotOf(kind: Kind, seed: number, pictures: Pictures): Shot {
  const random = randomOf(seed * 7919 + KINDS.indexOf(kind) * 104_729 + 1);
  const picture =
    kind === 'plain skin'
      ? drawn('skin', seed)
      : kind === 'repeated texture'
        ? drawn('repeated', seed)
        : pictures(seed + KINDS.indexOf(kind), 0);
  const wall = wallOf(picture);
  const scene: Scene = {
    seed: seed + KINDS.indexOf(kind) * 1000,
    layers: [wall],
    camera: move.headMotion(random, { shift: 0.03, near: 0.03, turn: 0.02, roll: 0.03 }),
    light: move.EVEN_LIGHT,
    exposure: 0.008,
    noise: 2,
  };
  const plain: Shot = {
    kind,
    seed,
    scene,
    target: wall,
    fps: 15,
    seconds: SECONDS,
    latency: between(random, 0.3, 0.6),
  };
  return { ...plain, ...changed(kind, plain, random, pictures) };
}

const wallOf = (texture: Texture): Layer => ({ texture, texelsPerUnit: texture.width / 1.9, depth: 0 });

/** What is particular about a class. */
function changed(kind: Kind, plain: Shot, random: Random, pictures: Pictures): Partial<Shot> {
  const scene = (change: Partial<Scene>): Partial<Shot> => ({ scene: { ...plain.scene, ...change } });
  const head = (wandering: move.Wandering) => scene({ camera: move.headMotion(random, wandering) });
  switch (kind) {
    case 'translation':
      return head({ shift: 0.13, hz: 0.9 });
    case 'rotation':
      return head({ shift: 0.02, roll: 0.35 });
    case 'scale':
      return head({ shift: 0.02, near: 0.25 });
    case 'perspective':
      return scene({ camera: move.orbit(random, 0.6) });
    case 'motion blur':
      return scene({
        camera: move.headMotion(random, { shift: 0.12, turn: 0.06, roll: 0.1, hz: 1 }),
        exposure: between(random, 0.025, 0.04),
      });
    case 'noise':
      return scene({ noise: between(random, 8, 16) });
    case 'light':
      return scene({ light: move.changingLight(random, 0.45) });
    case 'occlusion 30 %':
    case 'covered by a hand':
    case 'covered by a drape':
      return {
        ...covering(kind, plain, random, pictures),
        ...(kind === 'occlusion 30 %' ? {} : { seconds: 8 }),
      };
    case 'look away and back': {
      const yaw = (random() < 0.5 ? -1 : 1) * between(random, 0.75, 1);
      return {
        ...scene({ camera: move.lookAway(plain.scene.camera, 2, 4.4, yaw, between(random, -0.2, 0.2)) }),
        seconds: 8,
      };
    }
    case 'repeated texture':
      return { ...head({ shift: 0.1, roll: 0.1, hz: 0.8 }), anywhere: true };
    case 'plain skin':
      return { ...head({ shift: 0.05, near: 0.06, roll: 0.08 }), anywhere: true };
    default:
      return changedFurther(kind, plain, random, pictures);
  }
}

function changedFurther(kind: Kind, plain: Shot, random: Random, pictures: Pictures): Partial<Shot> {
  const { scene } = plain;
  const mixed = (): Scene => ({
    ...scene,
    camera: move.withGlances(
      move.headMotion(random, { shift: 0.05, near: 0.08, turn: 0.06, roll: 0.08, hz: 0.8 }),
      random,
      SECONDS,
    ),
    light: move.changingLight(random, 0.15),
    exposure: 0.02,
    noise: 4,
  });
  switch (kind) {
    case 'moving object':
    case 'object carried off':
    case 'moving background':
      return onObject(kind, plain, random, pictures);
    case 'head motion, 10/s':
      return { scene: mixed(), fps: 10 };
    case 'head motion, 30/s':
      return { scene: mixed(), fps: 30 };
    case 'drawn on a compressed picture':
      return { scene: mixed(), kbit: Math.round(between(random, 90, 250)) };
    case 'mark 1 s old':
      return { scene: mixed(), latency: between(random, 0.7, 1) };
    case 'another scene': {
      const other = wallOf(pictures(plain.seed + KINDS.indexOf(kind) + 50, 0));
      return { drawnOn: { ...scene, layers: [other] } };
    }
    default:
      return { scene: mixed() };
  }
}

/** Something comes before the place under the mark: beside it, or all over it for a while. */
function covering(kind: Kind, plain: Shot, random: Random, pictures: Pictures): Partial<Shot> {
  const isDrape = kind === 'covered by a drape';
  const isPart = kind === 'occlusion 30 %';
  const size = between(random, 0.1, 0.14);
  const jitter = wander(random, 0.008, 2);
  const cover = isDrape ? card(0.36, 0.3) : hand(random, size, isPart);
  const texture = isDrape
    ? pictures(plain.seed + KINDS.indexOf(kind) + 20, 1)
    : drawn('skin', plain.seed + 40);
  const depth = isDrape ? 0 : -HAND_ABOVE;
  // Where the mark is seen in the plane of what covers it.
  const middle = apply(inverse(planeToFrame(plain.scene.camera(BEGIN), depth, ASPECT)), 0.5, 0.5);
  const layer = (at: (seconds: number) => { readonly x: number; readonly y: number }): Layer => ({
    texture,
    texelsPerUnit: texture.width / 1.9,
    // A drape lies on the patient and moves with them; a hand is above.
    depth,
    cover,
    place: (seconds) => {
      const { x, y } = at(seconds);
      return move.placed(middle.x + x + jitter(seconds) * (isDrape ? 0 : 1), middle.y + y);
    },
  });
  // What is nearer than the patient looks larger: in its own units the mark is smaller.
  const nearer = { rx: CENTRAL.rx * (1 - HAND_ABOVE / FOCAL), ry: CENTRAL.ry * (1 - HAND_ABOVE / FOCAL) };
  // All the way over the place, or so far aside that a third of it is hidden.
  const aside = isPart ? asideFor(cover, 0.3, nearer) : 0;
  const [from, until] = [between(random, 2, 2.6), between(random, 4.6, 5.2)];
  return {
    central: true,
    scene: {
      ...plain.scene,
      layers: [
        ...plain.scene.layers,
        layer((seconds) => {
          const share = move.during(seconds, from, isDrape ? 99 : until, isDrape ? 0.8 : 0.5);
          return { x: (1 - share) * 1.3 + share * aside, y: (1 - share) * 0.6 + share * aside * 0.3 };
        }),
      ],
    },
  };
}

/** The mark is on something that does not move with what is behind it. */
function onObject(kind: Kind, plain: Shot, random: Random, pictures: Pictures): Partial<Shot> {
  const texture = pictures(plain.seed + KINDS.indexOf(kind) + 30, 1);
  const [x, y, turn] = [wander(random, 0.07, 0.6), wander(random, 0.04, 0.6), wander(random, 0.25, 0.5)];
  const leaves = between(random, 2.5, 3.5);
  const target: Layer = {
    texture,
    texelsPerUnit: texture.width / 1.3,
    depth: 0,
    cover: card(0.26, 0.2),
    place: (s) => {
      if (kind === 'moving background') return move.placed(0, 0);
      const off = kind === 'object carried off' ? 1.6 * move.eased(s, leaves, leaves + 1.2) : 0;
      return move.placed(x(s) - x(0) + off, y(s) - y(0), turn(s) - turn(0));
    },
  };
  const [bx, by] = [wander(random, 0.3, 0.5), wander(random, 0.15, 0.5)];
  const behind: Layer = {
    ...wallOf(plain.target.texture),
    depth: 0.3,
    ...(kind === 'moving background'
      ? { place: (s: number) => move.placed(bx(s) - bx(0), by(s) - by(0)) }
      : {}),
  };
  return { scene: { ...plain.scene, layers: [behind, target] }, target };
}
