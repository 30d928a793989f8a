import { apply, compose, invert, type Matrix3, normalise } from '../geometry/matrix.ts';
import { fromPixels, restingWarp, toPixels } from './layout.ts';
import { type MotionEstimator, moved } from './motion.ts';
import type { Pyramid } from './pyramid.ts';
import { findRivals, RIVAL } from './rivals.ts';
import type { Settlement, Settler } from './settle.ts';
import type { Target } from './target.ts';
import type { AnchorPose } from './types.ts';
import { confidenceOf } from './verdict.ts';

/**
 * One mark's place. `candidate` has agreed in one frame and must agree in the next, by frame-to-frame motion from there, before it is shown.
 */
export interface Anchor {
  readonly id: string;
  readonly target: Target;
  phase: 'searching' | 'candidate' | 'held';
  everHeld: boolean;
  /** Where it is, or where it would be if it had moved with the picture since it was lost. In pixels of the frame before. */
  warp: Matrix3 | undefined;
  /** The warp it had when it was last known: how large and how turned it was. In pixels of the frame before, by its size. */
  shape: Matrix3;
  /** Frames since it was lost. */
  missed: number;
  /** Whether the next search goes by grey instead of by features. */
  byGrey: boolean;
  confidence: number;
  /** True until the first frame after it was added: `warp` is then in pixels of the reference frame, unless `ownFrame` is there. */
  fresh: boolean;
  /** The frame that `warp` is in when it is not the tracker's last one. */
  ownFrame: Pyramid | undefined;
}

/** What one step is taken with. */
export interface Step {
  readonly settler: Settler;
  readonly motions: MotionEstimator;
  /** Undefined for the first frame and after a cut. */
  readonly earlier: Pyramid | undefined;
  readonly later: Pyramid;
  /** How most of the picture moved; undefined when not known. */
  readonly motion: Matrix3 | undefined;
  /** Milliseconds between the two frames; infinite when not known. */
  readonly pause: number;
}

/** How many frames a lost mark's supposed place is carried along with the picture and tried. */
const GHOST_FRAMES = 60;
/** So many frames it is tried in each, then in every third. */
const OFTEN_FRAMES = 6;
const SELDOM = 3;
const QUICK_STEPS = 4;
const PATIENT_STEPS = 8;
/** Correlation of a rival from which a place cannot be told from it. */
const AMBIGUOUS = 0.8;
/** A mark with a rival may differ from the motion of the picture by this share of the way to the rival. */
const RIVAL_SHARE = 0.3;
/** How far a rival must be, in frame widths, not to be reached within a pause this short, in milliseconds. */
const FAR = 0.15;
const SHORT_PAUSE = 100;
/** Share of the picture's features that must be like no other for its motion to be believed beside a rival. */
const DISTINCT = 0.2;

/** A new anchor is supposed to be where it was on the reference frame, until the picture says otherwise. */
export function createAnchor(id: string, target: Target): Anchor {
  const warp = restingWarp(target.layout, target.reference.width, target.reference.height);
  return {
    id,
    target,
    phase: 'searching',
    everHeld: false,
    fresh: true,
    warp,
    shape: warp,
    missed: 0,
    byGrey: false,
    confidence: 0,
    ownFrame: undefined,
  };
}

/** Follows a held mark or candidate into the later frame, or tries a lost one where it would be. After a cut all are lost. */
export function step(anchor: Anchor, tools: Step): void {
  if (anchor.phase !== 'searching' && tools.earlier) {
    follow(anchor, anchor.warp, tools.earlier, tools);
    return;
  }
  if (anchor.phase !== 'searching') lose(anchor, anchor.warp);
  revisit(anchor, tools);
}

/** Says that a mark is nowhere, as in a frame that cannot be read. */
export function withdraw(anchor: Anchor): AnchorPose {
  lose(anchor, anchor.warp);
  return { anchorId: anchor.id, state: anchor.everHeld ? 'lost' : 'searching', confidence: 0 };
}

function follow(anchor: Anchor, before: Matrix3 | undefined, earlier: Pyramid, tools: Step): void {
  const { settler, motions, later, motion } = tools;
  if (!before) {
    lose(anchor, before);
    return;
  }
  const purpose = anchor.phase === 'held' ? 'keep' : 'find';
  const local = motions.ofPatch(anchor.target, before, earlier, later, motion);
  const byPicture = motion ? moved(motion, before) : before;
  for (const [guess, steps] of [
    [local && moved(local, before), 0],
    [byPicture, QUICK_STEPS],
  ] as const) {
    const settled = guess && settler.settle(anchor.target, later, guess, steps);
    if (!settled) continue;
    const confidence = confidenceOf(settled.evidence, purpose);
    if (confidence === 0 || !isContinuous(anchor, before, settled.warp, tools)) continue;
    anchor.phase = 'held';
    anchor.everHeld = true;
    anchor.warp = settled.warp;
    anchor.shape = settled.warp;
    anchor.confidence = confidence;
    return;
  }
  lose(anchor, byPicture);
}

function lose(anchor: Anchor, ghost: Matrix3 | undefined): void {
  anchor.phase = 'searching';
  anchor.confidence = 0;
  anchor.missed = 0;
  anchor.warp = ghost;
}

/** Carries the place where the mark would be along with the picture, and tries it: often at first, then now and then. */
function revisit(anchor: Anchor, tools: Step): void {
  anchor.missed += 1;
  if (anchor.missed > GHOST_FRAMES) anchor.warp = undefined;
  if (anchor.warp && tools.motion) anchor.warp = moved(tools.motion, anchor.warp);
  const due = anchor.missed <= OFTEN_FRAMES || anchor.missed % SELDOM === 0;
  if (anchor.warp && due) consider(anchor, anchor.warp, tools);
}

/** Makes the mark a candidate if the frame agrees with it near a guess, and with nothing else as well. */
export function consider(anchor: Anchor, guess: Matrix3, tools: Pick<Step, 'settler' | 'later'>): boolean {
  const settled = tools.settler.settle(anchor.target, tools.later, guess, PATIENT_STEPS);
  if (!settled || confidenceOf(settled.evidence, 'find') === 0) return false;
  if (!isUnique(anchor.target, settled, tools.later)) return false;
  anchor.phase = 'candidate';
  anchor.warp = settled.warp;
  return true;
}

/** Whether nothing else looks like it; the very frame the mark was made on needs no such proof. */
function isUnique(target: Target, settled: Settlement, later: Pyramid): boolean {
  const { evidence, warp } = settled;
  const resting = apply(restingWarp(target.layout, later.width, later.height), 0, 0);
  const middle = apply(warp, 0, 0);
  const still = Math.hypot(middle.x - resting.x, middle.y - resting.y) < 0.005 * later.width;
  if (still && evidence.core > 0.97 && evidence.likeness > 0.95) return true;
  if (target.reference.rival.likeness >= AMBIGUOUS) return false;
  return findRivals(later, warp, 1.2).likeness < AMBIGUOUS;
}

/**
 * Where the patch has rivals, it is followed only while the rest of the picture, which must not be repeated texture itself, says that
 * it moved there: the patch alone could have ended on the next tile. A rival far off cannot be reached within a short time.
 */
function isContinuous(anchor: Anchor, before: Matrix3, after: Matrix3, tools: Step): boolean {
  const { rival, distinct } = anchor.target.reference;
  if (rival.likeness < RIVAL) return true;
  const isFar = rival.distance >= FAR && tools.pause <= SHORT_PAUSE;
  const known = tools.motion && distinct >= DISTINCT ? moved(tools.motion, before) : undefined;
  const expected = known ?? (isFar ? before : undefined);
  if (!expected) return false;
  const a = apply(expected, 0, 0);
  const b = apply(after, 0, 0);
  return Math.hypot(a.x - b.x, a.y - b.y) < RIVAL_SHARE * rival.distance * tools.later.width;
}

/** A frame's size, or that of a whole pyramid. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Carries the place over to frames of another size. */
export function rescale(anchor: Anchor, from: Size, to: Size): void {
  const change = compose(toPixels(to.width, to.height), fromPixels(from.width, from.height));
  anchor.shape = normalise(compose(change, anchor.shape)) ?? anchor.shape;
  if (anchor.warp) anchor.warp = normalise(compose(change, anchor.warp));
}

export function poseOf(anchor: Anchor, frame: Pyramid): AnchorPose {
  const { id, phase, warp, target } = anchor;
  if (phase === 'held' && warp) {
    const inward = invert(target.layout.toReference);
    const homography =
      inward && normalise(compose(fromPixels(frame.width, frame.height), compose(warp, inward)));
    if (homography) return { anchorId: id, state: 'held', confidence: anchor.confidence, homography };
  }
  return { anchorId: id, state: anchor.everHeld ? 'lost' : 'searching', confidence: 0 };
}
