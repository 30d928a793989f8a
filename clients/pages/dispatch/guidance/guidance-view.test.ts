import assert from 'node:assert/strict';
import { CARD_IDS, type CardStanding } from '../../../../signaling/protocol/guidance.ts';
import type { GuidanceState } from '../../../../signaling/protocol/state-bystander.ts';
import { phonesOf } from '../phones.ts';
import { linkState, peerState, roomWith, UTC } from '../testing.ts';
import { cardRows, pushStanding, type Showing, showingNow } from './guidance-view.ts';
import { metronomeView, nextRate } from './metronome-view.ts';

const standing = (change: Partial<CardStanding>): CardStanding => ({
  cardId: 'burns',
  version: 3,
  guideline: 'G',
  pushable: true,
  ...change,
});
const approval = { approver: 'Dr. A', at: UTC };
const burns = (standings?: readonly CardStanding[]) =>
  cardRows(standings).find((row) => row.cardId === 'burns');

describe('A card on the dispatcher’s page', () => {
  it('has a key of its own', () => {
    const keys = cardRows(undefined).map((row) => row.key);
    assert.equal(new Set(keys).size, CARD_IDS.length);
    for (const key of keys) assert.match(key, /^\d$/);
  });

  it('stands as the server says, and is locked only where the server says so', () => {
    assert.equal(burns()?.standing, 'unknown');
    assert.equal(burns([standing({ approval })])?.standing, 'approved');
    assert.equal(burns([standing({})])?.standing, 'unapproved');
    assert.equal(burns([standing({ pushable: false })])?.standing, 'refused');
    assert.equal(burns([standing({ approval, pushable: false })])?.standing, 'refused');
  });

  it('is pushed in the version that the server knows', () => {
    assert.equal(burns([standing({})])?.version, 3);
    assert.equal(burns()?.version, 1);
  });
});

describe('What the phones show', () => {
  const second = peerState({ peerId: 'p2', principalId: 'o2', joinedAt: 20 });
  const link = linkState({ need: 'choking', openings: { o1: { state: 'open', utc: UTC } } });
  const push = (change: Partial<GuidanceState> = {}): GuidanceState => ({
    pushId: 'g1',
    cardId: 'aed',
    version: 1,
    approved: true,
    by: 'd1',
    utc: UTC,
    shownBy: [],
    ...change,
  });
  const show = (guidance: GuidanceState | undefined, peers = [peerState(), second]) => {
    const room = roomWith([link], peers, { p1: { linkId: 'l1' }, p2: { linkId: 'l1' } });
    return showingNow(guidance === undefined ? {} : { guidance }, phonesOf(room));
  };
  const standingOf = (showing: Showing | undefined) => showing && pushStanding(showing);

  it('is the card of what was chosen until one is pushed', () => {
    assert.equal(show(undefined)?.cardId, 'choking');
    assert.equal(standingOf(show(undefined)), 'by-itself');
    assert.equal(show(undefined, []), undefined);
  });

  it('is said to be shown by those phones alone that said so', () => {
    assert.equal(standingOf(show(push())), 'waiting');
    assert.equal(standingOf(show(push({ shownBy: ['p1'] }))), 'some');
    assert.equal(standingOf(show(push({ shownBy: ['p1', 'p2'] }))), 'all');
    assert.deepEqual(
      show(push({ shownBy: ['p2'] }))?.phones.map((phone) => phone.shown),
      [false, true],
    );
  });

  it('counts only the phone that was meant, and says when it is not there', () => {
    assert.equal(standingOf(show(push({ peerId: 'p1', shownBy: ['p1'] }))), 'all');
    assert.equal(standingOf(show(push({ peerId: 'p9', shownBy: ['p9'] }))), 'nobody');
  });

  it('leaves out the phone that lies on the chest', () => {
    const chest = linkState({ linkId: 'l2', use: 'chest' });
    const room = roomWith([link, chest], [peerState(), second], {
      p1: { linkId: 'l1' },
      p2: { linkId: 'l2' },
    });
    const showing = showingNow({ guidance: push({ shownBy: ['p1'] }) }, phonesOf(room));
    assert.equal(standingOf(showing), 'all');
  });
});

describe('The keys of the metronome', () => {
  it('never lead outside of 100 to 120', () => {
    assert.equal(nextRate(110, 'faster'), 112);
    assert.equal(nextRate(119, 'faster'), 120);
    assert.equal(nextRate(120, 'faster'), undefined);
    assert.equal(nextRate(101, 'slower'), 100);
    assert.equal(nextRate(100, 'slower'), undefined);
  });

  it('begin at 110 without breaths', () => {
    const view = metronomeView(undefined);
    assert.deepEqual([view.on, view.rate, view.mode], [false, 110, 'continuous']);
  });

  it('say so when the bystander stopped it because of a sign of life, until it runs again', () => {
    const stopped = { on: false, rate: 110, mode: 'continuous', source: 'bystander', at: 1 } as const;
    assert.ok(metronomeView({ ...stopped, reason: 'moves-or-breathes' }).movesOrBreathes);
    assert.ok(!metronomeView(stopped).movesOrBreathes);
    assert.ok(!metronomeView({ ...stopped, on: true, reason: 'moves-or-breathes' }).movesOrBreathes);
  });
});
