import assert from 'node:assert/strict';
import { evolve } from '../../protocol/evolve.ts';
import type { SmsState } from '../../protocol/sms.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';
import type { RoomCommand, RoomCommandParams } from '../commands.ts';
import { type Actor, type FactGroup, SYSTEM } from '../types.ts';
import { deciders } from './deciders.ts';

const DESK: Actor = { principalId: 'desk', peerId: 'p-desk', role: 'dispatcher' };
const PHONE: Actor = { principalId: 'o1', peerId: 'p-1', role: 'bystander' };
const LINK = {
  linkId: 'k1',
  use: 'camera',
  need: 'arrest',
  helpers: 'two',
  language: 'en',
  phone: '+8613800000000',
  expiresAt: 900_000,
} as const;

class Room {
  state: RoomState = initialRoomState();

  /** Decides and folds; answers the facts. */
  run<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): readonly FactGroup[] {
    const now = { at: 0, utc: this.state.seq * 1000 };
    const facts = deciders[command](this.state, params, actor, now).facts.filter(
      ({ events }) => events.length > 0,
    );
    for (const { audience, events } of facts) {
      const entry = { v: 1 as const, seq: this.state.seq + 1, epoch: 1, ...now, actor: actor.principalId };
      this.state = evolve(this.state, { ...entry, audience, events: [...events] });
    }
    return facts;
  }

  get link() {
    const link = this.state.bystander.links.k1;
    assert.ok(link);
    return link;
  }
}

function openRoom(): Room {
  const room = new Room();
  room.run('room.open', { incidentId: 'i1', title: 'x', drill: false, organisations: ['centre'] }, DESK);
  room.run('link.add', LINK, DESK);
  return room;
}

/** With a phone that has joined. */
function withPhone(): Room {
  const room = openRoom();
  room.run('link.open', { linkId: 'k1', openingId: 'o1' }, SYSTEM);
  const joined = { peerId: 'p-1', principalId: 'o1', role: 'bystander' } as const;
  room.run('peer.join', { ...joined, organisationId: 'centre', name: 'x', speaksHere: false }, PHONE);
  return room;
}

describe('decisions about links', () => {
  it('take reports of a message in whatever order they come, and write news alone', () => {
    const room = openRoom();
    const told = (state: SmsState, messageId = 'm1', failure?: 'provider-away' | 'absent') =>
      room.run('link.deliver', { linkId: 'k1', messageId, state, ...(failure ? { failure } : {}) }, SYSTEM)
        .length === 1;
    assert.ok(told('queued'), 'before the sending itself is stated');
    room.run('link.sent', { linkId: 'k1', messageId: 'm1', way: 'sms' }, DESK);
    assert.equal(room.run('link.sent', { linkId: 'k1', messageId: 'm1', way: 'sms' }, DESK).length, 0);
    assert.ok(told('queued', 'm1', 'provider-away'));
    assert.ok(told('sent'));
    assert.ok(!told('sent'), 'twice');
    assert.ok(told('unknown'), 'nobody knows, after a restart');
    assert.ok(!told('sent'), 'late');
    assert.ok(told('failed', 'm1', 'absent'));
    assert.ok(told('delivered'), 'the phone was switched on');
    assert.ok(!told('failed', 'm1', 'absent'));
    assert.ok(!told('delivered', 'm0'), 'a message that was sent before');
    const { delivery, deliveredUtc } = room.link;
    assert.equal(delivery?.state, 'delivered');
    assert.equal(deliveredUtc, delivery?.utc);
  });

  it('tell the number and the openings to the centre, and their ends to whom they concern', () => {
    const room = withPhone();
    const added = new Room();
    added.run('room.open', { incidentId: 'i1', title: 'x', drill: false, organisations: [] }, DESK);
    const centre = { roles: ['dispatcher', 'coordinator'] };
    assert.deepEqual(
      added.run('link.add', LINK, DESK).map(({ audience }) => audience),
      [centre],
    );
    const released = room.run('bystander.release', { peerId: 'p-1' }, DESK);
    assert.deepEqual(
      released.map(({ audience, events }) => [audience, events.map(({ type }) => type)]),
      [
        [{ ...centre, peers: ['p-1'] }, ['BystanderReleased']],
        [{ ...centre, peers: ['p-1'] }, ['LinkEnded']],
        ['everyone', ['PeerLeft']],
      ],
    );
  });

  it('end a link once, and not as unopened when somebody has opened it', () => {
    const room = withPhone();
    assert.equal(room.run('link.end', { linkId: 'k1', reason: 'unopened' }, SYSTEM).length, 0);
    assert.equal(room.run('link.end', { linkId: 'k1', reason: 'revoked' }, DESK).length, 2);
    assert.equal(room.run('link.end', { linkId: 'k1', reason: 'released' }, DESK).length, 0);
    assert.equal(room.link.ended, 'revoked');
    assert.throws(() => room.run('link.open', { linkId: 'k1', openingId: 'o9' }, SYSTEM), { code: 'closed' });
    assert.throws(() => room.run('link.goLive', {}, PHONE), { code: 'forbidden' }, 'no peer any more');
  });

  it('release also who has lost the link, and nobody who did not come by one', () => {
    const room = withPhone();
    room.run('notice.accept', { version: 1, language: 'en' }, PHONE);
    room.run('peer.leave', { peerId: 'p-1', reason: 'lost' }, SYSTEM);
    assert.ok(room.run('bystander.release', { peerId: 'p-1' }, DESK).length > 0);
    assert.equal(room.link.ended, 'released');
    assert.equal(room.run('bystander.release', { peerId: 'p-1' }, DESK).length, 0);
    for (const peerId of ['p-desk', 'constructor', 'nobody']) {
      assert.throws(() => room.run('bystander.release', { peerId }, DESK), { code: 'bad-request' });
    }
  });

  it('take the notice and the going live from a guest of a link alone, each notice anew', () => {
    const room = withPhone();
    const joined = { peerId: 'p-2', principalId: 'x', role: 'relative' } as const;
    const relative: Actor = { ...joined };
    room.run('peer.join', { ...joined, organisationId: 'o', name: 'x', speaksHere: false }, relative);
    const accept = { version: 1, language: 'en' } as const;
    assert.throws(() => room.run('notice.accept', accept, relative), { code: 'forbidden' });
    assert.throws(() => room.run('link.goLive', {}, relative), { code: 'forbidden' });
    assert.equal(room.run('notice.accept', accept, PHONE).length, 1);
    assert.equal(room.run('notice.accept', accept, PHONE).length, 1);
    assert.equal(room.state.bystander.pages['p-1']?.noticeVersion, 1);
  });

  it('answer only who asks', () => {
    const room = withPhone();
    const answer = (openingId: string, admitted = true) =>
      room.run('link.answer', { linkId: 'k1', openingId, admitted }, DESK);
    assert.throws(() => answer('o1'), { code: 'conflict' });
    assert.throws(() => answer('o9'), { code: 'not-found' });
    assert.throws(() => answer('constructor'), { code: 'not-found' });
    room.run('link.goLive', {}, PHONE);
    room.run('link.open', { linkId: 'k1', openingId: 'o2', browser: 'Safari' }, SYSTEM);
    assert.equal(room.link.openings.o2?.browser, 'Safari');
    answer('o2');
    assert.equal(answer('o2').length, 0);
    assert.equal(room.link.boundTo, 'o2');
    assert.equal(room.state.peers['p-1'], undefined);
  });
});
