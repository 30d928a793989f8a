/** People of a test room, as actors and as viewers of it. */
import type { Viewer } from '../../protocol/audience.ts';
import type { Role } from '../../protocol/roles.ts';
import type { Actor, NewRoom, RoomAddress } from '../types.ts';

export interface TestPerson extends Viewer, Omit<Actor, keyof Viewer> {
  readonly peerId: string;
  readonly name: string;
}

export function person(name: string, role: Role, organisationId: string, unitId?: string): TestPerson {
  return {
    principalId: name,
    peerId: `peer-${name}`,
    role,
    organisationId,
    name,
    ...(unitId === undefined ? {} : { unitId }),
  };
}

export const crew = person('crew', 'crew', 'ambulances', 'unit-1');
export const doctor = person('doctor', 'specialist', 'heart-hospital');
export const dispatcher = person('dispatcher', 'dispatcher', 'centre');
export const bystander = person('bystander', 'bystander', 'public');
export const people = [crew, doctor, dispatcher, bystander];

export const incident: NewRoom = {
  incidentId: 'incident-1',
  title: 'Chest pain, North Road',
  drill: false,
  organisations: ['centre', 'ambulances'],
  unitId: 'unit-1',
};

/** The command by which a person joins. */
export function joining(who: TestPerson) {
  const { role, name, principalId, organisationId, peerId, unitId } = who;
  return { role, name, principalId, organisationId, peerId, speaksHere: true, ...(unitId ? { unitId } : {}) };
}

export async function join(room: RoomAddress, ...all: TestPerson[]): Promise<void> {
  for (const who of all) await room.execute('peer.join', joining(who), who);
}
