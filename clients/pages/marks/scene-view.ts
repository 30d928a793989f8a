/** What the pages say about marks: who drew what when, how it stands, who may draw and who says so. Pure. */
import type { MarkState, SceneState, ShownState, Surface } from '../../../ar-annotations/scene/types.ts';
import { hasRole } from '../../../signaling/protocol/roles.ts';
import type { PeerState, RoomState } from '../../../signaling/protocol/state.ts';
import { DRAWING_ROLES, mayDraw } from '../../../signaling/protocol/state-marks.ts';
import type { ShownMark } from '../../core/marks/types.ts';

export function sameSurface(a: Surface, b: Surface): boolean {
  if (a.kind === 'video') return b.kind === 'video' && a.producerId === b.producerId;
  return b.kind === 'image' && a.imageId === b.imageId;
}

/** Marks that stand, newest first; on one surface or anywhere. */
export function standingMarks(scene: SceneState, surface?: Surface): readonly MarkState[] {
  const marks = scene.order.flatMap((id) => scene.marks[id] ?? []);
  return marks
    .filter((mark) => !mark.erased && (surface === undefined || sameSurface(mark.surface, surface)))
    .reverse();
}

export function leadsMarks(state: RoomState, peerId: string): boolean {
  return state.peers[peerId]?.role === 'coordinator' || state.leadPeerId === peerId;
}

/** People who may admit others to draw, in the room now. */
export function floorGivers(state: RoomState): readonly PeerState[] {
  return Object.values(state.peers).filter((peer) => leadsMarks(state, peer.peerId));
}

export type Floor =
  | { readonly may: true }
  /** The role never draws. */
  | { readonly may: false; readonly why: 'role' }
  /** Whom to ask; nobody of them may be there. */
  | { readonly may: false; readonly why: 'floor'; readonly ask: readonly string[] };

/** Whether this peer may draw there, and whom it asks when not. */
export function floorOf(state: RoomState, peerId: string, surface: Surface | undefined): Floor {
  const producerId = surface?.kind === 'video' ? surface.producerId : undefined;
  if (mayDraw(state, peerId, producerId)) return { may: true };
  const role = state.peers[peerId]?.role;
  if (role === undefined || !hasRole(DRAWING_ROLES, role)) return { may: false, why: 'role' };
  return { may: false, why: 'floor', ask: floorGivers(state).map((peer) => peer.name) };
}

/** How the people panel shows the floor of one person; undefined for roles that never draw. */
export function floorTag(state: RoomState, peer: PeerState): 'may' | 'may-not' | undefined {
  if (!hasRole(DRAWING_ROLES, peer.role)) return undefined;
  return mayDraw(state, peer.peerId) ? 'may' : 'may-not';
}

export type StateWord = ShownState | 'waiting' | 'fixed';

/** What has to be said in words about marks on a picture, each once for each patient: a mark that is not shown must not be missed. */
export function saidStates(
  shown: readonly ShownMark[],
): readonly { readonly patientId: string; readonly state: Exclude<StateWord, 'held' | 'fixed'> }[] {
  const said = new Map<string, { patientId: string; state: Exclude<StateWord, 'held' | 'fixed'> }>();
  for (const { mark, state, isDraft } of shown) {
    if (isDraft || state === 'held' || state === 'fixed') continue;
    said.set(`${mark.patientId}/${state}`, { patientId: mark.patientId, state });
  }
  return [...said.values()];
}

export interface Unseeing {
  readonly name: string;
  readonly why: 'off' | 'headLocked';
}

/** Who sees no marks on the patient now, and why: all marks switched off, or only what is fixed to the display shown. */
export function unseeing(state: RoomState): readonly Unseeing[] {
  const { switchedOff, wearers } = state.marks;
  return Object.values(state.peers).flatMap(({ peerId, name }): readonly Unseeing[] => {
    if (switchedOff[peerId]) return [{ name, why: 'off' }];
    return wearers[peerId]?.display === 'head-locked' ? [{ name, why: 'headLocked' }] : [];
  });
}
