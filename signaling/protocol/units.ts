/**
 * A unit's devices stand in one cabin and share one loudspeaker and one microphone, so that they never howl (design
 * section 1). Which device has them follows from the state alone, so that every client and the media plan agree
 * without asking each other.
 */
import type { PeerState, RoomState } from './state.ts';

/** Glasses sit on a moving head beside the patient: they take the cabin's audio only when nothing else is there. */
function isGlasses(peer: PeerState): boolean {
  return peer.role === 'wearer' || /glasses/i.test(peer.device ?? '');
}

function unitPeer(state: RoomState, unitId: string): string | undefined {
  const candidates = Object.values(state.peers).filter(
    (peer) => peer.unitId === unitId && peer.link === 'up',
  );
  candidates.sort(
    (a, b) =>
      Number(isGlasses(a)) - Number(isGlasses(b)) ||
      a.joinedAt - b.joinedAt ||
      (a.peerId < b.peerId ? -1 : 1),
  );
  return candidates[0]?.peerId;
}

/**
 * The peer of a unit that plays the room's voices; the unit's other devices stay silent. The longest joined one whose
 * link is up, glasses last; undefined when none of the unit's devices is here.
 */
export function loudspeakerOf(state: RoomState, unitId: string): string | undefined {
  return unitPeer(state, unitId);
}

/**
 * The peer of a unit whose voice the room hears. The same device as the loudspeaker, because echo is only cancelled
 * by the device that plays what its microphone picks up (W3C Media Capture, `echoCancellation`).
 */
export function microphoneOf(state: RoomState, unitId: string): string | undefined {
  return unitPeer(state, unitId);
}

/** Whether this peer may play the room's voices: always outside a unit, and in a unit the one that was chosen. */
export function playsAudio(state: RoomState, peerId: string): boolean {
  const unitId = state.peers[peerId]?.unitId;
  return unitId === undefined || loudspeakerOf(state, unitId) === peerId;
}

/** Whether this peer may send its voice: always outside a unit, and in a unit the one that was chosen. */
export function sendsAudio(state: RoomState, peerId: string): boolean {
  const unitId = state.peers[peerId]?.unitId;
  return unitId === undefined || microphoneOf(state, unitId) === peerId;
}
