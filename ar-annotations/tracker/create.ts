import { type Anchor, consider, createAnchor, poseOf, rescale, rest, type Step, step } from './anchor.ts';
import { createFeatureFinder, type FeatureFinder } from './features.ts';
import { sightings } from './matching.ts';
import { createMotionEstimator } from './motion.ts';
import { createPyramid, fillPyramid, isUsable, type Pyramid, pyramidOf } from './pyramid.ts';
import { createSettler } from './settle.ts';
import { targetOf } from './target.ts';
import { type GreyFrame, MAX_ANCHORS, type Tracker } from './types.ts';

/** A longer pause between two frames, in milliseconds, is a cut: what was held must be found again. */
const LONGEST_PAUSE = 400;
/** Lost marks that are looked for by features in one frame. */
const SEARCHES = 1;

/**
 * A tracker for the frames of one camera. Nothing in it depends on time or chance but the `at` it is given: the same frames
 * give the same poses. Frames it cannot use (see `isUsable`) lose every mark.
 */
export function createTracker(): Tracker {
  const settler = createSettler();
  const motions = createMotionEstimator();
  const finder = createFeatureFinder();
  const anchors = new Map<string, Anchor>();
  let before: Pyramid | undefined;
  let spare: Pyramid | undefined;
  let beforeAt = 0;
  let turn = 0;

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
      let earlier: Pyramid | undefined;
      for (const frame of recent) {
        if (!isUsable(frame)) continue;
        const later = pyramidOf(frame);
        if (earlier && !sameSize(earlier, later)) {
          rescale(anchor, earlier, later);
          earlier = undefined;
        }
        const motion = earlier && motions.ofFrame(earlier, later);
        const tools = { settler, motions, earlier, later, motion };
        rest(anchor, later);
        step(anchor, tools);
        if (anchor.phase === 'searching') search(anchor, tools, finder);
        earlier = later;
      }
      anchor.ownFrame = earlier;
      anchors.set(anchorId, anchor);
      return true;
    },

    remove(anchorId) {
      anchors.delete(anchorId);
    },

    track(frame, at) {
      if (!isUsable(frame)) {
        before = undefined;
        for (const anchor of anchors.values()) anchor.phase = 'searching';
        return [...anchors.keys()].map((anchorId) => ({ anchorId, state: 'lost', confidence: 0 }));
      }
      const later = take(frame);
      const pause = at - beforeAt;
      const cut = !before || !sameSize(before, later) || pause > LONGEST_PAUSE || pause < 0;
      const earlier = cut ? undefined : before;
      const motion = earlier && motions.ofFrame(earlier, later);
      const waiting: Anchor[] = [];
      for (const anchor of anchors.values()) {
        advance(anchor, { settler, motions, earlier, later, motion }, before);
        if (anchor.phase === 'searching') waiting.push(anchor);
      }
      for (let i = 0; i < Math.min(SEARCHES, waiting.length); i += 1) {
        const anchor = waiting[turn % waiting.length];
        turn += 1;
        if (anchor) search(anchor, { settler, motions, earlier, later, motion }, finder);
      }
      spare = before;
      before = later;
      beforeAt = at;
      return [...anchors.values()].map((anchor) => poseOf(anchor, later));
    },
  };
}

/** One step of one anchor; the first one after `add` starts from the frame it was left in. */
function advance(anchor: Anchor, tools: Step, before: Pyramid | undefined): void {
  const own = anchor.ownFrame;
  anchor.ownFrame = undefined;
  const last = own ?? before;
  if (last && !sameSize(last, tools.later)) rescale(anchor, last, tools.later);
  rest(anchor, tools.later);
  if (own && sameSize(own, tools.later)) {
    step(anchor, { ...tools, earlier: own, motion: tools.motions.ofFrame(own, tools.later) });
  } else {
    step(anchor, tools);
  }
}

/** Looks for a lost mark by the features of the whole frame. */
function search(anchor: Anchor, tools: Step, finder: FeatureFinder): void {
  const { later } = tools;
  const features = finder.find(later);
  for (const sighting of sightings(anchor.target, features, later.width, later.height)) {
    if (consider(anchor, sighting.warp, tools)) return;
  }
}

function sameSize(a: Pyramid, b: Pyramid): boolean {
  return a.width === b.width && a.height === b.height;
}
