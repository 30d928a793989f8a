import assert from 'node:assert/strict';
import { ClientError } from '../../core/errors.ts';
import { ManualClock } from '../../core/testing/manual-clock.ts';
import type { KeptPhoto, PhotoStore } from './kept-photos.ts';
import { Photos } from './photos.ts';

/** As the browser's own, in memory. */
class MemoryStore implements PhotoStore {
  readonly kept = new Map<string, KeptPhoto>();
  async keep(photo: Omit<KeptPhoto, 'openingId' | 'utc'>): Promise<void> {
    this.kept.set(photo.photoId, { ...photo, openingId: 'o', utc: this.kept.size });
  }
  async forget(photoId: string): Promise<void> {
    this.kept.delete(photoId);
  }
  async all(): Promise<readonly KeptPhoto[]> {
    return [...this.kept.values()];
  }
}

const settled = () => new Promise(setImmediate);

describe('Photos on their way', () => {
  const setUp = (store = new MemoryStore()) => {
    const clock = new ManualClock();
    const sent: string[] = [];
    const refusals: ClientError[] = [];
    const photos = new Photos(
      async (photoId, _photo, askId) => {
        sent.push(`${photoId} ${askId ?? ''}`);
        const refusal = refusals.shift();
        if (refusal) throw refusal;
      },
      clock,
      store,
    );
    const states = () => photos.states.value.map(({ state }) => state);
    return { clock, sent, refusals, photos, states, store };
  };

  it('go one after the other, each under one id with what it answers', async () => {
    const { photos, sent, states } = setUp();
    const both = Promise.all([photos.add(new Blob(['a']), 'ask'), photos.add(new Blob(['b']))]);
    assert.deepEqual(states(), ['sending', 'waiting']);
    assert.deepEqual(await both, [true, true]);
    assert.deepEqual(states(), ['sent', 'sent']);
    assert.equal(sent.length, 2);
    assert.ok(sent[0]?.endsWith(' ask'));
  });

  it('are kept under the same id until the recorder is back, and wait longer each time', async () => {
    const { photos, sent, states, refusals, clock } = setUp();
    refusals.push(ClientError.offline('photo'), new ClientError('store-unavailable', 'away'));
    const added = photos.add(new Blob(['a']));
    await settled();
    assert.deepEqual(states(), ['waiting']);
    clock.advance(1000);
    await settled();
    clock.advance(1999);
    await settled();
    assert.equal(sent.length, 2);
    photos.hurry();
    assert.equal(await added, true);
    assert.equal(new Set(sent).size, 1);
    assert.equal(clock.pending, 0);
  });

  it('are given up when they are refused for good, and say so', async () => {
    const { photos, states, refusals } = setUp();
    refusals.push(new ClientError('too-large', 'too large'));
    assert.equal(await photos.add(new Blob(['a'])), false);
    assert.deepEqual(states(), ['refused']);
    assert.equal(await photos.add(new Blob(['b'])), true);
  });

  it('are kept until they were sent, and sent by the page after a reload under the same ids', async () => {
    const before = setUp();
    before.refusals.push(ClientError.offline('photo'));
    const lost = before.photos.add(new Blob(['a']), 'ask');
    await settled();
    before.photos.close();
    assert.equal(await lost, false);
    const after = setUp(before.store);
    await after.photos.resume();
    await after.photos.resume();
    await settled();
    assert.deepEqual(after.sent, before.sent);
    assert.deepEqual(after.states(), ['sent']);
    assert.equal(before.store.kept.size, 0);
  });

  it('do not stay on the phone once the link is over', async () => {
    const { photos, refusals, store } = setUp();
    refusals.push(ClientError.offline('photo'));
    const added = photos.add(new Blob(['a']));
    await settled();
    photos.drop();
    assert.equal(await added, false);
    assert.equal(store.kept.size, 0);
  });

  it('answer nothing more once the page is closed', async () => {
    const { photos, refusals, clock } = setUp();
    refusals.push(ClientError.offline('photo'));
    const added = photos.add(new Blob(['a']));
    await settled();
    photos.close();
    assert.equal(await added, false);
    assert.equal(clock.pending, 0);
  });
});
