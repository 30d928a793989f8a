/** Who receives one of this vehicle's sources. Pure. */
import { compareRungs, type Rung } from '../../../signaling/protocol/media.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';

export interface Viewer {
  readonly peerId: string;
  readonly name: string;
  readonly rung: Rung;
}

/** From `${peerId}/${producerId}` → rung; best rung first. Viewers who have left are not shown. */
export function viewersOf(
  state: RoomState,
  rungs: ReadonlyMap<string, Rung>,
  producerId: string,
): readonly Viewer[] {
  const viewers: Viewer[] = [];
  for (const [key, rung] of rungs) {
    const [peerId = '', producer] = key.split('/');
    const peer = state.peers[peerId];
    if (producer === producerId && peer !== undefined) viewers.push({ peerId, name: peer.name, rung });
  }
  return viewers.sort((a, b) => compareRungs(a.rung, b.rung) || a.name.localeCompare(b.name));
}
