import {
  type Anchor,
  consider,
  createAnchor,
  poseOf,
  rescale,
  type Size,
  type Step,
  step,
  withdraw,
} from './anchor.ts';
import { createFeatureFinder, type FeatureFinder } from './features.ts';
import { sightings } from './matching.ts';
import { createMotionEstimator, type MotionEstimator } from './motion.ts';
import { createPyramid, fillPyramid, isUsable, type Pyramid, pyramidOf } from './pyramid.ts';
import { scan } from './scan.ts';
import { createSettler, type Settler } from './settle.ts';
import { targetOf } from './target.ts';
import { type GreyFrame, MAX_ANCHORS, type Tracker } from './types.ts';

/** A longer pause between two frames, in milliseconds, is a cut: what was held must be found again. */
const LONGEST_PAUSE = 400;
/** In every second frame one lost mark is looked for by features, so that no frame takes much longer than another. */
const SEARCH_EVERY = 2;

interface Tools {
  readonly settler: Settler;
  readonly motions: MotionEstimator;
  readonly finder: FeatureFinder;
}

/**
 * A tracker for the frames of one camera. Nothing in it depends on time or chance but the `at` it is given: the same frames
 * give the same poses. Frames it cannot use (see `isUsable`) lose every mark.
 */
export function createTracker(): Tracker {
  const tools: Tools = {
    settler: createSettler(),
    motions: createMotionEstimator(),
    finder: createFeatureFinder(),
  };
  const anchors = new Map<string, Anchor>();
  let before: Pyramid | undefined;
  let spare: Pyramid | undefined;
  let beforeAt = 0;
  let frames = 0;

  /** The pyramid of the new frame, in the room of the one before the last if it fits. */
  const take = (frame: GreyFrame): Pyramid => {
    const fits = spare?.width === frame.width && spare.height === frame.height;
    const pyramid = fits && spare ? spare : createPyramid(frame.width, frame.height);
    fillPyramid(pyramid, frame);
    return pyramid;
  };

  return {
    add(anchorId, reference, recent = []) {
      const target = targetOf(reference);
      if (!target || (anchors.size >= MAX_ANCHORS && !anchors.has(anchorId))) return false;
      const anchor = createAnchor(anchorId, target);
      catchUp(anchor, recent, tools);
      anchors.set(anchorId, anchor);
      return true;
    },

    remove(anchorId) {
      anchors.delete(anchorId);
    },

    track(frame, at) {
      if (!isUsable(frame)) {
        beforeAt = Number.NEGATIVE_INFINITY;
        return [...anchors.values()].map(withdraw);
      }
      const later = take(frame);
      const pause = at - beforeAt;
      const cut = !before || !sameSize(before, later) || pause > LONGEST_PAUSE || pause < 0;
      const earlier = cut ? undefined : before;
      const now: Step = {
        ...tools,
        earlier,
        later,
        motion: earlier && tools.motions.ofFrame(earlier, later),
        pause,
      };
      for (const anchor of anchors.values()) advance(anchor, now, before);
      frames += 1;
      if (frames % SEARCH_EVERY === 0) {
        const waiting = [...anchors.values()].filter((anchor) => anchor.phase === 'searching');
        const anchor = waiting[(frames / SEARCH_EVERY) % waiting.length];
        if (anchor) search(anchor, now, tools.finder);
      }
      spare = before;
      before = later;
      beforeAt = at;
      return [...anchors.values()].map((anchor) => poseOf(anchor, later));
    },
  };
}

/** Carries a new anchor through the frames kept since the one it was made on, and leaves it in the last of them. */
function catchUp(anchor: Anchor, recent: readonly GreyFrame[], tools: Tools): void {
  let last: Size = anchor.target.reference;
  let earlier: Pyramid | undefined;
  for (const frame of recent) {
    if (!isUsable(frame)) continue;
    const later = pyramidOf(frame);
    if (!sameSize(last, later)) {
      rescale(anchor, last, later);
      earlier = undefined;
    }
    const motion = earlier && tools.motions.ofFrame(earlier, later);
    const now: Step = { ...tools, earlier, later, motion, pause: Number.POSITIVE_INFINITY };
    step(anchor, now);
    if (anchor.phase === 'searching') search(anchor, now, tools.finder);
    if (anchor.phase === 'searching') search(anchor, now, tools.finder);
    earlier = later;
    last = later;
  }
  anchor.ownFrame = earlier;
}

/** One step of one anchor; the first one after `add` starts from the frame it was left in. */
function advance(anchor: Anchor, now: Step, before: Pyramid | undefined): void {
  const own = anchor.ownFrame;
  anchor.ownFrame = undefined;
  const last: Size | undefined = own ?? (anchor.fresh ? anchor.target.reference : before);
  anchor.fresh = false;
  if (last && !sameSize(last, now.later)) rescale(anchor, last, now.later);
  if (own && sameSize(own, now.later)) {
    step(anchor, { ...now, earlier: own, motion: now.motions.ofFrame(own, now.later) });
  } else {
    step(anchor, now);
  }
}

/** Looks for a lost mark all over the frame: by features and by its grey in turn. */
function search(anchor: Anchor, tools: Step, finder: FeatureFinder): void {
  const { target, byGrey, shape } = anchor;
  const { later } = tools;
  anchor.byGrey = !byGrey;
  const guesses = byGrey
    ? scan(target, later, shape)
    : sightings(target, finder.find(later), later.width, later.height);
  for (const guess of guesses) if (consider(anchor, guess, tools)) return;
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
