/** What the list of rooms shows, computed from summaries. Pure. */
import type { Role } from '../../../signaling/protocol/roles.ts';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';

/** How many of each role are in the room, in the order of first appearance. */
export function rolesPresent(room: RoomSummary): readonly { role: Role; names: readonly string[] }[] {
  const byRole = new Map<Role, string[]>();
  for (const peer of room.peers) {
    const names = byRole.get(peer.role) ?? [];
    names.push(peer.name);
    byRole.set(peer.role, names);
  }
  return [...byRole].map(([role, names]) => ({ role, names }));
}

/** Ringing rooms first, then rooms with pictures, then the newest; rooms behind glass last. */
export function orderRooms(rooms: readonly RoomSummary[]): readonly RoomSummary[] {
  const rank = (room: RoomSummary) => {
    if (room.ringing !== undefined) return 0;
    if (room.access === 'break-glass') return 3;
    return room.pictures > 0 ? 1 : 2;
  };
  return [...rooms].sort((a, b) => rank(a) - rank(b) || b.createdUtc - a.createdUtc);
}

/** Rooms that match a search by title, incident, unit or person. */
export function searchRooms(
  rooms: readonly RoomSummary[],
  words: string,
  unitNames: ReadonlyMap<string, string> = new Map(),
): readonly RoomSummary[] {
  const wanted = words.trim().toLocaleLowerCase();
  if (wanted === '') return rooms;
  return rooms.filter((room) =>
    [
      room.title,
      room.incidentId,
      ...room.unitIds.map((id) => unitNames.get(id) ?? id),
      ...room.peers.map((peer) => peer.name),
    ].some((text) => text.toLocaleLowerCase().includes(wanted)),
  );
}

/** An incident's number as dispatch gave it; of an id made here only its end, which tells incidents apart by ear. */
export function shortIncident(incidentId: string): string {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(incidentId) ? incidentId.slice(-6) : incidentId;
}

/** The page a person works on in a room: crew publish from the vehicle, everyone else consults. */
export function roomPath(roles: readonly Role[], roomId: string): string {
  return roles.includes('crew') || roles.includes('wearer') ? `/ambulance/${roomId}` : `/consult/${roomId}`;
}

/** Who may start a room; the server decides, the page only does not offer what would be refused. */
export function mayCreate(roles: readonly Role[]): boolean {
  return roles.some((role) => role === 'dispatcher' || role === 'coordinator' || role === 'crew');
}
