/** Who may receive whose media (mission: "each seeing what it may"; design section 10). */
import type { SourceRole } from '../protocol/media.ts';
import { hasRole, type Role, STAFF_ROLES } from '../protocol/roles.ts';
import type { PeerState, SourceState } from '../protocol/state.ts';

/** People who speak to the public from the room: those who guide, not those who treat behind closed doors. */
const GUIDING_ROLES = ['dispatcher', 'coordinator', 'specialist'] as const satisfies readonly Role[];
/** What a guide shows of itself. Never a patient camera, a monitor or the telephone line. */
const GUIDING_SOURCES = ['face', 'voice', 'screen'] as const satisfies readonly SourceRole[];

/**
 * Decides whether a peer may receive a source at all. Staff receive every source of the room, since the room itself is
 * the border between organisations. A member of the public (bystander, volunteer, patient, relative) receives only
 * the face, voice and screen of those who guide it, and only while they speak into this room: other people's
 * cameras show patients. Administrators and auditors see and hear nothing. Nobody receives its own source.
 */
export function mayReceive(
  viewer: Pick<PeerState, 'peerId' | 'role'>,
  owner: PeerState,
  source: SourceState,
): boolean {
  if (viewer.peerId === owner.peerId) return false;
  if (hasRole(STAFF_ROLES, viewer.role)) return true;
  if (viewer.role === 'admin' || viewer.role === 'auditor') return false;
  const shown: readonly SourceRole[] = GUIDING_SOURCES;
  return hasRole(GUIDING_ROLES, owner.role) && owner.speaksHere && shown.includes(source.source.role);
}

/** Marks in progress are drawn between people at work; members of the public never see them. */
export function mayReceivePreview(viewer: Pick<PeerState, 'peerId' | 'role'>, ownerPeerId: string): boolean {
  return viewer.peerId !== ownerPeerId && hasRole(STAFF_ROLES, viewer.role);
}
