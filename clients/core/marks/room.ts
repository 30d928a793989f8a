/** What marks need of a session, and words shared by the author's, the viewer's and the wearer's side. */
import { draftShape, type OpenDraft } from '../../../ar-annotations/scene/drafts.ts';
import type {
  Anchor,
  Draft,
  DraftPoints,
  Mark,
  PoseMessage,
  Surface,
} from '../../../ar-annotations/scene/types.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { Emitter } from '../emitter.ts';
import type { RoomSession } from '../types.ts';

export type MarkRoom = Pick<
  RoomSession,
  'peerId' | 'state' | 'data' | 'request' | 'on' | 'roomTime' | 'connection'
>;
export type SceneAnchor = Extract<Anchor, { kind: 'scene' }>;

/** A frame of a screen: what came in meanwhile is drawn, or sent, together. */
export const FRAME_MS = 16;
/** A lost mark is gone after this. */
export const FADE_MS = 100;

/** What this device itself draws and finds, which no server tells it. */
export interface OwnMarks {
  begun: Draft;
  points: DraftPoints;
  /** A pen is up: no mark will come of its draft. */
  cancelled: { readonly markId: string };
  posed: PoseMessage;
}

const ownMarks = new WeakMap<MarkRoom, Emitter<OwnMarks>>();

/** One for each session: what draws on this device tells what follows, and what follows tells what shows. */
export function ownMarksOf(room: MarkRoom): Emitter<OwnMarks> {
  const known = ownMarks.get(room) ?? new Emitter<OwnMarks>();
  ownMarks.set(room, known);
  return known;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function toBytes(message: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(message));
}

/** Undefined for what is no JSON. */
export function fromBytes(bytes: Uint8Array): unknown {
  try {
    const parsed: unknown = JSON.parse(decoder.decode(bytes));
    return parsed;
  } catch {
    // Messages of other peers are not trusted to be well formed; the parser of the caller refuses `undefined`.
    return undefined;
  }
}

export function isOn(surface: Surface, other: Surface): boolean {
  if (surface.kind === 'video') return other.kind === 'video' && other.producerId === surface.producerId;
  return other.kind === 'image' && other.imageId === surface.imageId;
}

/** The mark that a draft is so far; undefined before its first point. */
export function markOfDraft(open: OpenDraft): Mark | undefined {
  const shape = draftShape(open);
  const { kind: _, ...rest } = open.draft;
  return shape && { ...rest, shape };
}

/** Empty for an author who has left and whose name this peer was never told. */
export function nameOf(state: RoomState, peerId: string): string {
  return state.peers[peerId]?.name ?? '';
}

/** The colour an author has, or will have with the first mark. */
export function colourOf(state: RoomState, peerId: string): number {
  const { authors } = state.marks.scene;
  return authors[peerId]?.colour ?? Object.keys(authors).length;
}

/** What the display of a wearer shows of marks: all of them, those that are fixed to it alone, or none. */
export function displayed(state: RoomState, peerId: string): 'all' | 'fixed' | 'none' {
  const { switchedOff, wearers } = state.marks;
  if (Object.hasOwn(switchedOff, peerId)) return 'none';
  return wearers[peerId]?.display === 'head-locked' ? 'fixed' : 'all';
}
