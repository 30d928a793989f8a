/** What deciders share: refusals that say what to do, audiences, and who may direct a room. */
import { AppError } from '../../../platform/errors.ts';
import { type Audience, STAFF } from '../../protocol/audience.ts';
import type { RoomEvent } from '../../protocol/events.ts';
import { CLINICAL_ROLES, type Role } from '../../protocol/roles.ts';
import type { PeerState, RoomState } from '../../protocol/state.ts';
import { type Actor, type Decision, type FactGroup, SYSTEM } from '../types.ts';

/** Those who treat, and the reviewer who has to judge it later. */
export const CLINICAL_RECORD: Audience = { roles: [...CLINICAL_ROLES, 'reviewer'] };
export { STAFF };

/** Those who oversee all incidents: they alone read telephone numbers and how links stand. */
export const CENTRE_ROLES = ['dispatcher', 'coordinator'] as const satisfies readonly Role[];

/** The centre, and the named peers whom it concerns. */
export function centreAnd(peers: readonly string[] = []): Audience {
  return { roles: [...CENTRE_ROLES], ...(peers.length > 0 ? { peers: [...peers] } : {}) };
}

export type Nothing = Record<string, never>;

/** A decision for one audience. */
export function decide<R>(audience: Audience, events: readonly RoomEvent[], result: R): Decision<R> {
  return { facts: [{ audience, events }], result };
}

/** A decision for everyone, or for several audiences, that answers nothing. */
export function told(...facts: readonly FactGroup[]): Decision<Nothing> {
  return { facts, result: {} };
}

/** What was asked for is so already: nothing is written, and the caller is content. */
export function unchanged(): Decision<Nothing> {
  return { facts: [], result: {} };
}

/** Throws `not-found` before the room was made and `closed` after it has ended. */
export function assertOpen(state: RoomState): void {
  if (state.phase === 'open') return;
  if (state.phase === 'empty') throw notFound('room', 'Choose a room from the list of rooms.');
  throw new AppError('closed', 'This room has ended; it can only be read.', {
    status: 410,
    whatToDo: 'Open a new room for the incident if it goes on.',
  });
}

export function notFound(what: string, whatToDo: string): AppError {
  return new AppError('not-found', `There is no such ${what} in this room.`, {
    status: 404,
    whatToDo,
    details: { what },
  });
}

export function forbidden(message: string, whatToDo: string): AppError {
  return new AppError('forbidden', message, { status: 403, whatToDo });
}

/** @param state a short word that programs can branch on. */
export function conflict(message: string, whatToDo: string, state: string): AppError {
  return new AppError('conflict', message, { status: 409, whatToDo, details: { state } });
}

export function badRequest(message: string, whatToDo: string): AppError {
  return new AppError('bad-request', message, { status: 400, whatToDo });
}

export function isSystem(actor: Actor): boolean {
  return actor.principalId === SYSTEM.principalId && actor.role === undefined;
}

/** The lead, a coordinator or a dispatcher; the owner itself also. Throws `forbidden` for anyone else. */
export function assertDirects(state: RoomState, actor: Actor, what: string): void {
  if (isSystem(actor) || actor.role === 'coordinator' || actor.role === 'dispatcher') return;
  if (actor.peerId !== undefined && actor.peerId === state.leadPeerId) return;
  throw forbidden(
    `Only the lead, a coordinator or a dispatcher may ${what}.`,
    'Ask the lead of the room, whose name is marked in the list of peers.',
  );
}

/** The acting peer, present in the room. Throws `forbidden`. */
export function actingPeer(state: RoomState, actor: Actor): PeerState {
  const peer = actor.peerId === undefined ? undefined : state.peers[actor.peerId];
  if (peer && peer.principalId === actor.principalId) return peer;
  throw forbidden('Only a peer of the room may do this.', 'Join the room first.');
}

export function peerOf(state: RoomState, peerId: string): PeerState {
  const peer = state.peers[peerId];
  if (peer) return peer;
  throw notFound('peer', 'The peer may have left; look at the list of peers.');
}

export function sourceOf(state: RoomState, producerId: string) {
  const source = state.sources[producerId];
  if (source) return source;
  throw notFound('source', 'The source may have ended; look at the tiles.');
}

/** A patient of the room who has not been moved to another. Throws `not-found` or `conflict`. */
export function patientOf(state: RoomState, patientId: string) {
  const patient = Object.hasOwn(state.patients, patientId) ? state.patients[patientId] : undefined;
  if (!patient) throw notFound('patient', `Add the patient first; ${patientId} is not known here.`);
  if (patient.movedTo !== undefined) {
    throw conflict(
      `${patientId} was moved to another room.`,
      'Go on in the room the patient was moved to.',
      'moved',
    );
  }
  return patient;
}

/** `scene`, or a patient as above. */
export function assertPatientRef(state: RoomState, ref: string): void {
  if (ref !== 'scene') patientOf(state, ref);
}

/** A new id for a thing of the room, made of the number its entry will have: deciders are pure. */
export function idFor(state: RoomState, letter: string): string {
  return `${letter}${state.seq + 1}`;
}

/** Patients are numbered in order and a number is never used again, also after the patient was moved away. */
export function nextPatientId(state: RoomState): string {
  const numbers = Object.keys(state.patients).map((id) => Number(id.slice(1)));
  return `P${Math.max(0, ...numbers) + 1}`;
}
