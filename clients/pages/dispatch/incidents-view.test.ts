import assert from 'node:assert/strict';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { ASK_KEYS, KEY_HELP, PANEL_KEYS } from './dispatch-keys.ts';
import { dispatchPath, hasPublic, neighbour, orderIncidents } from './incidents-view.ts';

const room = (roomId: string, createdUtc: number, change: Partial<RoomSummary> = {}): RoomSummary => ({
  roomId,
  incidentId: roomId,
  title: roomId,
  drill: false,
  createdUtc,
  peers: [],
  patients: [],
  pictures: 0,
  unitIds: [],
  access: 'member',
  ...change,
});

describe('Open incidents', () => {
  const ringing = room('ringing', 1, { ringing: { callId: 'h1', sinceUtc: 1, fromName: 'Door 7' } });
  const rooms = [
    room('old', 2),
    ringing,
    room('new', 3, { pictures: 0 }),
    room('glass', 9, { access: 'break-glass' }),
  ];

  it('are in an order that pictures do not change, with what rings on top', () => {
    const ids = (list: readonly RoomSummary[]) => list.map(({ roomId }) => roomId);
    assert.deepEqual(ids(orderIncidents(rooms)), ['ringing', 'new', 'old']);
    assert.deepEqual(ids(orderIncidents([room('old', 2, { pictures: 3 }), room('new', 3)])), ['new', 'old']);
  });

  it('are walked by one key up and one down', () => {
    const list = orderIncidents(rooms);
    assert.equal(neighbour(list, undefined, 1), 'ringing');
    assert.equal(neighbour(list, undefined, -1), 'old');
    assert.equal(neighbour(list, 'ringing', 1), 'new');
    assert.equal(neighbour(list, 'old', 1), undefined);
    assert.equal(neighbour([], 'old', 1), undefined);
    assert.equal(dispatchPath('r1'), '/dispatch/r1');
    assert.equal(dispatchPath(), '/dispatch');
  });

  it('say whether a member of the public is there', () => {
    const peer = { organisationId: 'o', name: 'n' };
    assert.equal(hasPublic(room('r', 1, { peers: [{ ...peer, role: 'bystander' }] })), true);
    assert.equal(hasPublic(room('r', 1, { peers: [{ ...peer, role: 'crew' }] })), false);
  });
});

describe('The keyboard map', () => {
  it('names no key twice, and every key of phones and panels', () => {
    const names = KEY_HELP.flatMap(([keys]) => keys.split(/ {2}/));
    assert.equal(new Set(names).size, names.length);
    for (const key of Object.keys({ ...ASK_KEYS, ...PANEL_KEYS }))
      assert(names.includes(key.toUpperCase()), key);
  });
});
