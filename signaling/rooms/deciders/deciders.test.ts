import assert from 'node:assert/strict';
import { isAppError } from '../../../platform/errors.ts';
import type { LogEntry } from '../../protocol/entry.ts';
import { evolve } from '../../protocol/evolve.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';
import type { RoomCommand, RoomCommandParams, RoomCommandResult } from '../commands.ts';
import { prepareCommit } from '../commit.ts';
import { newRoomKey } from '../entry-seal.ts';
import {
  bystander,
  crew,
  dispatcher,
  doctor,
  incident,
  joining,
  person,
  type TestPerson,
} from '../testing/people.ts';
import { type Actor, SYSTEM } from '../types.ts';
import { deciders } from './deciders.ts';

const START = Date.UTC(2026, 0, 1);
const driver = person('driver', 'crew', 'ambulances', 'unit-1');
const coordinator = person('coordinator', 'coordinator', 'heart-hospital');
const drug = { name: 'adrenaline', dose: 1, unit: 'mg', route: 'iv' };

/** A room as a fold of decisions, without any store. */
class Decided {
  state: RoomState = initialRoomState();
  readonly entries: LogEntry[] = [];
  readonly #key = newRoomKey();
  utc = START;

  constructor(...joined: TestPerson[]) {
    this.do('room.open', incident, dispatcher);
    for (const who of joined) this.do('peer.join', joining(who), who);
  }

  do<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): RoomCommandResult<C> {
    this.utc += 1000;
    const now = { at: this.utc - START, utc: this.utc };
    const { facts, result } = deciders[command](this.state, params, actor, now);
    const context = { roomId: 'room', key: this.#key, epoch: 1, now, actor: actor.principalId };
    for (const { entry } of prepareCommit(facts, { seq: this.state.seq, hash: '' }, context).open) {
      this.state = evolve(this.state, entry);
      this.entries.push(entry);
    }
    return result;
  }

  refuses<C extends RoomCommand>(code: string, command: C, params: RoomCommandParams<C>, actor: Actor): void {
    const before = this.state;
    assert.throws(
      () => this.do(command, params, actor),
      (error) => isAppError(error, code) && error.whatToDo !== undefined,
      `${command} should be refused with ${code}`,
    );
    assert.equal(this.state, before);
  }

  /** Whether a command changes nothing. */
  changesNothing<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): void {
    const { seq } = this.state;
    this.do(command, params, actor);
    assert.equal(this.state.seq, seq, `${command} should change nothing`);
  }

  lastAudience() {
    return this.entries.at(-1)?.audience;
  }
}

describe('The lead of a room', () => {
  it('is the first who treats, and a bystander never', () => {
    const room = new Decided(bystander);
    assert.equal(room.state.leadPeerId, undefined);
    room.do('peer.join', joining(crew), crew);
    room.do('peer.join', joining(coordinator), coordinator);
    assert.equal(room.state.leadPeerId, crew.peerId);
  });

  it('passes on by role when the one who has it leaves or is removed', () => {
    const room = new Decided(crew, doctor, dispatcher, coordinator);
    room.do('peer.leave', { peerId: crew.peerId, reason: 'lost' }, SYSTEM);
    assert.equal(room.state.leadPeerId, coordinator.peerId);
    room.do('room.removePeer', { peerId: coordinator.peerId }, dispatcher);
    assert.equal(room.state.leadPeerId, dispatcher.peerId);
  });

  it('passes to someone whose link is up before someone who lost it', () => {
    const room = new Decided(crew, doctor, coordinator);
    room.do('peer.link', { peerId: coordinator.peerId, link: 'lost' }, SYSTEM);
    room.do('peer.leave', { peerId: crew.peerId, reason: 'left' }, crew);
    assert.equal(room.state.leadPeerId, doctor.peerId);
  });

  it('mutes, spotlights, removes and hands over; others may not', () => {
    const room = new Decided(crew, doctor, driver);
    const mute = { peerId: driver.peerId, kind: 'audio' as const, muted: true };
    room.refuses('forbidden', 'peer.mute', mute, doctor);
    room.refuses('forbidden', 'room.removePeer', { peerId: driver.peerId }, doctor);
    room.refuses('forbidden', 'room.spotlight', { producerId: null }, doctor);
    room.refuses('forbidden', 'room.handOverLead', { toPeerId: doctor.peerId }, doctor);
    room.do('peer.mute', mute, crew);
    assert.equal(room.state.peers[driver.peerId]?.muted.audio, true);
    room.do('room.handOverLead', { toPeerId: doctor.peerId }, crew);
    room.refuses('forbidden', 'peer.mute', { ...mute, muted: false }, crew);
    room.do('room.removePeer', { peerId: driver.peerId }, doctor);
    assert.equal(room.state.peers[driver.peerId], undefined);
  });

  it('goes to nobody who does not treat', () => {
    const room = new Decided(crew, bystander);
    room.refuses('bad-request', 'room.handOverLead', { toPeerId: bystander.peerId }, crew);
    room.refuses('not-found', 'room.handOverLead', { toPeerId: 'nobody' }, crew);
  });
});

describe('Peers', () => {
  it('that come back are the same peers, and their link is back', () => {
    const room = new Decided(crew);
    room.changesNothing('peer.join', joining(crew), crew);
    room.do('peer.link', { peerId: crew.peerId, link: 'lost' }, SYSTEM);
    room.do('peer.join', joining(crew), crew);
    assert.deepEqual(room.entries.at(-1)?.events, [
      { type: 'PeerLinkBack', peerId: crew.peerId, afterMs: 1000 },
    ]);
    assert.equal(room.state.peers[crew.peerId]?.linkLostAt, undefined);
  });

  it('that come back to speak after they only watched are heard again', () => {
    const room = new Decided(crew);
    room.do('peer.setSpeaking', { peerId: crew.peerId, speaksHere: false }, SYSTEM);
    room.do('peer.join', { ...joining(crew), speaksHere: true }, crew);
    assert.equal(room.state.peers[crew.peerId]?.speaksHere, true);
  });

  it('cannot take the id of another', () => {
    const room = new Decided(crew);
    room.refuses('conflict', 'peer.join', { ...joining(bystander), peerId: crew.peerId }, bystander);
  });

  it('take their sources and the spotlight along when they leave', () => {
    const room = new Decided(crew, doctor);
    const source = { role: 'patient' as const, label: 'cabin', patientId: 'scene' };
    const cam = {
      producerId: 'cam',
      peerId: crew.peerId,
      kind: 'video' as const,
      mimeType: 'video/VP9',
      source,
    };
    room.do('source.publish', cam, crew);
    room.do('room.spotlight', { producerId: 'cam' }, crew);
    room.do('peer.leave', { peerId: crew.peerId, reason: 'left' }, crew);
    assert.deepEqual([room.state.sources, room.state.spotlight], [{}, undefined]);
    room.changesNothing('source.close', { producerId: 'cam', reason: 'stopped' }, SYSTEM);
    room.changesNothing('peer.leave', { peerId: crew.peerId, reason: 'left' }, crew);
  });
});

describe('Sources and patients', () => {
  const publish = (patientId: string, more = {}) => ({
    producerId: 'cam',
    peerId: crew.peerId,
    kind: 'video' as const,
    mimeType: 'video/VP9',
    source: { role: 'patient' as const, label: 'cabin', patientId, ...more },
  });

  it('name a patient of the room or the scene', () => {
    const room = new Decided(crew);
    room.refuses('not-found', 'source.publish', publish('P1'), crew);
    room.refuses('not-found', 'source.publish', publish('scene', { alternativeOf: 'none' }), crew);
    assert.deepEqual(room.do('patient.add', {}, crew), { patientId: 'P1' });
    room.do('source.publish', publish('P1'), crew);
    room.changesNothing('source.publish', publish('P1'), crew);
    room.refuses('not-found', 'source.change', { producerId: 'cam', patientId: 'P2' }, crew);
    room.refuses('bad-request', 'source.change', { producerId: 'cam' }, crew);
  });

  it('are changed by who publishes, or by who directs', () => {
    const room = new Decided(dispatcher, crew, doctor);
    room.do('source.publish', publish('scene'), crew);
    room.refuses('forbidden', 'source.change', { producerId: 'cam', label: 'x' }, doctor);
    room.do('source.change', { producerId: 'cam', label: 'x' }, dispatcher);
    assert.equal(room.state.sources.cam?.source.label, 'x');
  });

  it('are numbered in order, never again, also after one was moved away', () => {
    const room = new Decided(crew);
    room.do('patient.add', {}, crew);
    room.do('patient.add', {}, crew);
    room.do('patient.moveOut', { patientId: 'P2', toRoomId: 'other' }, crew);
    assert.deepEqual(room.do('patient.add', {}, crew), { patientId: 'P3' });
    room.refuses('conflict', 'drug.record', { drug, patientId: 'P2' }, crew);
  });

  it('keep the identity of one who is moved in for those who treat', () => {
    const room = new Decided(crew);
    const moved = { fromRoomId: 'other', formerPatientId: 'P4', identity: { name: 'Li Na' } };
    assert.deepEqual(room.do('patient.moveIn', moved, crew), { patientId: 'P1' });
    assert.deepEqual(room.do('patient.moveIn', moved, crew), { patientId: 'P1' });
    const naming = room.entries.filter((entry) => JSON.stringify(entry.events).includes('Li Na'));
    assert.equal(naming.length, 1);
    assert.deepEqual(naming[0]?.audience, {
      roles: ['dispatcher', 'crew', 'wearer', 'coordinator', 'specialist', 'reviewer'],
    });
  });
});

describe('Messages', () => {
  it('are receipted only by a peer who can see them, and the receipt goes to the same readers', () => {
    const room = new Decided(crew, doctor, bystander);
    const { messageId } = room.do('chat.send', { text: 'ST up', patientId: 'scene', to: 'clinical' }, doctor);
    const read = { messageIds: [messageId], state: 'read' as const };
    room.refuses('not-found', 'chat.receipt', read, bystander);
    room.refuses('forbidden', 'chat.receipt', read, doctor);
    room.do('chat.receipt', read, crew);
    assert.deepEqual(room.lastAudience(), room.entries.at(-2)?.audience);
    room.changesNothing('chat.receipt', { ...read, state: 'delivered' }, crew);
    assert.deepEqual(room.state.messages[0]?.readBy, [crew.peerId]);
  });

  it('come from peers of the room only', () => {
    const room = new Decided(crew);
    room.refuses('forbidden', 'chat.send', { text: 'hello', patientId: 'scene', to: 'room' }, doctor);
  });

  it('in one receipt for several audiences are told to each apart', () => {
    const room = new Decided(crew, doctor);
    const messageIds = (['room', 'clinical'] as const).map(
      (to) => room.do('chat.send', { text: to, patientId: 'scene', to }, doctor).messageId,
    );
    const before = room.entries.length;
    room.do('chat.receipt', { messageIds, state: 'delivered' }, crew);
    assert.equal(room.entries.length, before + 2);
  });
});

describe('Time nodes', () => {
  const at = (moment: number) => ({ node: 'on-scene' as const, patientId: 'scene', at: moment });

  it('lie neither in the future nor more than a day before the incident', () => {
    const room = new Decided(crew);
    room.refuses('bad-request', 'timeNode.set', at(room.utc + 60_000), crew);
    room.refuses('bad-request', 'timeNode.set', at(START - 25 * 3_600_000), crew);
    room.do('timeNode.set', at(START - 3_600_000), crew);
    room.changesNothing('timeNode.set', at(START - 3_600_000), crew);
    assert.deepEqual(room.state.timeNodes.length, 1);
  });

  it('of a hand-over release the units when the last patient is handed over', () => {
    const room = new Decided(crew);
    room.do('patient.add', {}, crew);
    room.do('patient.add', {}, crew);
    room.do('timeNode.set', { node: 'handed-over', patientId: 'P1' }, crew);
    assert.deepEqual(room.state.unitIds, ['unit-1']);
    room.do('timeNode.set', { node: 'handed-over', patientId: 'P2' }, crew);
    assert.deepEqual(room.state.unitIds, []);
  });

  it('of a hand-over release only the unit that handed over while another cares for the rest', () => {
    const room = new Decided(crew);
    room.do('patient.add', {}, crew);
    room.do('patient.add', {}, crew);
    room.do('room.assignUnit', { unitId: 'unit-2' }, dispatcher);
    room.do('timeNode.set', { node: 'handed-over', patientId: 'P1' }, crew);
    assert.deepEqual(room.state.unitIds, ['unit-2']);
  });
});

describe('Orders', () => {
  it('are read back by the crew, not by who gave them, before they are done', () => {
    const room = new Decided(crew, doctor, driver);
    room.do('patient.add', {}, crew);
    const { orderId } = room.do('order.give', { text: 'adrenaline 1 mg', drug, patientId: 'P1' }, doctor);
    room.refuses('conflict', 'order.close', { orderId, outcome: 'done' }, crew);
    room.refuses('forbidden', 'order.readBack', { orderId }, doctor);
    room.do('order.readBack', { orderId }, crew);
    room.changesNothing('order.readBack', { orderId }, driver);
    room.do('order.close', { orderId, outcome: 'done' }, crew);
    room.refuses('conflict', 'order.close', { orderId, outcome: 'cancelled' }, doctor);
    room.refuses('not-found', 'order.readBack', { orderId: 'none' }, crew);
    const own = room.do('order.give', { text: 'oxygen', patientId: 'P1' }, crew);
    room.refuses('forbidden', 'order.readBack', own, crew);
    room.do('order.readBack', own, driver);
  });

  it('are cancelled by who gave them or by who directs', () => {
    const room = new Decided(crew, doctor, dispatcher, driver);
    room.do('patient.add', {}, crew);
    const { orderId } = room.do('order.give', { text: 'oxygen', patientId: 'P1' }, doctor);
    room.refuses('forbidden', 'order.close', { orderId, outcome: 'cancelled' }, driver);
    room.do('order.close', { orderId, outcome: 'cancelled' }, dispatcher);
  });
});

describe('Calls for help', () => {
  it('are one call however often the key is pressed, answered from outside the unit', () => {
    const room = new Decided(crew, driver);
    const { callId } = room.do('help.call', { patientId: 'scene' }, crew);
    assert.deepEqual(room.do('help.call', { patientId: 'scene' }, crew), { callId });
    room.refuses('forbidden', 'help.answer', { callId }, crew);
    room.refuses('forbidden', 'help.answer', { callId }, driver);
    room.do('help.seen', { callId }, doctor);
    room.do('help.answer', { callId }, doctor);
    room.changesNothing('help.answer', { callId }, doctor);
    room.refuses('conflict', 'help.answer', { callId }, coordinator);
    assert.equal(room.state.help[callId]?.ended, 'answered');
    assert.ok(
      room.state.organisations.some((o) => o.organisationId === 'heart-hospital' && o.why === 'paged'),
    );
    assert.notDeepEqual(room.do('help.call', { patientId: 'scene' }, crew), { callId });
  });

  it('are cancelled by the caller or by who directs, and ring no longer', () => {
    const room = new Decided(crew, doctor);
    const { callId } = room.do('help.call', { patientId: 'scene' }, crew);
    room.refuses('forbidden', 'help.cancel', { callId }, doctor);
    room.do('help.cancel', { callId }, crew);
    room.refuses('conflict', 'help.answer', { callId }, doctor);
  });
});

describe('A closed room', () => {
  it('has let everyone and everything go, and refuses what comes after', () => {
    const room = new Decided(crew, doctor);
    const { callId } = room.do('help.call', { patientId: 'scene' }, crew);
    room.do('room.close', { reason: 'handed over' }, dispatcher);
    const { phase, peers, sources, unitIds, help } = room.state;
    assert.deepEqual(
      { phase, peers, sources, unitIds },
      { phase: 'closed', peers: {}, sources: {}, unitIds: [] },
    );
    assert.equal(help[callId]?.ended, 'room-closed');
    room.refuses('closed', 'patient.add', {}, crew);
    room.refuses('closed', 'peer.join', joining(crew), crew);
    room.refuses('closed', 'room.close', { reason: 'again' }, dispatcher);
    room.changesNothing('peer.leave', { peerId: crew.peerId, reason: 'left' }, crew);
  });

  it('cannot be opened again, and a room that was never opened knows nothing', () => {
    const room = new Decided();
    room.refuses('conflict', 'room.open', incident, dispatcher);
    const now = { at: 0, utc: START };
    assert.throws(
      () => deciders['patient.add'](initialRoomState(), {}, crew, now),
      (error) => isAppError(error, 'not-found'),
    );
  });
});

describe('Invitations', () => {
  it('carry an invitable role and an end that lies ahead', () => {
    const room = new Decided(crew);
    const invite = { inviteId: 'i1', role: 'volunteer' as const, name: 'Wang', expiresAt: START + 3_600_000 };
    room.refuses('forbidden', 'invite.create', { ...invite, role: 'admin' }, crew);
    room.refuses('bad-request', 'invite.create', { ...invite, expiresAt: START }, crew);
    room.do('invite.create', invite, crew);
    room.refuses('conflict', 'invite.create', invite, crew);
    room.do('invite.revoke', { inviteId: 'i1' }, crew);
    room.changesNothing('invite.revoke', { inviteId: 'i1' }, crew);
    room.refuses('not-found', 'invite.revoke', { inviteId: 'i2' }, crew);
  });
});

describe('The recording', () => {
  const why = { reason: 'consent was withdrawn' };

  it('is switched with actor and reason, and refuses to become what it is', () => {
    const room = new Decided(crew);
    room.refuses('conflict', 'recording.stop', why, dispatcher);
    room.do('recording.start', { reason: 'default' }, SYSTEM);
    room.refuses('conflict', 'recording.start', why, dispatcher);
    assert.deepEqual([room.state.recording?.on, room.state.recording?.by], [true, 'system']);
    room.do('recording.stop', why, dispatcher);
    const { on, by, reason } = room.state.recording ?? {};
    assert.deepEqual({ on, by, reason }, { on: false, by: dispatcher.principalId, ...why });
  });

  it('stalls and resumes once, track by track, and says what it gives up for space', () => {
    const room = new Decided(crew);
    room.changesNothing('recording.stall', { producerId: 'cam', cause: 'unknown' }, SYSTEM);
    room.changesNothing('recording.shed', { level: 'no-4k' }, SYSTEM);
    room.do('recording.start', { reason: 'default' }, SYSTEM);
    room.changesNothing('recording.resume', { producerId: 'cam', afterMs: 1 }, SYSTEM);
    room.do('recording.stall', { producerId: 'cam', cause: 'slow-disk' }, SYSTEM);
    room.changesNothing('recording.stall', { producerId: 'cam', cause: 'unknown' }, SYSTEM);
    room.do('recording.stall', { cause: 'recorder-away' }, SYSTEM);
    assert.deepEqual(Object.keys(room.state.recording?.stalled ?? {}), ['cam', 'room']);
    room.do('recording.resume', { producerId: 'cam', afterMs: 4000 }, SYSTEM);
    room.do('recording.shed', { level: 'no-overview' }, SYSTEM);
    room.changesNothing('recording.shed', { level: 'no-overview' }, SYSTEM);
    assert.deepEqual(Object.keys(room.state.recording?.stalled ?? {}), ['room']);
    assert.equal(room.state.recording?.shed, 'no-overview');
  });
});
