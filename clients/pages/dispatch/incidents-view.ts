/** The list of open incidents beside the picture. Pure. */
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';

/**
 * Who rings first, then the newest. Pictures do not count: lines that change places under the hand of someone who
 * works by keyboard would be opened by mistake. Rooms behind glass are opened from the list of rooms.
 */
export function orderIncidents(rooms: readonly RoomSummary[]): readonly RoomSummary[] {
  const rings = (room: RoomSummary) => (room.ringing === undefined ? 1 : 0);
  return rooms
    .filter((room) => room.access === 'member')
    .sort((a, b) => rings(a) - rings(b) || b.createdUtc - a.createdUtc);
}

/** The incident one key up or down from this one; from none, the first or the last. */
export function neighbour(
  rooms: readonly RoomSummary[],
  roomId: string | undefined,
  step: 1 | -1,
): string | undefined {
  const index = rooms.findIndex((room) => room.roomId === roomId);
  if (index === -1) return rooms.at(step === 1 ? 0 : -1)?.roomId;
  return rooms[index + step]?.roomId;
}

/** Whether a member of the public is in the room now. */
export function hasPublic(room: RoomSummary): boolean {
  return room.peers.some(({ role }) => role === 'bystander' || role === 'volunteer');
}

export function dispatchPath(roomId?: string): string {
  return roomId === undefined ? '/dispatch' : `/dispatch/${roomId}`;
}
