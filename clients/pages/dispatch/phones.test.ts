import assert from 'node:assert/strict';
import { factsOf, phoneInHand, phonesOf } from './phones.ts';
import { linkState, peerState, roomWith, UTC } from './testing.ts';
import { filmedByPublic } from './veil.ts';

const source = {
  producerId: 'v1',
  peerId: 'p2',
  kind: 'video' as const,
  mimeType: 'video/VP8',
  source: { role: 'patient' as const, label: 'Phone', patientId: 'scene' },
  paused: false,
  publishedAt: 20,
};

describe('The phones of the public in a room', () => {
  const opened = linkState({ openings: { o1: { state: 'live', utc: UTC } }, boundTo: 'o1' });
  const chest = linkState({ linkId: 'l2', use: 'chest', openings: { o2: { state: 'live', utc: UTC } } });
  const caller = peerState();
  const second = peerState({ peerId: 'p2', principalId: 'o2', joinedAt: 20 });
  const crew = peerState({ peerId: 'c1', principalId: 'c1', role: 'crew', joinedAt: 1 });

  it('are counted by joining and know their links, before and after the notice', () => {
    const state = roomWith([opened, chest], [second, crew, caller], { p2: { linkId: 'l2' } });
    const phones = phonesOf(state);
    assert.deepEqual(
      phones.map(({ peerId, number, link }) => [peerId, number, link?.linkId]),
      [
        ['p1', 1, 'l1'],
        ['p2', 2, 'l2'],
      ],
    );
  });

  it('are taken in hand by the picture that is shown, else by filming, never the one on the chest first', () => {
    const state = roomWith([opened, chest], [caller, second]);
    const phones = phonesOf(state);
    assert.equal(phoneInHand(phones, 'p2')?.peerId, 'p2');
    assert.equal(phoneInHand(phones, 'c1')?.peerId, 'p1');
    const filming = phonesOf({ ...state, sources: { v1: source } });
    assert.equal(phoneInHand(filming, undefined)?.peerId, 'p2');
    const chestFirst = roomWith([opened, chest], [caller, { ...second, joinedAt: 1 }]);
    assert.equal(phoneInHand(phonesOf(chestFirst), undefined)?.peerId, 'p1');
    assert.equal(phoneInHand([], undefined), undefined);
  });

  it('say only what was said, and what is wrong before what is well', () => {
    const state = roomWith([opened], [{ ...caller, link: 'lost' }], {
      p1: { visible: false, sound: 'blocked', battery: { level: 0.1, charging: false }, wakeLock: 'held' },
    });
    const [phone] = phonesOf(state);
    assert(phone);
    assert.deepEqual(
      factsOf(phone, false).map(({ name, value, tone }) => [name, value, tone]),
      [
        ['link', 'lost', 'bad'],
        ['visible', 'no', 'bad'],
        ['sound', 'blocked', 'warn'],
        ['battery', 'level', 'bad'],
      ],
    );
    const [well] = phonesOf(
      roomWith([opened], [caller], { p1: { battery: { level: 0.1, charging: true } } }),
    );
    assert(well);
    assert.equal(factsOf(well, false)[0]?.tone, 'plain');
    assert.equal(factsOf(well, true)[0]?.value, 'silent');
  });

  it('are blurred, and so is a picture of someone who is not known; those of the crew are not', () => {
    const state = roomWith([], [caller, crew]);
    assert.equal(filmedByPublic(state, 'p1'), true);
    assert.equal(filmedByPublic(state, 'gone'), true);
    assert.equal(filmedByPublic(state, 'c1'), false);
  });
});
