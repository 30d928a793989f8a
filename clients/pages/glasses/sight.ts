/**
 * How the wearer sees marks. Pure. `camera`: over the camera's picture. `black`: nothing but what is fixed to the display, for a
 * display that is looked through. `through`: on the world itself, with a calibration that was checked at the eye.
 */

import type { Drawable } from '../../../ar-annotations/draw/draw.ts';
import { apply, compose, normalise } from '../../../ar-annotations/geometry/matrix.ts';
import type { Point } from '../../../ar-annotations/scene/types.ts';
import type { ShownMark } from '../../core/marks/index.ts';
import { type Calibration, isUsable, MOST_ERROR } from './calibration.ts';

export type Sight =
  | { readonly kind: 'camera' }
  | { readonly kind: 'black' }
  | { readonly kind: 'through'; readonly calibration: Calibration };

/** The next way of seeing; the world itself only while the calibration is believed. */
export function nextSight(kind: Sight['kind'], mayLookThrough: boolean): Sight['kind'] {
  if (kind === 'camera') return 'black';
  return kind === 'black' && mayLookThrough ? 'through' : 'camera';
}

/** What is seen now; falls back to the camera's picture by itself when a calibration is over. */
export function sightOf(kind: Sight['kind'], calibration: Calibration | undefined, nowUtc: number): Sight {
  if (kind !== 'through') return { kind };
  return isUsable(calibration, nowUtc) ? { kind, calibration } : { kind: 'camera' };
}

/** From the light on the camera to the light of the display, in milliseconds: what a mark trails behind the world. */
const LAG_MS = 120;
/** Two places that are further apart in time, in milliseconds, tell nothing of how fast the head turned in between. */
const STEP_MS = 250;
/** A head rests when it was slow for so long: marks do not flicker at every halt. */
const REST_MS = 150;

/** Where marks were in the frame before. */
export interface Placed {
  readonly at: Point;
  /** Milliseconds of any steady clock. */
  readonly ms: number;
}

/**
 * Whether a mark may lie on the world now: a head that turns has moved on before the display shows where it was, so a mark that
 * would trail by more than the calibration may be off is not shown until the head rests.
 */
export function isSteady(before: Placed | undefined, now: Placed): boolean {
  if (!before || now.ms <= before.ms || now.ms - before.ms > STEP_MS) return false;
  const speed = Math.hypot(now.at.x - before.at.x, now.at.y - before.at.y) / (now.ms - before.ms);
  return speed * LAG_MS <= MOST_ERROR;
}

/** Marks on the world, and which of them the head has come to rest on. */
export class RestingMarks {
  readonly #known = new Map<string, { readonly placed: Placed; readonly steadySince: number | undefined }>();

  /** Tells where all marks are in one frame, in places of the display; answers those that may be shown on it. */
  look(places: ReadonlyMap<string, Placed>): ReadonlySet<string> {
    const resting = new Set<string>();
    for (const markId of this.#known.keys()) if (!places.has(markId)) this.#known.delete(markId);
    for (const [markId, placed] of places) {
      const before = this.#known.get(markId);
      const steadySince = isSteady(before?.placed, placed) ? (before?.steadySince ?? placed.ms) : undefined;
      this.#known.set(markId, { placed, steadySince });
      if (steadySince !== undefined && placed.ms - steadySince >= REST_MS) resting.add(markId);
    }
    return resting;
  }
}

/** Where the middle of what a mark is fixed to lies in what the wearer sees; undefined for marks that are not in their place now. */
export function placeOf(sight: Sight, shown: ShownMark): Point | undefined {
  const { anchor } = shown.mark;
  const { homography } = seenBy(sight, shown) ?? {};
  if (anchor.kind !== 'scene' || !homography) return undefined;
  const { x, y, width, height } = anchor.region;
  return apply(homography, x + width / 2, y + height / 2);
}

/**
 * A mark as it lies on what the wearer sees; undefined where it does not belong there. On the world itself a mark that was lost is
 * gone at once: where it fades, nothing tells that it is not meant any more.
 */
export function seenBy(sight: Sight, shown: ShownMark): Drawable | undefined {
  if (shown.mark.anchor.kind === 'corner' || sight.kind === 'camera') return shown;
  if (sight.kind === 'black' || shown.state !== 'held' || !shown.homography) return undefined;
  const homography = normalise(compose(sight.calibration.map, shown.homography));
  return homography && { ...shown, homography };
}
