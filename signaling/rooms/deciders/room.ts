/** Decisions about the room as a whole: opening, closing, who may see it, which units are on it. */
import type { RoomEvent } from '../../protocol/events.ts';
import type { RoomState } from '../../protocol/state.ts';
import type { Deciders } from '../types.ts';
import { linksEnding } from './links.ts';
import { leavingFacts } from './peers.ts';
import {
  assertDirects,
  assertOpen,
  centreAnd,
  conflict,
  notFound,
  STAFF,
  sourceOf,
  told,
  unchanged,
} from './rules.ts';

export const roomDeciders = {
  'room.open': (state, room, actor) => {
    if (state.phase !== 'empty')
      throw conflict('This room is open already.', 'Join it instead.', state.phase);
    return told({
      audience: 'everyone',
      events: [
        {
          type: 'RoomCreated',
          incidentId: room.incidentId,
          title: room.title,
          drill: room.drill,
          organisations: [...new Set(room.organisations)],
          ...(room.unitId === undefined ? {} : { unitId: room.unitId }),
          createdBy: actor.principalId,
        },
      ],
    });
  },

  'room.close': (state, { reason }, actor) => {
    assertOpen(state);
    const by = actor.principalId;
    const staffFacts: RoomEvent[] = [
      ...openCalls(state).map(({ callId }) => ({
        type: 'HelpEnded' as const,
        callId,
        reason: 'room-closed' as const,
        by,
      })),
      ...state.unitIds.map((unitId) => ({ type: 'UnitReleased' as const, unitId, by })),
    ];
    return told(
      { audience: STAFF, events: staffFacts },
      { audience: centreAnd(), events: linksEnding(state, by) },
      {
        audience: 'everyone',
        // Everyone reads the reason, bystanders too: pages that ask for it say so.
        events: [
          ...Object.keys(state.peers).flatMap((peerId) => leavingFacts(state, peerId, 'room-closed', by)),
          { type: 'RoomClosed', reason, by },
        ],
      },
    );
  },

  'room.spotlight': (state, { producerId }, actor) => {
    assertOpen(state);
    assertDirects(state, actor, 'choose what everyone sees large');
    if (producerId !== null) sourceOf(state, producerId);
    if ((state.spotlight ?? null) === producerId) return unchanged();
    const event = { type: 'Spotlighted' as const, producerId, by: actor.principalId };
    return told({ audience: 'everyone', events: [event] });
  },

  'room.admit': (state, { organisationId, why }, actor) => {
    assertOpen(state);
    return told({ audience: STAFF, events: admission(state, organisationId, why, actor.principalId) });
  },

  'room.assignUnit': (state, { unitId }, actor) => {
    assertOpen(state);
    if (state.unitIds.includes(unitId)) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'UnitAssigned', unitId, by: actor.principalId }] });
  },

  'room.releaseUnit': (state, { unitId }, actor) => {
    assertOpen(state);
    if (!state.unitIds.includes(unitId))
      throw notFound('unit', 'The unit is not on this incident (any more).');
    return told({ audience: STAFF, events: [{ type: 'UnitReleased', unitId, by: actor.principalId }] });
  },

  'media.place': (state, { nodeId, workerId, reason }) => {
    assertOpen(state);
    return told({ audience: STAFF, events: [{ type: 'MediaPlaced', nodeId, workerId, reason }] });
  },

  // Written each time, also for the same person again: every look behind the glass has its own reason.
  'glass.break': (state, { principalId, reason }) => {
    assertOpen(state);
    return told({ audience: STAFF, events: [{ type: 'GlassBroken', principalId, reason }] });
  },

  'incident.mergeIn': (state, { incidentId, fromRoomId }, actor) => {
    assertOpen(state);
    if (state.mergedFrom.includes(fromRoomId)) return unchanged();
    const event = { type: 'IncidentMerged' as const, incidentId, fromRoomId, by: actor.principalId };
    return told({ audience: STAFF, events: [event] });
  },

  'incident.mergeInto': (state, { incidentId, intoRoomId }, actor) => {
    assertOpen(state);
    if (state.mergedInto === intoRoomId) return unchanged();
    if (state.mergedInto !== undefined) {
      throw conflict(
        'This incident was merged into another one.',
        'Go on in the room it was merged into.',
        'merged',
      );
    }
    // Everyone in the room has to know where it goes on.
    const event = { type: 'IncidentMergedInto' as const, incidentId, intoRoomId, by: actor.principalId };
    return told({ audience: 'everyone', events: [event] });
  },
} satisfies Partial<Deciders>;

/** The fact that an organisation may see the room from now on; none when it already may. */
export function admission(
  state: RoomState,
  organisationId: string,
  why: 'receiving' | 'guiding' | 'paged',
  by: string,
): RoomEvent[] {
  const known = state.organisations.some((admitted) => admitted.organisationId === organisationId);
  return known ? [] : [{ type: 'OrganisationAdmitted', organisationId, why, by }];
}

/** Calls for help that ring still. */
export function openCalls(state: RoomState) {
  return Object.values(state.help).filter((call) => !call.answeredBy && call.ended === undefined);
}
