/** Anchors of marks, made where the pen is: the visual reference of the frame that was drawn on. */
import { toBase64url } from '../../../ar-annotations/frames/base64url.ts';
import { printOf } from '../../../ar-annotations/frames/print.ts';
import type { FrameName, Point } from '../../../ar-annotations/scene/types.ts';
import { describeFrame } from '../../../ar-annotations/tracker/describe.ts';
import type { GreyFrame, Region } from '../../../ar-annotations/tracker/types.ts';
import type { SceneAnchor } from './room.ts';

/** Around a pen that has just come down, in parts of the width: the shape is not known yet. */
const FIRST_SIDE = 0.2;

/**
 * An anchor to what a frame shows. Throws RangeError for a frame of a wrong size.
 * @param grey the frame as `GreyCanvas.grey` makes it
 * @param region the mark's box (`regionOf` of `ar-annotations/scene/outline.ts`), or `regionAround` the pen before there is a shape
 * @param name what is known of the frame; its print is added where it is absent
 */
export function anchorOn(grey: GreyFrame, region: Region, name: FrameName = {}): SceneAnchor {
  const print = name.print ?? toBase64url(printOf(grey));
  const reference = toBase64url(describeFrame(grey, region));
  return { kind: 'scene', frame: { ...name, print }, reference, region: inside(region) };
}

/** @param aspect width over height of the frame */
export function regionAround({ x, y }: Point, aspect: number): Region {
  const [width, height] = [FIRST_SIDE, Math.min(1, FIRST_SIDE * aspect)];
  return inside({ x: x - width / 2, y: y - height / 2, width, height });
}

function inside({ x, y, width, height }: Region): Region {
  const [w, h] = [Math.min(1, Math.max(0, width)), Math.min(1, Math.max(0, height))];
  return { x: Math.min(1 - w, Math.max(0, x)), y: Math.min(1 - h, Math.max(0, y)), width: w, height: h };
}
