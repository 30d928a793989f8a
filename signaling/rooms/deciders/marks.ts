/**
 * Decisions about marks (design section 6): what may be drawn on what, who may take whose marks away, who may draw at all,
 * and how a wearer sees them. People at work read all of it, nobody else does.
 */
import { markOf } from '../../../ar-annotations/scene/evolve.ts';
import type { Anchor, Mark, MarkState, Surface } from '../../../ar-annotations/scene/types.ts';
import { MARKS_SHOWN } from '../../../ar-annotations/scene/types.ts';
import { redoFact, undoFact } from '../../../ar-annotations/scene/undo.ts';
import type { RoomEvent } from '../../protocol/events.ts';
import { hasRole, type Role } from '../../protocol/roles.ts';
import type { PeerState, RoomState } from '../../protocol/state.ts';
import { DRAWING_ROLES, mayDraw } from '../../protocol/state-marks.ts';
import type { Actor, Deciders } from '../types.ts';
import { imageOf } from './pictures.ts';
import {
  actingPeer,
  assertOpen,
  assertPatientRef,
  badRequest,
  conflict,
  forbidden,
  isSystem,
  notFound,
  peerOf,
  STAFF,
  sourceOf,
  told,
  unchanged,
} from './rules.ts';

/** Those whose device shows marks over its own camera, at the patient. */
const WEARING_ROLES = ['wearer', 'crew'] as const satisfies readonly Role[];
const NO_DRAWING = 'Ask the coordinator, or who leads, to admit you.';

export const markDeciders = {
  /** The owner itself states what is left of a mark whose author vanished; everyone else draws under their own name. */
  'mark.added': (state, { mark }, actor) => {
    assertOpen(state);
    if (!isSystem(actor)) assertDraws(state, mark, actor);
    const known = markOf(state.marks.scene, mark.markId);
    if (known) return repeated(known, mark);
    assertFits(state, mark);
    assertRoom(state, 1);
    return told({ audience: STAFF, events: [{ type: 'MarkAdded', mark }] });
  },

  'mark.undo': (state, _, actor) => {
    assertOpen(state);
    const { peerId } = actingPeer(state, actor);
    return stated(state, undoFact(state.marks.scene, peerId), 'undo');
  },

  'mark.redo': (state, _, actor) => {
    assertOpen(state);
    const { peerId } = actingPeer(state, actor);
    return stated(state, redoFact(state.marks.scene, peerId), 'redo');
  },

  'mark.erase': (state, { markIds }, actor) => {
    assertOpen(state);
    const { peerId } = actingPeer(state, actor);
    const marks = [...new Set(markIds)].map((markId) => knownMark(state, markId));
    if (!leads(state, actor) && marks.some(({ author }) => author !== peerId)) throw notYours();
    return erased(marks, peerId, 'erased');
  },

  'mark.clear': (state, { author, producerId, imageId }, actor) => {
    assertOpen(state);
    const { peerId } = actingPeer(state, actor);
    if (producerId !== undefined && imageId !== undefined)
      throw badRequest('One surface is cleared at a time.', 'Name a source or an image, not both.');
    if (author !== peerId && !leads(state, actor)) throw notYours();
    const marks = Object.values(state.marks.scene.marks).filter(
      (mark) => (author === undefined || mark.author === author) && isOn(mark.surface, producerId, imageId),
    );
    return erased(marks, peerId, 'cleared');
  },

  'floor.set': (state, params, actor) => {
    assertOpen(state);
    if (!leads(state, actor))
      throw forbidden('Only the coordinator or who leads decides who may draw.', 'Ask one of them.');
    const peer = peerOf(state, params.peerId);
    if (!hasRole(DRAWING_ROLES, peer.role))
      throw badRequest('This role draws nothing.', 'Choose somebody who treats or directs treatment.');
    if (!params.mayDraw && isLeading(state, peer))
      throw conflict('Who leads may always draw.', 'Hand the lead over first.', 'leads');
    if (state.marks.floor[params.peerId] === params.mayDraw) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'FloorSet', ...params, by: actor.principalId }] });
  },

  'marks.switch': (state, { on }, actor) => {
    assertOpen(state);
    const { peerId } = wearing(state, actor);
    if (on === (state.marks.switchedOff[peerId] === undefined)) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'MarksSwitched', peerId, on }] });
  },

  'wearer.report': (state, { report }, actor) => {
    assertOpen(state);
    const { peerId } = wearing(state, actor);
    const known = state.marks.wearers[peerId];
    const next = { ...known, ...report };
    // A mark beside the place it was meant for is the one failure that is not allowed (design section 6).
    if (next.display === 'see-through' && typeof next.calibrationErrorPercent !== 'number')
      throw conflict(
        'Marks are shown on the world only after the display was calibrated and checked.',
        'Do the calibration, or show them over the camera picture.',
        'not-calibrated',
      );
    if (known && JSON.stringify(next) === JSON.stringify(known)) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'WearerReported', peerId, report }] });
  },
} satisfies Partial<Deciders>;

/** The coordinator, and who leads the room. */
function isLeading(state: RoomState, peer: Pick<PeerState, 'peerId' | 'role'>): boolean {
  return peer.role === 'coordinator' || peer.peerId === state.leadPeerId;
}

function leads(state: RoomState, actor: Actor): boolean {
  return isLeading(state, actingPeer(state, actor));
}

/** The acting peer, at the patient. Throws `forbidden`. */
function wearing(state: RoomState, actor: Actor): PeerState {
  const peer = actingPeer(state, actor);
  if (hasRole(WEARING_ROLES, peer.role)) return peer;
  throw forbidden(
    'This is for who wears the glasses or shows the camera.',
    'Hide marks on your own page instead.',
  );
}

/** Throws `forbidden` unless the actor may draw there under its own name. */
export function assertDraws(
  state: RoomState,
  { author, surface }: { readonly author: string; readonly surface: Surface },
  actor: Actor,
): void {
  const { peerId } = actingPeer(state, actor);
  if (author !== peerId) throw forbidden('Marks are drawn under one’s own name.', 'Leave the author out.');
  const producerId = surface.kind === 'video' ? surface.producerId : undefined;
  if (!mayDraw(state, peerId, producerId)) throw forbidden('You may not draw here now.', NO_DRAWING);
}

/** What a draft and a mark have in common: a patient, a surface that is there, an anchor that fits it. */
export function assertFitsSurface(
  state: RoomState,
  drawn: {
    readonly patientId: string;
    readonly surface: Surface;
    readonly anchor: Anchor;
    readonly kind: Mark['shape']['kind'];
  },
): void {
  const { surface, anchor, kind } = drawn;
  assertPatientRef(state, drawn.patientId);
  if (surface.kind === 'image') imageOf(state, surface.imageId);
  else assertCamera(state, surface.producerId);
  if ((anchor.kind === 'surface') !== (surface.kind === 'image'))
    throw badRequest(
      'This anchor does not fit what it is drawn on.',
      'Marks on an image are fixed to the image, those on a camera to the scene or to a corner.',
    );
  if (anchor.kind === 'corner' && kind !== 'image' && kind !== 'text')
    throw badRequest('Only a text or an image stands in a corner.', 'Fix the mark to the scene.');
}

function assertFits(state: RoomState, mark: Mark): void {
  assertFitsSurface(state, { ...mark, kind: mark.shape.kind });
  if (mark.shape.kind === 'image') imageOf(state, mark.shape.imageId);
}

function assertCamera(state: RoomState, producerId: string): void {
  const { kind, source } = sourceOf(state, producerId);
  if (kind !== 'video') throw badRequest('Marks are drawn on pictures.', 'Choose a camera or an image.');
  // Its device finds and shows the marks of the source itself; another encoding of it is the same picture.
  if (source.alternativeOf !== undefined)
    throw badRequest('This is another encoding of a source.', `Draw on ${source.alternativeOf}.`);
}

/** The same mark again is content with the first one; another of the same name is not. */
function repeated(known: MarkState, mark: Mark) {
  if (known.author === mark.author && known.truncated === mark.truncated) return unchanged();
  if (known.author === mark.author && known.truncated)
    throw conflict(
      'What had come of this mark was stated when you were away.',
      'Look at it, and draw the rest under a new id.',
      'truncated',
    );
  throw conflict('This mark id belongs to another mark.', 'Draw it again under a new id.', 'taken');
}

/** Marks that somebody can see now: on a source that runs, or on an image. */
function shownMarks(state: RoomState): number {
  return Object.values(state.marks.scene.marks).filter(
    ({ erased, surface }) =>
      !erased && (surface.kind === 'image' || state.sources[surface.producerId] !== undefined),
  ).length;
}

function assertRoom(state: RoomState, more: number): void {
  if (shownMarks(state) + more <= MARKS_SHOWN) return;
  throw conflict(`${MARKS_SHOWN} marks are shown already.`, 'Clear some of them first.', 'full');
}

function stated(state: RoomState, fact: ReturnType<typeof undoFact>, which: 'undo' | 'redo') {
  if (!fact)
    throw conflict(`There is nothing to ${which}.`, 'Nothing needs to be done.', `nothing-to-${which}`);
  if (fact.type === 'MarksRestored') assertRoom(state, fact.markIds.length);
  return told({ audience: STAFF, events: [eventOf(fact)] });
}

/** The scene's lists are read only, those of facts are not. */
function eventOf(fact: NonNullable<ReturnType<typeof undoFact>>): RoomEvent {
  const markIds = [...fact.markIds];
  return fact.type === 'MarksErased' ? { ...fact, markIds } : { ...fact, markIds };
}

function erased(marks: readonly MarkState[], author: string, reason: 'erased' | 'cleared') {
  const markIds = marks.filter((mark) => !mark.erased).map(({ markId }) => markId);
  if (markIds.length === 0) return unchanged();
  return told({ audience: STAFF, events: [{ type: 'MarksErased', markIds, author, reason }] });
}

function knownMark(state: RoomState, markId: string): MarkState {
  const mark = markOf(state.marks.scene, markId);
  if (mark) return mark;
  throw notFound('mark', 'It may be an old one; look at the list of marks.');
}

function isOn(surface: Surface, producerId: string | undefined, imageId: string | undefined): boolean {
  if (producerId !== undefined) return surface.kind === 'video' && surface.producerId === producerId;
  if (imageId !== undefined) return surface.kind === 'image' && surface.imageId === imageId;
  return true;
}

function notYours() {
  return forbidden(
    'These are marks of somebody else.',
    'Ask the coordinator, or who leads, to take them away.',
  );
}
