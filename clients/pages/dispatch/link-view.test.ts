import assert from 'node:assert/strict';
import { actionsOf, askingOf, headlineOf, linksInOrder, mainLink, progressOf, sinceOf } from './link-view.ts';
import { phonesOf } from './phones.ts';
import { linkState, peerState, roomWith, UTC } from './testing.ts';

const sent = { messageId: 'm1', way: 'sms' as const, utc: UTC + 1000 };

describe('The link above the picture', () => {
  it('is the one that is live, else the newest that runs, else the newest of all', () => {
    const old = linkState({ linkId: 'old', ended: 'replaced' });
    const first = linkState({ linkId: 'first', createdUtc: UTC + 1, boundTo: 'o1' });
    const newer = linkState({ linkId: 'newer', createdUtc: UTC + 2 });
    const chest = linkState({ linkId: 'chest', createdUtc: UTC + 3, use: 'chest', parentLinkId: 'first' });
    assert.equal(mainLink(roomWith([old, first, newer, chest], []))?.linkId, 'first');
    assert.equal(mainLink(roomWith([old, newer, chest], []))?.linkId, 'newer');
    assert.equal(mainLink(roomWith([old], []))?.linkId, 'old');
    assert.equal(mainLink(roomWith([], [])), undefined);
    assert.deepEqual(
      linksInOrder(roomWith([old, first, newer], [])).map(({ linkId }) => linkId),
      ['newer', 'first', 'old'],
    );
  });

  it('tells its state in one word, and since when', () => {
    const word = (change: Parameters<typeof linkState>[0]) => {
      const link = linkState(change);
      return headlineOf(link, progressOf(roomWith([link], []), link, [], UTC + 60_000));
    };
    assert.equal(word({}), 'unsent');
    assert.equal(word({ phone: '+8613800138000' }), 'sending');
    const delivered = { phone: '+8613800138000', sent, deliveredUtc: UTC + 3000 };
    assert.equal(word(delivered), 'delivered');
    const failed = { messageId: 'm1', state: 'failed' as const, failure: 'bad-number' as const, utc: UTC };
    assert.equal(word({ phone: '+8613800138000', sent, delivery: failed }), 'failed');
    assert.equal(word({ ...delivered, ended: 'unopened' }), 'ended');
    const link = linkState(delivered);
    assert.equal(sinceOf(link, progressOf(roomWith([link], []), link, [], UTC + 60_000)), UTC + 3000);
  });

  it('is judged by the page it is bound to, not by another browser of the same link', () => {
    const link = linkState({
      openedUtc: UTC,
      boundTo: 'o2',
      openings: { o1: { state: 'open', utc: UTC }, o2: { state: 'live', utc: UTC } },
    });
    const peers = [peerState(), peerState({ peerId: 'p2', principalId: 'o2', joinedAt: 20 })];
    const state = roomWith([link], peers, { p1: { camera: 'refused' }, p2: { camera: 'live' } });
    assert.deepEqual(progressOf(state, link, phonesOf(state), UTC + 1).hints, []);
  });

  it('offers only what is of use now', () => {
    const free = linkState({ phone: '+8613800138000' });
    assert.deepEqual(actionsOf(free), { resend: true, show: true, revoke: true, again: false });
    assert.deepEqual(actionsOf(linkState({ boundTo: 'o1', phone: '+8613800138000' })), {
      resend: false,
      show: false,
      revoke: true,
      again: false,
    });
    const over = { resend: false, show: false, revoke: false, again: true };
    assert.deepEqual(actionsOf(linkState({ ended: 'revoked' })), over);
    assert.deepEqual(actionsOf(linkState({ ended: 'unopened' })), { ...over, show: true, again: false });
  });

  it('lists who asks to be let in, the first first, and nobody of a link that has ended', () => {
    const asking = (utc: number) => ({ state: 'asking' as const, utc, browser: 'Safari' });
    const link = linkState({ openings: { o3: asking(UTC + 5), o2: asking(UTC + 1) } });
    assert.deepEqual(
      askingOf(roomWith([link], [])).map(({ openingId }) => openingId),
      ['o2', 'o3'],
    );
    assert.deepEqual(askingOf(roomWith([{ ...link, ended: 'revoked' }], [])), []);
  });
});
