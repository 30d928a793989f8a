import { compose, type Matrix3, scaling } from '../geometry/matrix.ts';
import type { Region } from './types.ts';

/**
 * What is looked at around a mark. The core is the mark's own box, no smaller than what can be recognised; the patch is the
 * core and a margin. Only the core decides whether a mark is held; the margin helps to place it.
 */
export interface Layout {
  /** In parts of the reference frame, wholly inside it. */
  readonly patch: Region;
  readonly core: Region;
  /** From patch places (-1 to 1) to parts of the reference frame. */
  readonly toReference: Matrix3;
  /** The core in patch places. */
  readonly coreInPatch: Region;
}

/** Smallest side of the core, in frame widths: 26 pixels of 320. */
const SMALLEST_CORE = 0.08;
/** The margin on each side, as a share of the core's side. */
const MARGIN = 0.2;
/** The longer side of the core is at most so many times the shorter one: samples stay about square. */
const LONGEST = 3;

/** The layout for a mark's box on a reference frame of so many pixels. Total: any finite numbers give a layout inside the frame. */
export function layoutOf(region: Region, width: number, height: number): Layout {
  // All sides in frame widths first, so that a square is a square.
  const tall = height / width;
  const box = clip(region);
  let w = Math.max(box.width, SMALLEST_CORE);
  let h = Math.max(box.height * tall, SMALLEST_CORE);
  w = Math.min(1, Math.max(w, h / LONGEST));
  h = Math.min(tall, Math.max(h, w / LONGEST));
  const cx = box.x + box.width / 2;
  const cy = (box.y + box.height / 2) * tall;
  const core = fitInside(cx, cy, w, h, tall);
  const patch = fitInside(
    cx,
    cy,
    Math.min(1, w * (1 + 2 * MARGIN)),
    Math.min(tall, h * (1 + 2 * MARGIN)),
    tall,
  );
  const toReference = scaling(
    patch.width / 2,
    patch.height / 2,
    patch.x + patch.width / 2,
    patch.y + patch.height / 2,
  );
  return {
    patch,
    core,
    toReference,
    coreInPatch: {
      x: ((core.x - patch.x) / patch.width) * 2 - 1,
      y: ((core.y - patch.y) / patch.height) * 2 - 1,
      width: (core.width / patch.width) * 2,
      height: (core.height / patch.height) * 2,
    },
  };
}

/** The part of a box that lies in the frame; a box of no size at the nearest place if none does. */
function clip(region: Region): Region {
  const limit = (value: number): number => (value > 0 ? Math.min(1, value) : 0);
  const x = limit(region.x);
  const y = limit(region.y);
  return { x, y, width: limit(region.x + region.width) - x, height: limit(region.y + region.height) - y };
}

/** A box round a middle, moved into the frame; sides in frame widths, answer in parts of the frame. */
function fitInside(cx: number, cy: number, w: number, h: number, tall: number): Region {
  const x = Math.min(1 - w, Math.max(0, cx - w / 2));
  const y = Math.min(tall - h, Math.max(0, cy - h / 2));
  return { x, y: y / tall, width: w, height: h / tall };
}

/** From parts of a frame to its pixels, where 0 is the middle of the first one. */
export function toPixels(width: number, height: number): Matrix3 {
  return scaling(width, height, -0.5, -0.5);
}

/** And back. */
export function fromPixels(width: number, height: number): Matrix3 {
  return scaling(1 / width, 1 / height, 0.5 / width, 0.5 / height);
}

/** From patch places to pixels of a frame the size of the reference, had nothing moved. */
export function restingWarp(layout: Layout, width: number, height: number): Matrix3 {
  return compose(toPixels(width, height), layout.toReference);
}
