import assert from 'node:assert/strict';
import { type KeptPhoto, MOST_BYTES, MOST_KEPT, openPhotoStore, overBounds } from './kept-photos.ts';

const photo = (utc: number, size = 1): KeptPhoto => ({
  photoId: `p${utc}`,
  openingId: 'o',
  photo: Object.defineProperty(new Blob([]), 'size', { value: size }),
  utc,
});

describe('Photos kept over a reload', () => {
  it('are the newest, few enough and small enough together', () => {
    const many = Array.from({ length: MOST_KEPT + 2 }, (_, n) => photo(n + 1));
    assert.deepEqual(overBounds(many, 100), ['p1', 'p2']);
    assert.deepEqual(overBounds([photo(1), photo(2, MOST_BYTES), photo(3)], 100), ['p1', 'p2']);
    assert.deepEqual(overBounds([photo(1), photo(2)], 100), []);
  });

  it('are of one day', () => {
    assert.deepEqual(overBounds([photo(1), photo(86_400_000)], 86_400_002), ['p1']);
  });

  it('are none in a browser without the store, which changes nothing else', async () => {
    const store = openPhotoStore('o');
    await store.keep({ photoId: 'p', photo: new Blob([]) });
    await store.forget('p');
    assert.deepEqual(await store.all(), []);
  });
});
