import assert from 'node:assert/strict';
import type { RoomEvent } from '../protocol/events.ts';
import { evolve } from '../protocol/evolve.ts';
import { ROLES, type Role } from '../protocol/roles.ts';
import { initialRoomState, type RoomState } from '../protocol/state.ts';
import type { Principal, RoomAccess } from './types.ts';
import { roleFor, roomAccess, sourcesFor } from './visibility.ts';

function stateOf(...events: readonly RoomEvent[]): RoomState {
  const created: RoomEvent = {
    type: 'RoomCreated',
    incidentId: 'i1',
    title: 'Chest pain',
    drill: false,
    organisations: ['receiving'],
    unitId: 'unit1',
    createdBy: 'p0',
  };
  return [created, ...events].reduce(
    (state, event, index) =>
      evolve(state, {
        v: 1,
        seq: index + 1,
        epoch: 1,
        at: index,
        utc: index,
        actor: 'system',
        audience: 'everyone',
        events: [event],
      }),
    initialRoomState(),
  );
}

const admitted = (organisationId: string, why: 'receiving' | 'guiding' | 'paged'): RoomEvent => ({
  type: 'OrganisationAdmitted',
  organisationId,
  why,
  by: 'p0',
});
const drill = { ...stateOf(), drill: true };

function person(roles: readonly Role[], more: Partial<Principal> = {}): Principal {
  return {
    principalId: 'me',
    kind: 'person',
    name: 'Me',
    organisationId: 'elsewhere',
    organisationName: 'Elsewhere',
    organisationKind: 'hospital',
    roles,
    operatesUnits: [],
    mustChangePassword: false,
    ...more,
  };
}
const device = (unitId: string, more: Partial<Principal> = {}) =>
  person(['crew'], { kind: 'device', unitId, organisationKind: 'unit-operator', ...more });
const guest = (inviteId: string) =>
  person(['relative'], { kind: 'guest', inviteId, roomId: 'r1', organisationKind: undefined });
const centre = { organisationKind: 'centre' } as const;
const invited: RoomEvent = {
  type: 'InviteCreated',
  inviteId: 'inv1',
  role: 'relative',
  name: 'Daughter',
  expiresAt: 9,
  by: 'p0',
};

type Row = [string, Principal, RoomState, ReturnType<RoomAccess>, Role | undefined];
const TABLE: Row[] = [
  [
    'a dispatcher of the centre sees every room',
    person(['dispatcher'], centre),
    stateOf(),
    'member',
    'dispatcher',
  ],
  ['a drill is visible like any room', person(['dispatcher'], centre), drill, 'member', 'dispatcher'],
  ['a drill is hidden like any room', person(['specialist']), drill, 'none', undefined],
  ['an admin of the centre sees none', person(['admin'], centre), stateOf(), 'none', undefined],
  ['an auditor of the centre sees none', person(['auditor'], centre), stateOf(), 'none', undefined],
  [
    'a reviewer works on recordings, not in rooms',
    person(['reviewer'], centre),
    stateOf(),
    'none',
    undefined,
  ],
  ['a machine is no peer', person(['service'], centre), stateOf(), 'none', undefined],
  [
    'a room that was never opened is nothing',
    person(['dispatcher'], centre),
    initialRoomState(),
    'none',
    undefined,
  ],
  ['the unit of the room sees it', device('unit1'), stateOf(), 'member', 'crew'],
  ['another unit does not', device('unit2'), stateOf(), 'none', undefined],
  [
    'nor another unit whose operator is in the room',
    device('unit2', { organisationId: 'receiving' }),
    stateOf(),
    'none',
    undefined,
  ],
  [
    'a released unit sees it no more',
    device('unit1'),
    stateOf({ type: 'UnitReleased', unitId: 'unit1', by: 'p0' }),
    'none',
    undefined,
  ],
  [
    'crew of the unit’s operator see it',
    person(['crew'], { operatesUnits: ['unit1'] }),
    stateOf(),
    'member',
    'crew',
  ],
  [
    'crew of another operator do not',
    person(['crew'], { operatesUnits: ['unit2'] }),
    stateOf(),
    'none',
    undefined,
  ],
  [
    'the receiving hospital sees it',
    person(['specialist'], { organisationId: 'receiving' }),
    stateOf(),
    'member',
    'specialist',
  ],
  [
    'with its observers',
    person(['observer'], { organisationId: 'receiving' }),
    stateOf(),
    'member',
    'observer',
  ],
  ['a hospital that was not asked does not', person(['specialist']), stateOf(), 'none', undefined],
  [
    'a specialist of a guiding hospital does',
    person(['specialist']),
    stateOf(admitted('elsewhere', 'guiding')),
    'member',
    'specialist',
  ],
  [
    'a specialist of a paged organisation does',
    person(['specialist']),
    stateOf(admitted('elsewhere', 'paged')),
    'member',
    'specialist',
  ],
  ['its observers do not', person(['observer']), stateOf(admitted('elsewhere', 'paged')), 'none', undefined],
  [
    'a duty doctor elsewhere may break the glass',
    person(['coordinator']),
    stateOf(),
    'break-glass',
    undefined,
  ],
  [
    'and is a member after it',
    person(['coordinator', 'observer']),
    stateOf({ type: 'GlassBroken', principalId: 'me', reason: 'Alone on duty' }),
    'member',
    'coordinator',
  ],
  [
    'which makes nobody else one',
    person(['specialist']),
    stateOf({ type: 'GlassBroken', principalId: 'other', reason: 'Alone on duty' }),
    'none',
    undefined,
  ],
  [
    'a device never breaks the glass',
    device('unit2', { roles: ['coordinator'] }),
    stateOf(),
    'none',
    undefined,
  ],
  ['a guest sees the room of the invitation', guest('inv1'), stateOf(invited), 'member', 'relative'],
  ['and no other', guest('inv2'), stateOf(invited), 'none', undefined],
  [
    'nor after it was taken back',
    guest('inv1'),
    stateOf(invited, { type: 'InviteRevoked', inviteId: 'inv1', by: 'p0' }),
    'none',
    undefined,
  ],
];

describe('visibility of rooms', () => {
  for (const [what, principal, state, access, role] of TABLE) {
    it(what, () => {
      assert.equal(roomAccess(principal, state), access);
      assert.equal(roleFor(principal, state), role);
    });
  }

  it('gives the wanted role only to who has it, and the leading one to who asks for none', () => {
    const doctor = person(['specialist', 'coordinator', 'admin'], centre);
    assert.equal(roleFor(doctor, stateOf()), 'coordinator');
    assert.equal(roleFor(doctor, stateOf(), 'specialist'), 'specialist');
    assert.equal(roleFor(doctor, stateOf(), 'admin'), undefined);
    assert.equal(roleFor(doctor, stateOf(), 'dispatcher'), undefined);
  });

  it('never grants a role that the principal does not have, nor any to who is no member', () => {
    for (const wanted of ROLES) {
      for (const [, principal, state, access] of TABLE) {
        const role = roleFor(principal, state, wanted);
        assert.ok(role === undefined || (principal.roles.includes(role) && access === 'member'));
      }
    }
  });

  it('lets onlookers, reviewers and administrators publish nothing, and nobody but those at the patient a patient', () => {
    const silent: Role[] = ['observer', 'reviewer', 'admin', 'auditor'];
    for (const role of silent) assert.deepEqual(sourcesFor(role), []);
    assert.deepEqual(sourcesFor('bystander'), ['patient', 'overview', 'voice']);
    for (const role of ['dispatcher', 'coordinator'] as const)
      assert.ok(sourcesFor(role).includes('demonstration'));
    assert.ok(sourcesFor('crew').includes('monitor'));
    assert.ok(sourcesFor('wearer').includes('glasses'));
    assert.ok(!sourcesFor('specialist').includes('patient'));
  });
});
