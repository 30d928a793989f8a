/** Decisions about calls for help: one key at the scene that rings at the hospital until someone answers. */
import type { Audience } from '../../protocol/audience.ts';
import type { RoomEvent } from '../../protocol/events.ts';
import type { HelpState, RoomState } from '../../protocol/state.ts';
import { type Actor, type Deciders, SYSTEM } from '../types.ts';
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
  isSystem,
  notFound,
  STAFF,
  told,
  unchanged,
} from './rules.ts';
import { STAFF_AND_BYSTANDERS } from './scene-rules.ts';

export const helpDeciders = {
  // Whoever presses the key twice under stress has called once.
  'help.call': (state, { patientId }, actor) => {
    assertOpen(state);
    // A fixed code at a known place rings without anybody being in the room yet.
    if (!isSystem(actor)) actingPeer(state, actor);
    assertPatientRef(state, patientId);
    const open = openCalls(state).find((call) => call.by === actor.principalId);
    if (open) return { facts: [], result: { callId: open.callId } };
    const callId = idFor(state, 'h');
    const event = { type: 'HelpCalled' as const, callId, by: actor.principalId, patientId };
    return decide(readersOf(event), [event], { callId });
  },

  'help.ringing': (state, { callId, at }) => {
    assertOpen(state);
    const call = callOf(state, callId);
    const fresh = [...new Set(at)].filter((place) => !call.ringingAt.includes(place));
    if (fresh.length === 0) return unchanged();
    return told({ audience: readersOf(call), events: [{ type: 'HelpRinging', callId, at: fresh }] });
  },

  'help.seen': (state, { callId }, actor) => {
    assertOpen(state);
    const call = callOf(state, callId);
    if (call.seenBy.some((seen) => seen.principalId === actor.principalId)) return unchanged();
    return told({
      audience: readersOf(call),
      events: [{ type: 'HelpSeen', callId, ...nameOf(actor) }],
    });
  },

  'help.answer': (state, { callId }, actor) => {
    assertOpen(state);
    const call = callOf(state, callId);
    if (call.answeredBy?.principalId === actor.principalId) return unchanged();
    assertRings(call);
    assertFromOutside(state, call, actor);
    const by = actor.principalId;
    const admitted =
      actor.organisationId === undefined ? [] : admission(state, actor.organisationId, 'paged', by);
    const answered: RoomEvent[] = [
      { type: 'HelpAnswered', callId, ...nameOf(actor) },
      { type: 'HelpEnded', callId, reason: 'answered', by },
    ];
    const audience = readersOf(call);
    if (audience === STAFF) return told({ audience, events: [...admitted, ...answered] });
    return told({ audience: STAFF, events: admitted }, { audience, events: answered });
  },

  'help.cancel': (state, { callId }, actor) => {
    assertOpen(state);
    const call = callOf(state, callId);
    if (call.ended === 'cancelled') return unchanged();
    assertRings(call);
    if (call.by !== actor.principalId) assertDirects(state, actor, "cancel another person's call");
    const event = { type: 'HelpEnded' as const, callId, reason: 'cancelled' as const, by: actor.principalId };
    return told({ audience: readersOf(call), events: [event] });
  },
} satisfies Partial<Deciders>;

/**
 * Who learns of a call. One that a fixed code made is the bystander's own, who has to know whether anybody has seen it; all
 * others are the business of those at work.
 */
export function readersOf({ by }: Pick<HelpState, 'by'>): Audience {
  return by === SYSTEM.principalId ? STAFF_AND_BYSTANDERS : STAFF;
}

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
