/** Decisions about calls for help: one key at the scene that rings at the hospital until someone answers. */
import type { HelpState, RoomState } from '../../protocol/state.ts';
import type { Actor, Deciders } from '../types.ts';
import { admission, openCalls } from './room.ts';
import {
  actingPeer,
  assertDirects,
  assertOpen,
  assertPatientRef,
  conflict,
  decide,
  forbidden,
  idFor,
  notFound,
  STAFF,
  told,
  unchanged,
} from './rules.ts';

export const helpDeciders = {
  // Whoever presses the key twice under stress has called once.
  'help.call': (state, { patientId }, actor) => {
    assertOpen(state);
    actingPeer(state, actor);
    assertPatientRef(state, patientId);
    const open = openCalls(state).find((call) => call.by === actor.principalId);
    if (open) return { facts: [], result: { callId: open.callId } };
    const callId = idFor(state, 'h');
    const event = { type: 'HelpCalled' as const, callId, by: actor.principalId, patientId };
    return decide(STAFF, [event], { callId });
  },

  'help.ringing': (state, { callId, at }) => {
    assertOpen(state);
    const call = callOf(state, callId);
    const fresh = [...new Set(at)].filter((place) => !call.ringingAt.includes(place));
    if (fresh.length === 0) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'HelpRinging', callId, at: fresh }] });
  },

  'help.seen': (state, { callId }, actor) => {
    assertOpen(state);
    const call = callOf(state, callId);
    if (call.seenBy.some((seen) => seen.principalId === actor.principalId)) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'HelpSeen', callId, ...nameOf(actor) }] });
  },

  'help.answer': (state, { callId }, actor) => {
    assertOpen(state);
    const call = callOf(state, callId);
    if (call.answeredBy?.principalId === actor.principalId) return unchanged();
    assertRings(call);
    assertFromOutside(state, call, actor);
    const by = actor.principalId;
    return told({
      audience: STAFF,
      events: [
        ...(actor.organisationId === undefined ? [] : admission(state, actor.organisationId, 'paged', by)),
        { type: 'HelpAnswered', callId, ...nameOf(actor) },
        { type: 'HelpEnded', callId, reason: 'answered', by },
      ],
    });
  },

  'help.cancel': (state, { callId }, actor) => {
    assertOpen(state);
    const call = callOf(state, callId);
    if (call.ended === 'cancelled') return unchanged();
    assertRings(call);
    if (call.by !== actor.principalId) assertDirects(state, actor, "cancel another person's call");
    const event = { type: 'HelpEnded' as const, callId, reason: 'cancelled' as const, by: actor.principalId };
    return told({ audience: STAFF, events: [event] });
  },
} satisfies Partial<Deciders>;

function callOf(state: RoomState, callId: string): HelpState {
  const call = state.help[callId];
  if (call) return call;
  throw notFound('call for help', 'It may belong to another room.');
}

function assertRings(call: HelpState): void {
  if (call.answeredBy) {
    throw conflict(
      `${call.answeredBy.name} has answered this call already.`,
      'Join the room if you can help too.',
      'answered',
    );
  }
  if (call.ended !== undefined) {
    throw conflict('This call has ended.', 'Ask the crew whether help is still needed.', call.ended);
  }
}

/** Help comes from outside: a colleague in the same vehicle cannot quiet the call. */
function assertFromOutside(state: RoomState, call: HelpState, actor: Actor): void {
  const caller = Object.values(state.peers).find((peer) => peer.principalId === call.by);
  const sameUnit =
    actor.unitId !== undefined &&
    (caller ? caller.unitId === actor.unitId : state.unitIds.includes(actor.unitId));
  if (call.by !== actor.principalId && !sameUnit) return;
  throw forbidden(
    'A call for help is answered by people outside the calling unit.',
    'Cancel the call instead.',
  );
}

function nameOf(actor: Actor): { principalId: string; name: string } {
  return { principalId: actor.principalId, name: actor.name ?? actor.principalId };
}
