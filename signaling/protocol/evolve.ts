/**
 * `evolve` folds one entry into the state of a room. Pure and total: an entry about something unknown (because the
 * fact that made it was hidden from this reader) changes nothing but `seq`. Server, clients, recorder and replay
 * all fold with this function (design section 4, "Commit").
 */
import { isHidden, type ReadableEntry } from './entry.ts';
import type { RoomEvent } from './events.ts';
import { evolveBystander } from './evolve-bystander.ts';
import { evolveCare } from './evolve-care.ts';
import { evolveMarks } from './evolve-marks.ts';
import { evolvePeers } from './evolve-peers.ts';
import { evolveRecording } from './evolve-recording.ts';
import { evolveSources } from './evolve-sources.ts';
import type { RoomState } from './state.ts';

/** When and by whom a fact was written, as the folds need it. */
export interface FactContext {
  at: number;
  utc: number;
}

/** Folds one entry. Entries at or below `state.seq` are repeats and change nothing. */
export function evolve(state: RoomState, entry: ReadableEntry): RoomState {
  if (entry.seq <= state.seq) return state;
  if (isHidden(entry)) return { ...state, seq: entry.seq };
  const context = { at: entry.at, utc: entry.utc };
  let next = state;
  for (const event of entry.events) next = evolveEvent(next, event, context);
  return { ...next, seq: entry.seq };
}

function evolveEvent(state: RoomState, event: RoomEvent, context: FactContext): RoomState {
  return (
    evolveRoom(state, event, context) ??
    evolvePeers(state, event, context) ??
    evolveSources(state, event, context) ??
    evolveCare(state, event, context) ??
    evolveRecording(state, event, context) ??
    evolveBystander(state, event, context) ??
    evolveMarks(state, event, context) ??
    state
  );
}

/** Facts of the room as a whole. Answers undefined for a fact of another group. */
function evolveRoom(state: RoomState, event: RoomEvent, { at, utc }: FactContext): RoomState | undefined {
  switch (event.type) {
    case 'RoomCreated':
      return {
        ...state,
        phase: 'open',
        incidentId: event.incidentId,
        title: event.title,
        drill: event.drill,
        createdUtc: utc,
        organisations: event.organisations.map((organisationId) => ({
          organisationId,
          why: 'created' as const,
        })),
        unitIds: event.unitId ? [event.unitId] : [],
      };
    case 'RoomTimeAnchored': {
      const anchored = { ...state, anchor: { at, utc: event.utc } };
      return event.missingTail
        ? { ...anchored, missingTails: [...state.missingTails, event.missingTail] }
        : anchored;
    }
    case 'RoomClosed':
      return { ...state, phase: 'closed', closedReason: event.reason };
    case 'OrganisationAdmitted':
      return state.organisations.some((o) => o.organisationId === event.organisationId)
        ? state
        : {
            ...state,
            organisations: [...state.organisations, { organisationId: event.organisationId, why: event.why }],
          };
    case 'GlassBroken':
      return { ...state, glassBrokenBy: [...new Set([...state.glassBrokenBy, event.principalId])] };
    case 'IncidentMerged':
      return { ...state, mergedFrom: [...state.mergedFrom, event.fromRoomId] };
    case 'IncidentMergedInto':
      return { ...state, mergedInto: event.intoRoomId };
    case 'InviteCreated':
      return {
        ...state,
        invites: {
          ...state.invites,
          [event.inviteId]: {
            inviteId: event.inviteId,
            role: event.role,
            name: event.name,
            expiresAt: event.expiresAt,
            revoked: false,
          },
        },
      };
    case 'InviteRevoked': {
      const invite = state.invites[event.inviteId];
      return invite
        ? { ...state, invites: { ...state.invites, [event.inviteId]: { ...invite, revoked: true } } }
        : state;
    }
    case 'UnitAssigned':
      return { ...state, unitIds: [...new Set([...state.unitIds, event.unitId])] };
    case 'UnitReleased':
      return { ...state, unitIds: state.unitIds.filter((unitId) => unitId !== event.unitId) };
    case 'MediaPlaced':
      return { ...state, media: { nodeId: event.nodeId, workerId: event.workerId } };
    default:
      return undefined;
  }
}
