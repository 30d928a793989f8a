/** What the list of rooms says of one room to one principal. Pure. */
import type { RoomSummary } from '../protocol/snapshot.ts';
import type { HelpState, RoomState } from '../protocol/state.ts';

/** UTC of a moment of room time, by the room's newest anchor; milliseconds. */
export function utcOf(state: RoomState, at: number): number {
  return Math.max(0, Math.round(state.anchor.utc + (at - state.anchor.at)));
}

/** Calls for help that ring: neither answered nor ended. */
export function ringingCalls(state: RoomState): HelpState[] {
  if (state.phase !== 'open') return [];
  return Object.values(state.help).filter((call) => !call.answeredBy && !call.ended);
}

/** Who called: facts name the principal or, in older ones, the peer. */
export function callerOf(state: RoomState, call: HelpState): { name: string; unitId?: string } | undefined {
  const peers = Object.values(state.peers);
  return peers.find((peer) => peer.peerId === call.by) ?? peers.find((peer) => peer.principalId === call.by);
}

/** The line of one open room, for everyone who may enter it in the same way. */
export function summaryOf(roomId: string, state: RoomState, kind: RoomSummary['access']): RoomSummary {
  const line = {
    roomId,
    incidentId: state.incidentId,
    title: state.title,
    drill: state.drill,
    createdUtc: state.createdUtc,
    access: kind,
  };
  // Before the glass is broken, a room is known by its title and nothing of what happens inside.
  if (kind === 'break-glass') return { ...line, peers: [], patients: [], pictures: 0, unitIds: [] };
  const call = ringingCalls(state)[0];
  return {
    ...line,
    peers: Object.values(state.peers).map(({ role, organisationId, name }) => ({
      role,
      organisationId,
      name,
    })),
    patients: Object.entries(state.patients)
      .filter(([, patient]) => !patient.movedTo)
      .map(([patientId]) => patientId),
    pictures: Object.values(state.sources).filter(({ kind: media }) => media === 'video').length,
    unitIds: [...state.unitIds],
    ...(call ? { ringing: ringingOf(state, call) } : {}),
  };
}

function ringingOf(state: RoomState, call: HelpState): NonNullable<RoomSummary['ringing']> {
  return {
    callId: call.callId,
    sinceUtc: utcOf(state, call.at),
    fromName: callerOf(state, call)?.name ?? state.title,
  };
}
