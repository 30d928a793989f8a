import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAppError } from '../../platform/errors.ts';
import type { Principal } from '../people/types.ts';
import { roomAccess } from '../people/visibility.ts';
import { evolve } from '../protocol/evolve.ts';
import { childrenOf, openingOf } from '../protocol/openings.ts';
import { initialRoomState, type RoomState } from '../protocol/state.ts';
import type { RoomCommand, RoomCommandParams } from '../rooms/commands.ts';
import { deciders } from '../rooms/deciders/deciders.ts';
import { MAX_CHILDREN, MAX_OPENINGS } from '../rooms/deciders/links.ts';
import { type Actor, SYSTEM } from '../rooms/types.ts';

const OFFICE: Actor = { principalId: 'desk', peerId: 'desk-peer', role: 'dispatcher' };
const LINKS = ['k1', 'k2', 'k1-a', 'k1-b', 'k1-c'];
const BROWSERS = Array.from({ length: MAX_OPENINGS + 2 }, (_, index) => `o${index}`);

/** A room as its owner keeps it, without a store: what is refused changes nothing. */
class Bench {
  state: RoomState = initialRoomState();

  run<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): boolean {
    try {
      const now = { at: this.state.seq, utc: this.state.seq };
      for (const { audience, events } of deciders[command](this.state, params, actor, now).facts) {
        if (events.length === 0) continue;
        const entry = { v: 1 as const, seq: this.state.seq + 1, epoch: 1, ...now, actor: actor.principalId };
        this.state = evolve(this.state, { ...entry, audience, events: [...events] });
      }
      return true;
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
  }
}

const guest = (openingId: string, linkId: string): Principal => ({
  principalId: openingId,
  kind: 'guest',
  name: 'Guest',
  organisationId: 'centre',
  organisationName: 'Centre',
  roles: ['bystander'],
  roomId: 'r1',
  linkId,
  mustChangePassword: false,
});

/** Joins only whom the door would let in, as the live connection does. */
function join(bench: Bench, openingId: string): void {
  const found = openingOf(bench.state.bystander, openingId);
  if (!found || roomAccess(guest(openingId, found.link.linkId), bench.state) !== 'member') return;
  const peer = { peerId: `p-${openingId}`, principalId: openingId, role: 'bystander' as const };
  const joined = { ...peer, organisationId: 'centre', name: 'Guest', speaksHere: false };
  bench.run('peer.join', joined, { ...peer });
}

const step = fc.record({
  what: fc.constantFrom(
    'add',
    'open',
    'open',
    'join',
    'live',
    'admit',
    'refuse',
    'end',
    'release',
    'replace',
  ),
  link: fc.constantFrom(...LINKS),
  browser: fc.constantFrom(...BROWSERS),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(bench: Bench, { what, link, browser }: Step): void {
  // A browser opens one link: its principal is that opening.
  const openingId = `${link}-${browser}`;
  const peerId = `p-${openingId}`;
  const self: Actor = { principalId: openingId, peerId, role: 'bystander' };
  switch (what) {
    case 'add': {
      const parent = link.startsWith('k1-') ? { parentLinkId: 'k1' } : {};
      const by = 'parentLinkId' in parent ? boundOf(bench.state, 'k1') : OFFICE;
      const made = { use: 'camera', need: 'none', helpers: 'unknown', language: 'en', expiresAt: 1 } as const;
      bench.run('link.add', { ...made, linkId: link, ...parent }, by);
      return;
    }
    case 'open':
      bench.run('link.open', { linkId: link, openingId }, SYSTEM);
      return;
    case 'join':
      join(bench, openingId);
      return;
    case 'live':
      bench.run('link.goLive', {}, self);
      return;
    case 'admit':
    case 'refuse':
      bench.run('link.answer', { linkId: link, openingId, admitted: what === 'admit' }, OFFICE);
      return;
    case 'release':
      bench.run('bystander.release', { peerId }, OFFICE);
      return;
    default:
      bench.run('link.end', { linkId: link, reason: what === 'end' ? 'revoked' : 'replaced' }, OFFICE);
  }
}

function boundOf({ bystander }: RoomState, linkId: string): Actor {
  const openingId = bystander.links[linkId]?.boundTo ?? 'nobody';
  return { principalId: openingId, peerId: `p-${openingId}`, role: 'bystander' };
}

function check({ state }: Bench): void {
  for (const link of Object.values(state.bystander.links)) {
    const openings = Object.entries(link.openings);
    const live = openings.filter(([, opening]) => opening.state === 'live').map(([id]) => id);
    assert.deepEqual(
      live,
      link.boundTo === undefined ? [] : [link.boundTo],
      'one is live, the one it is bound to',
    );
    assert.ok(openings.length <= MAX_OPENINGS);
    assert.ok(childrenOf(state.bystander, link.linkId).length <= MAX_CHILDREN);
    const admitted = openings
      .map(([id]) => id)
      .filter((id) => roomAccess(guest(id, link.linkId), state) === 'member');
    if (link.ended !== undefined) assert.deepEqual(admitted, [], 'an ended link admits nobody');
    else if (link.boundTo !== undefined) assert.deepEqual(admitted, [link.boundTo]);
  }
  for (const { principalId, role } of Object.values(state.peers)) {
    if (role !== 'bystander') continue;
    const found = openingOf(state.bystander, principalId);
    assert.ok(
      found && roomAccess(guest(principalId, found.link.linkId), state) === 'member',
      'who sits here may',
    );
  }
}

describe('openings of links', () => {
  it('admit one at most once bound, nobody once ended, and let nobody else sit in the room', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const bench = new Bench();
        const room = { incidentId: 'i1', title: 'x', drill: false, organisations: ['centre'] };
        bench.run('room.open', room, OFFICE);
        for (const each of steps) {
          take(bench, each);
          check(bench);
        }
        bench.run('room.close', { reason: 'over' }, OFFICE);
        for (const link of Object.values(bench.state.bystander.links)) assert.notEqual(link.ended, undefined);
        check(bench);
      }),
      { numRuns: 300 },
    );
  });

  it('of another link count for nothing, also with the right id', () => {
    const bench = new Bench();
    bench.run('room.open', { incidentId: 'i1', title: 'x', drill: false, organisations: [] }, OFFICE);
    take(bench, { what: 'add', link: 'k1', browser: 'o0' });
    take(bench, { what: 'open', link: 'k1', browser: 'o0' });
    assert.equal(roomAccess(guest('k1-o0', 'k1'), bench.state), 'member');
    assert.equal(roomAccess(guest('k1-o0', 'k2'), bench.state), 'none');
    assert.equal(roomAccess(guest('constructor', 'k1'), bench.state), 'none');
  });
});
