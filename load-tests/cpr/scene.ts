/**
 * Draws what a bystander's phone sees of a resuscitation: floor and wall, the person who lies, the one who compresses,
 * others who walk about; filmed by a hand, in good or bad light. Everything is grey and known: the strokes are the labels.
 */
import type { GreyFrame } from '../../clients/core/cpr/frames.ts';
import { bodies, type Capsule } from './people.ts';
import { between, normal, randomOf, textureAt, textureOf, wander } from './random.ts';
import { depthAt, type Story } from './story.ts';

export type Viewpoint = 'side' | 'above' | 'oblique';

export interface Look {
  readonly seed: number;
  readonly viewpoint: Viewpoint;
  /** Width of what is seen, in metres: about 1.5 near, 4 far. */
  readonly metresWide: number;
  /** Depth of the strokes as seen at the shoulders, in metres. */
  readonly strokeMetres: number;
  /** Share of a stroke in which the hands go down. */
  readonly down: number;
  /** Deviation of the hand that films, in shares of the width, and of its turn, in radians. */
  readonly shake: number;
  readonly turn: number;
  /** Slow pan to and fro, in shares of the width. */
  readonly pan: number;
  /** Mean and contrast of the light: 1 is a bright room, 0.25 a dark one. */
  readonly light: number;
  /** Deviation of the noise of one pixel, in grey values. */
  readonly noise: number;
  /** Share by which the light flickers, and how often a second. */
  readonly flicker: number;
  readonly flickerHz: number;
  /** Flashing lights of a vehicle, on a part of the picture. */
  readonly flashes: boolean;
  /** How many others walk about, and whether they pass in front. */
  readonly passers: number;
  readonly inFront: boolean;
  /** Nobody compresses and nobody kneels there. */
  readonly nobody?: boolean;
  /** From this second on the camera looks elsewhere. */
  readonly turnedAwayFrom?: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Answers the picture at a time in seconds. */
export function sceneOf(look: Look, story: Story): (seconds: number, size: Size) => GreyFrame {
  const random = randomOf(look.seed);
  const floor = textureOf(random, 90, 120);
  const skins = Array.from({ length: 8 }, () =>
    textureOf(random, 60 + random() * 60, between(random, 60, 190)),
  );
  const camera = cameraOf(look, random);
  const people = bodies(look, story, random);
  const noise = randomOf(look.seed + 7);
  return (seconds, { width, height }) => {
    const data = new Uint8Array(width * height);
    const depth = depthAt(story, seconds, look.down);
    const shapes = people(seconds, depth);
    const view = camera(seconds);
    const scale = look.metresWide / width;
    const cos = Math.cos(view.turn) * scale;
    const sin = Math.sin(view.turn) * scale;
    const light = look.light * (1 + look.flicker * Math.sin(2 * Math.PI * look.flickerHz * seconds));
    const flash = look.flashes && Math.floor(seconds * 4) % 2 === 0 ? 40 : 0;
    for (let y = 0; y < height; y += 1) {
      const dy = y - height / 2;
      for (let x = 0; x < width; x += 1) {
        const dx = x - width / 2;
        const wx = view.x + dx * cos - dy * sin;
        const wy = view.y + dx * sin + dy * cos;
        let value = colour(shapes, skins, wx, wy);
        if (value < 0)
          value = textureAt(floor, wx * 90 + 1000, wy * (wy > -0.3 ? 140 : 60) + 1000) - (wy > -0.3 ? 25 : 0);
        if (flash > 0 && wx < view.x) value += flash;
        data[y * width + x] = clamp(value * light + look.noise * normal(noise));
      }
    }
    return { width, height, data, timeMs: seconds * 1000 };
  };
}

const clamp = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value);

/** The grey of the foremost shape, fading over its edge into what is behind it; below 0: none. */
function colour(shapes: readonly Capsule[], skins: readonly Float32Array[], x: number, y: number): number {
  for (let i = shapes.length - 1; i >= 0; i -= 1) {
    const shape = shapes[i];
    if (!shape) continue;
    const rx = x - shape.x0;
    const ry = y - shape.y0;
    const ex = shape.x1 - shape.x0;
    const ey = shape.y1 - shape.y0;
    const squared = ex * ex + ey * ey;
    const along = squared === 0 ? 0 : Math.max(0, Math.min(1, (rx * ex + ry * ey) / squared));
    const px = rx - along * ex;
    const py = ry - along * ey;
    if (px * px + py * py > shape.radius * shape.radius) continue;
    const length = Math.sqrt(squared) || 1;
    const u = (rx * ex + ry * ey) / length / shape.zoom;
    const v = (rx * ey - ry * ex) / length / shape.zoom;
    const skin = skins[shape.skin % skins.length];
    return skin ? textureAt(skin, u * 120 + 500 + shape.skin * 37, v * 120 + 500) : 128;
  }
  return -1;
}

function cameraOf(look: Look, random: () => number) {
  const width = look.metresWide;
  const slowX = wander(random, look.shake * width, 0.7);
  const slowY = wander(random, look.shake * width, 0.7);
  const fastX = wander(random, look.shake * width * 0.12, 7);
  const fastY = wander(random, look.shake * width * 0.12, 7);
  const turn = wander(random, look.turn, 1);
  const period = between(random, 14, 26);
  const middleX = between(random, 0.25, 0.5);
  const middleY = between(random, -0.65, -0.45);
  return (seconds: number) => {
    const away =
      look.turnedAwayFrom === undefined ? 0 : Math.max(0, Math.min(1.5, seconds - look.turnedAwayFrom));
    return {
      x:
        middleX +
        slowX(seconds) +
        fastX(seconds) +
        look.pan * width * Math.sin((2 * Math.PI * seconds) / period) +
        away * width * 1.2,
      y: middleY + slowY(seconds) + fastY(seconds),
      turn: turn(seconds),
    };
  };
}
