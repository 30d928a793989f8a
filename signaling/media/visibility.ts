/** Who may receive whose media (mission: "each seeing what it may"; design section 10). */
import type { SourceRole } from '../protocol/media.ts';
import { hasRole, type Role, STAFF_ROLES } from '../protocol/roles.ts';
import type { PeerState, RoomState, SourceState } from '../protocol/state.ts';
import { isAskedToSpeak } from '../protocol/state-bystander.ts';

/** People who speak to the public from the room: those who guide, not those who treat behind closed doors. */
const GUIDING_ROLES = ['dispatcher', 'coordinator', 'specialist'] as const satisfies readonly Role[];
/** What a guide shows of itself. Never a patient camera, a monitor or the telephone line. */
const GUIDING_SOURCES = ['face', 'voice', 'screen', 'demonstration'] as const satisfies readonly SourceRole[];
/** Those who guide a bystander, whose link reaches no further than the centre. */
const BYSTANDER_GUIDES = ['dispatcher', 'coordinator'] as const satisfies readonly Role[];

/**
 * Decides whether a peer may receive a source at all. Staff receive every source of the room, since the room itself is
 * the border between organisations. A member of the public (volunteer, patient, relative) receives only the face, voice,
 * screen and demonstration of those who guide it, and only while they speak into this room: other people's cameras show
 * patients. A bystander sees demonstrations alone, and hears the centre only while it was asked to speak itself: talk of
 * those at work is not for it. Administrators and auditors see and hear nothing. Nobody receives its own source.
 */
export function mayReceive(
  viewer: Pick<PeerState, 'peerId' | 'role'>,
  owner: PeerState,
  source: SourceState,
  { bystander }: Pick<RoomState, 'bystander'>,
): boolean {
  if (viewer.peerId === owner.peerId) return false;
  if (hasRole(STAFF_ROLES, viewer.role)) return true;
  if (viewer.role === 'admin' || viewer.role === 'auditor') return false;
  const { role } = source.source;
  if (viewer.role === 'bystander') {
    if (!hasRole(BYSTANDER_GUIDES, owner.role)) return false;
    if (role === 'demonstration') return true;
    return role === 'voice' && owner.speaksHere && isAskedToSpeak(bystander, viewer.peerId);
  }
  const shown: readonly SourceRole[] = GUIDING_SOURCES;
  return hasRole(GUIDING_ROLES, owner.role) && owner.speaksHere && shown.includes(role);
}

/** Marks in progress, where they are, and kept frames under them are between people at work; members of the public never see them. */
export function mayReceivePreview(viewer: Pick<PeerState, 'peerId' | 'role'>, ownerPeerId: string): boolean {
  return viewer.peerId !== ownerPeerId && hasRole(STAFF_ROLES, viewer.role);
}
