/** A scene filmed over some seconds with a mark on it, and where the mark truly is in every frame. */
import { apply, type Matrix3, type Point } from '../../ar-annotations/geometry/matrix.ts';
import type { GreyFrame, Region } from '../../ar-annotations/tracker/types.ts';
import { between, randomOf } from '../cpr/random.ts';
import { frameToFrame, inverse } from './camera.ts';
import { throughCodec } from './pictures.ts';
import { type Layer, layerToFrame, type Scene, type Size, takePicture } from './scene.ts';

/** About what the tracker of a wearer's device gets. */
export const SIZE: Size = { width: 320, height: 180 };
export const ASPECT = SIZE.width / SIZE.height;

/** Half axes of a mark in the middle of the view, in widths. */
export const CENTRAL = { rx: 0.066, ry: 0.056 };

/** What is to be filmed, before it is. */
export interface Shot {
  readonly kind: string;
  readonly seed: number;
  readonly scene: Scene;
  /** The layer that the mark is drawn on. */
  readonly target: Layer;
  readonly fps: number;
  readonly seconds: number;
  /** Seconds between the frame that is drawn on and the moment when the tracker hears of the mark. */
  readonly latency: number;
  /** How many marks; 1 where absent. */
  readonly marks?: number;
  /** The mark is one of `CENTRAL` size in the middle of the view, where something will come before it. */
  readonly central?: boolean;
  /** The mark may lie anywhere, also where there is next to nothing to see. */
  readonly anywhere?: boolean;
  /** The author drew on a picture that went through a codec at this rate. */
  readonly kbit?: number;
  /** What the author saw instead of this scene: then the mark may never be shown here. */
  readonly drawnOn?: Scene;
}

export interface MarkTruth {
  readonly id: string;
  readonly centre: Point;
  /** The mark's line in parts of the frame it was drawn on. */
  readonly outline: readonly Point[];
  readonly region: Region;
}

export interface FrameTruth {
  /** The frame the mark was drawn on → this frame. */
  readonly homography: Matrix3;
  /** Share of the place under the mark that is within the frame, and share of that which something else hides. */
  readonly inView: number;
  readonly covered: number;
}

export interface Sequence {
  readonly kind: string;
  readonly picture: string;
  readonly seed: number;
  readonly fps: number;
  /** As the device's camera took them, from the one that is drawn on. */
  readonly frames: readonly GreyFrame[];
  /** As its author saw the first of them. */
  readonly reference: GreyFrame;
  /** The frame before which the tracker hears of the marks, and the kept frames it is given then. */
  readonly from: number;
  readonly recent: readonly number[];
  readonly marks: readonly MarkTruth[];
  /** For each frame, for each mark. */
  readonly truth: readonly (readonly FrameTruth[])[];
  /** The marks belong to another scene: any place is a wrong one. */
  readonly absent: boolean;
}

/** Kept frames a second that a device hands to its tracker: a little above the 5 of its ring. */
const KEPT_FPS = 7.5;
/** The camera has settled a little before anybody draws. */
export const BEGIN = 0.4;
const OUTLINE = 16;

/** Seconds of the picture that an encoder has had to come to its rate before somebody draws. */
const ENCODED = 1.5;

/** Films the shot. The same shot gives the same sequence. Throws when there is no place for a mark, or ffmpeg fails. */
export async function film(shot: Shot): Promise<Sequence> {
  const { scene, fps } = shot;
  const times = Array.from({ length: Math.round(shot.seconds * fps) }, (_, i) => BEGIN + i / fps);
  const frames = times.map((seconds) => takePicture(scene, seconds, SIZE));
  const [first] = frames;
  if (!first) throw new Error('a sequence needs frames');
  const reference = shot.drawnOn ? takePicture(shot.drawnOn, BEGIN, SIZE) : await seen(shot, first);
  const marks = marksOf(shot, reference);
  const from = Math.max(1, Math.round(shot.latency * fps));
  const stride = Math.max(1, Math.round(fps / KEPT_FPS));
  const recent = Array.from({ length: Math.ceil(from / stride) }, (_, i) => i * stride);
  return {
    kind: shot.kind,
    picture: shot.target.texture.name,
    seed: shot.seed,
    fps,
    frames,
    reference,
    from,
    recent,
    marks,
    truth: times.map((seconds) => marks.map((mark) => truthAt(shot, mark, seconds))),
    absent: shot.drawnOn !== undefined,
  };
}

/** The first frame as its author saw it. */
async function seen({ scene, fps, kbit }: Shot, first: GreyFrame): Promise<GreyFrame> {
  if (kbit === undefined) return first;
  const count = Math.round(ENCODED * fps);
  const before = Array.from({ length: count }, (_, i) => takePicture(scene, BEGIN - (count - i) / fps, SIZE));
  const encoded = await throughCodec([...before, first], fps, kbit);
  return encoded.at(-1) ?? first;
}

function marksOf(shot: Shot, reference: GreyFrame): MarkTruth[] {
  const random = randomOf(shot.seed + 5);
  const back = inverse(layerToFrame(shot.scene, shot.target, BEGIN, ASPECT));
  const isOn = ({ outline }: MarkTruth) =>
    outline.every(({ x, y }) => {
      const own = apply(back, x, y);
      return (shot.target.cover?.(own.x, own.y) ?? 1) > 0.99;
    });
  const found: MarkTruth[] = [];
  // What the eye cannot tell from its surroundings is seldom marked: of the places tried, the upper half by contrast counts.
  const tries = Array.from({ length: 300 }, (_, i) => markAt(`m${i}`, random, shot.central ?? false)).filter(
    isOn,
  );
  const contrasts = tries.map((mark) => contrast(reference, mark.region)).sort((a, b) => a - b);
  const least = shot.anywhere ? 0 : (contrasts[contrasts.length >> 1] ?? 0);
  for (const mark of tries) {
    if (found.length === (shot.marks ?? 1)) break;
    if (contrast(reference, mark.region) >= least) found.push({ ...mark, id: `m${found.length}` });
  }
  if (found.length === 0) throw new Error(`no place for a mark in ${shot.kind} ${shot.seed}`);
  return found;
}

function markAt(id: string, random: () => number, isCentral: boolean): MarkTruth {
  const [least, most] = isCentral ? [0.49, 0.51] : [0.28, 0.72];
  const centre = { x: between(random, least, most), y: between(random, least, most) };
  const rx = isCentral ? CENTRAL.rx : between(random, 0.03, 0.09);
  const ry = (isCentral ? CENTRAL.ry : rx * between(random, 0.6, 1.1)) * ASPECT;
  const outline = Array.from({ length: OUTLINE }, (_, i) => {
    const angle = (2 * Math.PI * i) / OUTLINE;
    return { x: centre.x + rx * Math.cos(angle), y: centre.y + ry * Math.sin(angle) };
  });
  return {
    id,
    centre,
    outline,
    region: { x: centre.x - rx, y: centre.y - ry, width: 2 * rx, height: 2 * ry },
  };
}

/** Deviation of the grey values under the mark. */
function contrast({ width, height, luma }: GreyFrame, region: Region): number {
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (let y = Math.ceil(region.y * height); y < (region.y + region.height) * height; y += 1) {
    for (let x = Math.ceil(region.x * width); x < (region.x + region.width) * width; x += 1) {
      const value = luma[y * width + x] ?? 0;
      n += 1;
      sum += value;
      squares += value * value;
    }
  }
  return Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
}

function truthAt(shot: Shot, mark: MarkTruth, seconds: number): FrameTruth {
  const { scene, target } = shot;
  const homography = frameToFrame(
    layerToFrame(scene, target, BEGIN, ASPECT),
    layerToFrame(scene, target, seconds, ASPECT),
  );
  const before = scene.layers.slice(scene.layers.indexOf(target) + 1).map((layer) => ({
    cover: layer.cover ?? (() => 1),
    back: inverse(layerToFrame(scene, layer, seconds, ASPECT)),
  }));
  let all = 0;
  let seen = 0;
  let hidden = 0;
  for (let i = -1; i <= 1.001; i += 0.2) {
    for (let j = -1; j <= 1.001; j += 0.2) {
      if (i * i + j * j > 1) continue;
      all += 1;
      const { region, centre } = mark;
      const { x, y } = apply(
        homography,
        centre.x + (i * region.width) / 2,
        centre.y + (j * region.height) / 2,
      );
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) continue;
      seen += 1;
      const isHidden = before.some(({ cover, back }) => {
        const own = apply(back, x, y);
        return cover(own.x, own.y) > 0.5;
      });
      if (isHidden) hidden += 1;
    }
  }
  return { homography, inView: seen / all, covered: seen === 0 ? 0 : hidden / seen };
}
