/** Pictures of the public are blurred until someone chooses to look: nobody is made to see what they did not expect. */
import type { RoomState } from '../../../signaling/protocol/state.ts';

/** Whether a picture of this peer was filmed by a member of the public. Who is not known is taken for one. */
export function filmedByPublic(state: RoomState, peerId: string): boolean {
  const role = state.peers[peerId]?.role;
  return role === undefined || role === 'bystander' || role === 'volunteer';
}

const key = (roomId: string) => `goldenhour.unveiled.${roomId}`;

/** Remembered for this room in this tab, so that a reload does not blur what is being watched. */
export function wasUnveiled(roomId: string): boolean {
  try {
    return sessionStorage.getItem(key(roomId)) === 'yes';
  } catch {
    // Without storage a reload blurs it again, and one tap shows it.
    return false;
  }
}

export function rememberUnveiled(roomId: string, unveiled: boolean): void {
  try {
    if (unveiled) sessionStorage.setItem(key(roomId), 'yes');
    else sessionStorage.removeItem(key(roomId));
  } catch {
    // The choice then lasts as long as the page.
  }
}
