/**
 * Moving a patient to another incident's room, and merging incidents: facts of two rooms. Each step has an id derived
 * from the command, so that repeating the command after a crash completes it and doubles nothing.
 */
import type { Result } from '../protocol/methods.ts';
import type { PatientState, RoomState } from '../protocol/state.ts';
import type { Actor } from '../rooms/types.ts';
import { stepId } from './commands.ts';
import { badRequest, conflict } from './refusals.ts';
import { CENTRAL, LEADING } from './roles.ts';
import type { PeerCall, Services } from './types.ts';
import { stateOf, visibleRoom } from './visible.ts';

interface Move {
  readonly fromRoomId: string;
  readonly toRoomId: string;
  readonly patientId: string;
  readonly patient: PatientState;
  readonly commandId: string;
  /** The mover, in the room that is left and in the room that is entered. */
  readonly from: Actor;
  readonly to: Actor;
}

export async function movePatient(call: PeerCall<'patient.move'>): Promise<Result<'patient.move'>> {
  const { services, connection, roomId, params, actor, commandId } = call;
  if (params.toRoomId === roomId) throw badRequest('The patient is in that room already.', 'toRoomId');
  const { principal } = connection.session;
  const { state: target, actor: to } = await visibleRoom(services, principal, params.toRoomId, LEADING);
  const patient = (await stateOf(services, roomId)).patients[params.patientId];
  if (!patient) throw badRequest('There is no such patient in this room.', 'patientId');
  if (patient.movedTo) return { patientId: movedBefore(target, roomId, params, patient.movedTo) };
  const { patientId } = params;
  const move = { fromRoomId: roomId, toRoomId: params.toRoomId, patientId, patient, commandId };
  return { patientId: await carryOut(services, { ...move, from: actor, to }) };
}

/** A repeat of a finished move answers as the first time; a move elsewhere is refused. */
function movedBefore(
  target: RoomState,
  fromRoomId: string,
  params: { patientId: string; toRoomId: string },
  movedTo: string,
): string {
  const known = Object.entries(target.patients).find(
    ([, { cameFrom }]) => cameFrom?.roomId === fromRoomId && cameFrom.patientId === params.patientId,
  );
  if (movedTo === params.toRoomId && known) return known[0];
  throw conflict('The patient has moved to another room already.', 'moved');
}

/** In before out: a crash in between leaves the patient in both rooms until the repeat, never in none. */
async function carryOut(services: Services, move: Move): Promise<string> {
  const patientId = await moveIn(services, move);
  const left = { patientId: move.patientId, toRoomId: move.toRoomId };
  const stepOut = stepId(move.commandId, `out ${move.patientId}`);
  await services.rooms.at(move.fromRoomId).execute('patient.moveOut', left, move.from, stepOut);
  return patientId;
}

async function moveIn(services: Services, move: Move): Promise<string> {
  const { description, identity } = move.patient;
  const arrival = {
    fromRoomId: move.fromRoomId,
    formerPatientId: move.patientId,
    ...(description ? { description } : {}),
    ...(identity ? { identity } : {}),
  };
  const step = stepId(move.commandId, `in ${move.fromRoomId} ${move.patientId}`);
  const arrived = await services.rooms.at(move.toRoomId).execute('patient.moveIn', arrival, move.to, step);
  return arrived.patientId;
}

/**
 * Merges another incident into this room: its organisations and units are admitted, its patients move, both rooms
 * name each other, and the other one closes with a reason that says where to go.
 */
export async function mergeIncident(call: PeerCall<'incident.merge'>): Promise<Result<'incident.merge'>> {
  const { services, connection, roomId, params, actor: into, commandId } = call;
  const { fromRoomId } = params;
  if (fromRoomId === roomId) throw badRequest('A room is not merged with itself.', 'fromRoomId');
  const { principal } = connection.session;
  const { state: source, actor: from } = await visibleRoom(services, principal, fromRoomId, CENTRAL);
  if (source.mergedInto === roomId && source.phase === 'closed') return {};
  if (source.mergedInto && source.mergedInto !== roomId)
    throw conflict('That incident was merged into another one.', 'merged');
  const target = await stateOf(services, roomId);
  await admitAll(call, source, target);
  for (const [patientId, patient] of Object.entries(source.patients)) {
    if (patient.movedTo) continue;
    const move = { fromRoomId, toRoomId: roomId, patientId, patient, commandId, from, to: into };
    await carryOut(services, move);
  }
  const here = services.rooms.at(roomId);
  const there = services.rooms.at(fromRoomId);
  const merged = { incidentId: source.incidentId, fromRoomId };
  await here.execute('incident.mergeIn', merged, into, stepId(commandId, 'merge in'));
  const mergedInto = { incidentId: target.incidentId, intoRoomId: roomId };
  await there.execute('incident.mergeInto', mergedInto, from, stepId(commandId, 'merge into'));
  const reason = `Merged into incident ${target.incidentId}, room ${roomId}.`;
  await there.execute('room.close', { reason }, from, stepId(commandId, 'close'));
  return {};
}

/** Whoever could see the merged room must be able to follow. */
async function admitAll(
  { services, roomId, actor, commandId }: PeerCall<'incident.merge'>,
  source: RoomState,
  target: RoomState,
): Promise<void> {
  const room = services.rooms.at(roomId);
  for (const { organisationId, why } of source.organisations) {
    if (target.organisations.some((known) => known.organisationId === organisationId)) continue;
    const admission = { organisationId, why: why === 'created' ? ('receiving' as const) : why };
    await room.execute('room.admit', admission, actor, stepId(commandId, `admit ${organisationId}`));
  }
  for (const unitId of source.unitIds) {
    if (target.unitIds.includes(unitId)) continue;
    await room.execute('room.assignUnit', { unitId }, actor, stepId(commandId, `unit ${unitId}`));
  }
}
