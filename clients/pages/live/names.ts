/** Names, patients and times out of the state of a room. Pure. */
import type { RoomState } from '../../../signaling/protocol/state.ts';

/** The name behind a peer id or a principal id; facts use both. Undefined for who has never been here. */
export function nameOf(state: RoomState, id: string): string | undefined {
  const peer = state.peers[id];
  if (peer !== undefined) return peer.name;
  return Object.values(state.peers).find((each) => each.principalId === id)?.name;
}

/** UTC milliseconds of a moment in room time. */
export function utcOf(state: RoomState, at: number): number {
  return state.anchor.utc + (at - state.anchor.at);
}

/** Patients that are still in this room, in the order of their numbers. */
export function patientIds(state: RoomState): readonly string[] {
  return Object.entries(state.patients)
    .filter(([, patient]) => patient.movedTo === undefined)
    .map(([id]) => id)
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
}

/** Patients who went on to another incident's room. */
export function movedIds(state: RoomState): readonly string[] {
  return Object.keys(state.patients).filter((id) => state.patients[id]?.movedTo !== undefined);
}

/** The name or, before one is known, the description of a patient. */
export function patientName(state: RoomState, patientId: string): string | undefined {
  const patient = state.patients[patientId];
  return patient?.identity?.name ?? patient?.description;
}

/** `P1 · 王建国`, or `P1` alone; undefined for the scene, which pages put into words. */
export function patientTitle(state: RoomState, patientId: string): string | undefined {
  if (patientId === 'scene') return undefined;
  const name = patientName(state, patientId);
  return name === undefined ? patientId : `${patientId} · ${name}`;
}

/** The patient that new facts are about when nobody says: the only one, else the first. */
export function defaultPatient(state: RoomState): string {
  return patientIds(state)[0] ?? 'scene';
}
