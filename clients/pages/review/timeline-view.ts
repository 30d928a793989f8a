/** Where things stand on the time bar, in pixels. Pure; times are room time in ms. */
import type { Gap, Thumbnail } from '../../../signaling/protocol/manifest.ts';
import type { TimelineMark } from '../../../signaling/protocol/recordings.ts';
import { isFault } from '../../core/review/coverage.ts';
import type { MarkKind } from '../../core/review/marks.ts';

export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

export function xOf(scale: Scale, at: number): number {
  const share = (at - scale.from) / Math.max(1, scale.to - scale.from);
  return Math.min(1, Math.max(0, share)) * scale.width;
}

export function atOf(scale: Scale, x: number): number {
  const share = Math.min(1, Math.max(0, x / Math.max(1, scale.width)));
  return scale.from + share * (scale.to - scale.from);
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
const TICK_PX = 76;

/** Times that get a line and a label: a round step that leaves room for the labels. */
export function ticks(scale: Scale): readonly { at: number; x: number }[] {
  const length = scale.to - scale.from;
  const most = Math.max(1, Math.floor(scale.width / TICK_PX));
  const step = (STEPS_S.find((seconds) => length / (seconds * 1000) <= most) ?? 14_400) * 1000;
  const found: { at: number; x: number }[] = [];
  for (let at = scale.from; at <= scale.to; at += step) found.push({ at, x: xOf(scale, at) });
  // The last label would stand over the edge.
  return found.filter(({ x }, n) => n === 0 || x <= scale.width - TICK_PX / 2);
}

export interface Cluster {
  readonly x: number;
  readonly kind: MarkKind;
  readonly count: number;
  readonly at: number;
}

const CLUSTER_PX = 11;

/** Marks of one kind that would stand on each other become one with a count. */
export function clusters(scale: Scale, marks: readonly TimelineMark[]): readonly Cluster[] {
  const open = new Map<MarkKind, Cluster>();
  const found: Cluster[] = [];
  for (const { at, kind } of [...marks].sort((a, b) => a.at - b.at)) {
    const x = xOf(scale, at);
    const last = open.get(kind);
    if (last !== undefined && x - last.x < CLUSTER_PX) open.set(kind, { ...last, count: last.count + 1 });
    else {
      if (last !== undefined) found.push(last);
      open.set(kind, { x, kind, count: 1, at });
    }
  }
  return [...found, ...open.values()].sort((a, b) => a.x - b.x);
}

export interface Band {
  readonly x: number;
  readonly width: number;
  readonly sort: 'gap' | 'filled' | 'quiet';
}

function sortOf(gap: Gap): Band['sort'] {
  if (gap.filled !== undefined) return 'filled';
  return isFault(gap) ? 'gap' : 'quiet';
}

/** Which sorts of bands a legend has to explain. */
export function bandSorts(gaps: readonly Gap[]): readonly Band['sort'][] {
  const found = new Set(gaps.map(sortOf));
  return (['gap', 'filled', 'quiet'] as const).filter((sort) => found.has(sort));
}

/** Missing time must stay visible however long the recording is. */
const NARROWEST_PX = 3;

export function bands(scale: Scale, gaps: readonly Gap[]): readonly Band[] {
  const found: Band[] = [];
  for (const gap of [...gaps].sort((a, b) => a.from - b.from)) {
    const sort = sortOf(gap);
    const x = xOf(scale, gap.from);
    const width = Math.max(sort === 'quiet' ? 1 : NARROWEST_PX, xOf(scale, gap.to) - x);
    const last = found.at(-1);
    if (last !== undefined && last.sort === sort && x <= last.x + last.width + 1) {
      found[found.length - 1] = { ...last, width: Math.max(last.width, x + width - last.x) };
    } else found.push({ x, width, sort });
  }
  return found;
}

/** The picture that stood at a moment: the last one before it. */
export function thumbnailAt(thumbnails: readonly Thumbnail[], at: number): Thumbnail | undefined {
  return thumbnails.findLast((thumbnail) => thumbnail.at <= at) ?? thumbnails[0];
}

/** `1:02:03` or `2:03` of a clock typed by a person, in milliseconds; undefined when it is none. */
export function parseClock(text: string): number | undefined {
  const found = /^(?:(\d{1,3}):)?(\d{1,3}):([0-5]?\d)$/.exec(text.trim());
  if (found === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = found;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
