/** What the facts of the scene fold into, beside `SceneState` of `ar-annotations`; and who may draw, as pages and deciders both ask it. */
import type { SceneState } from '../../ar-annotations/scene/types.ts';
import type { EventOf } from './events.ts';
import type { WearerReport } from './marks.ts';
import { hasRole, type Role } from './roles.ts';
import type { RoomState } from './state.ts';

export type StillState = Omit<EventOf<'StillKept'>, 'type'> & { utc: number };
export type ImageState = Omit<EventOf<'ImageAdded'>, 'type'> & { utc: number; shown: boolean };

export interface MarksState {
  scene: SceneState;
  /** Peers who were admitted to draw, or withdrawn, by peer id. */
  floor: Record<string, boolean>;
  /** Wearers who switched marks off, by peer id. */
  switchedOff: Record<string, true>;
  wearers: Record<string, WearerReport>;
  /** The newest 100. */
  stills: StillState[];
  images: ImageState[];
}

/** Images of one room; more are refused, since its state keeps no more. */
export const IMAGES_MAX = 100;

/** Roles that may be admitted to draw at all. */
export const DRAWING_ROLES = [
  'dispatcher',
  'coordinator',
  'specialist',
  'crew',
  'wearer',
] as const satisfies readonly Role[];

/**
 * Whether a peer may draw now: the coordinator and who leads, those whom they admitted, and a crew on pictures of its own vehicle.
 * Whoever was withdrawn may not, until admitted again.
 * @param producerId the camera it would draw on; absent: a shared image
 */
export function mayDraw(state: RoomState, peerId: string, producerId?: string): boolean {
  const peer = state.peers[peerId];
  if (!peer || state.phase !== 'open' || !hasRole(DRAWING_ROLES, peer.role)) return false;
  const isLeading = peer.role === 'coordinator' || state.leadPeerId === peerId;
  if (isLeading) return true;
  const told = state.marks.floor[peerId];
  if (told !== undefined) return told;
  const owner = producerId === undefined ? undefined : state.sources[producerId]?.peerId;
  const unitId = owner === undefined ? undefined : state.peers[owner]?.unitId;
  return peer.role === 'crew' && unitId !== undefined && unitId === peer.unitId;
}
