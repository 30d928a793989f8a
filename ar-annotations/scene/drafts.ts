/**
 * Marks while they are drawn. Their messages travel volatile: they come in any order, twice or never, also before the
 * beginning of their mark and after its end. A pure fold: whoever got the same messages, in whatever order, has equal drafts;
 * whoever lost some has equal drafts again as soon as a later message repeats what was in them. The fact ends a draft, whichever comes first.
 */
import { simplifyStroke } from './stroke.ts';
import type { Draft, DraftPoints, Mark, Shape, StrokePoint } from './types.ts';

/** An author who is silent for so long has vanished. A pen that rests repeats its last points well within that time. */
export const SILENT_MS = 5000;
/** Points kept of one draft: over a minute of a pen at 60 points a second. */
export const DRAFT_POINTS_MAX = 6000;
/** Drafts at once in a room, and beginnings that have not come yet. */
const OPEN_MAX = 64;
const EARLY_MAX = 32;
/** Ids that have ended, remembered so that a late message does not open them again. */
const ENDED_KEPT = 1000;

/** What is known of the points or the shape of one draft. */
interface Drawn {
  /** By index; holes are what has not come (yet). */
  readonly points: readonly (StrokePoint | null)[];
  /** The message that each point came from: a later message corrects an earlier one. */
  readonly from: readonly number[];
  readonly shape?: Shape;
  readonly shapeN: number;
  /** When something of it was heard last, in milliseconds of any steady clock. */
  readonly heardAt: number;
}

export interface OpenDraft extends Drawn {
  readonly draft: Draft;
  readonly startedAt: number;
}

export interface DraftsState {
  readonly open: Readonly<Record<string, OpenDraft>>;
  /** Points that came before their beginning. */
  readonly early: Readonly<Record<string, Drawn>>;
  readonly ended: readonly string[];
}

export type DraftMessage =
  | { readonly type: 'begun'; readonly draft: Draft }
  | { readonly type: 'points'; readonly points: DraftPoints }
  /** Cancelled, or the fact has come. */
  | { readonly type: 'ended'; readonly markId: string };

const NOTHING: Drawn = { points: [], from: [], shapeN: -1, heardAt: Number.NEGATIVE_INFINITY };

export function initialDrafts(): DraftsState {
  return { open: {}, early: {}, ended: [] };
}

/** @param at milliseconds of any steady clock, the same for all messages */
export function evolveDrafts(state: DraftsState, message: DraftMessage, at: number): DraftsState {
  switch (message.type) {
    case 'begun':
      return begun(state, message.draft, at);
    case 'points':
      return grown(state, message.points, at);
    case 'ended':
      return ended(state, message.markId);
  }
}

function begun(state: DraftsState, draft: Draft, at: number): DraftsState {
  const { markId } = draft;
  if (state.ended.includes(markId) || Object.hasOwn(state.open, markId)) return state;
  const drawn = own(state.early, markId) ?? NOTHING;
  const opened: OpenDraft = { ...drawn, draft, startedAt: at, heardAt: Math.max(at, drawn.heardAt) };
  return {
    ...state,
    open: bounded({ ...state.open, [markId]: opened }, OPEN_MAX),
    early: without(state.early, markId),
  };
}

function grown(state: DraftsState, message: DraftPoints, at: number): DraftsState {
  const { markId } = message;
  if (state.ended.includes(markId)) return state;
  const open = own(state.open, markId);
  if (open)
    return { ...state, open: { ...state.open, [markId]: { ...open, ...drawnWith(open, message, at) } } };
  const drawn = drawnWith(own(state.early, markId) ?? NOTHING, message, at);
  return { ...state, early: bounded({ ...state.early, [markId]: drawn }, EARLY_MAX) };
}

function ended(state: DraftsState, markId: string): DraftsState {
  if (state.ended.includes(markId)) return state;
  return {
    open: without(state.open, markId),
    early: without(state.early, markId),
    ended: [...state.ended, markId].slice(-ENDED_KEPT),
  };
}

function drawnWith(drawn: Drawn, { n, from = 0, points = [], shape }: DraftPoints, at: number): Drawn {
  const heardAt = Math.max(drawn.heardAt, at);
  const isNewer = shape !== undefined && n > drawn.shapeN;
  const shaped = isNewer ? { ...drawn, shape, shapeN: n, heardAt } : { ...drawn, heardAt };
  if (points.length === 0 || !Number.isSafeInteger(from) || from < 0) return shaped;
  const known = [...drawn.points];
  const origin = [...drawn.from];
  for (const [offset, point] of points.entries()) {
    const index = from + offset;
    if (index >= DRAFT_POINTS_MAX) break;
    while (known.length <= index) {
      known.push(null);
      origin.push(-1);
    }
    if (n <= (origin[index] ?? -1)) continue;
    known[index] = point;
    origin[index] = n;
  }
  return { ...shaped, points: known, from: origin };
}

/** Drafts to be shown now: those whose author is not silent, oldest first. */
export function openDrafts(state: DraftsState, now: number): OpenDraft[] {
  return Object.values(state.open).filter(({ heardAt }) => now - heardAt < SILENT_MS);
}

/** Drafts whose author has vanished: the owner of the room makes truncated marks of them. */
export function silentDrafts(state: DraftsState, now: number): OpenDraft[] {
  return Object.values(state.open).filter(({ heardAt }) => now - heardAt >= SILENT_MS);
}

/** The shape a draft has so far; undefined before its first point. A hole in a stroke is bridged until it is filled. */
export function draftShape({ draft, points, shape }: OpenDraft): Shape | undefined {
  if (draft.kind !== 'stroke') return shape?.kind === draft.kind ? shape : undefined;
  const known = points.filter((point) => point !== null);
  return known.length > 0 ? { kind: 'stroke', points: known } : undefined;
}

/**
 * The mark that is left of a draft whose author has vanished. Undefined where nothing was drawn; also for a measure, since a
 * length that nobody has confirmed must not stand in a room.
 */
export function truncatedMark(open: OpenDraft): Mark | undefined {
  const shape = draftShape(open);
  if (shape === undefined || shape.kind === 'measure') return undefined;
  const { kind: _, ...rest } = open.draft;
  const kept: Shape =
    shape.kind === 'stroke' ? { ...shape, points: simplifyStroke(shape.points, rest.aspect) } : shape;
  return { ...rest, shape: kept, truncated: true };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!Object.hasOwn(record, key)) return record;
  const { [key]: _, ...others } = record;
  return others;
}

/** Keeps the newest. */
function bounded<T>(record: Readonly<Record<string, T>>, most: number): Readonly<Record<string, T>> {
  const entries = Object.entries(record);
  return entries.length <= most ? record : Object.fromEntries(entries.slice(-most));
}
