import assert from 'node:assert/strict';
import { freshnessOf, type PictureFacts } from './freshness.ts';

const shown: PictureFacts = {
  kind: 'video',
  paused: false,
  rung: '1080',
  frameAgeMs: 30,
  stillAgeMs: undefined,
};

describe('freshness of a picture', () => {
  it('is live up to 1.5 s, shows its age up to 3 s, and is then not live', () => {
    assert.equal(freshnessOf({ ...shown, frameAgeMs: 1500 }), 'live');
    assert.equal(freshnessOf({ ...shown, frameAgeMs: 1501 }), 'aging');
    assert.equal(freshnessOf({ ...shown, frameAgeMs: 3000 }), 'aging');
    assert.equal(freshnessOf({ ...shown, frameAgeMs: 3001 }), 'not-live');
  });

  it('waits before the first frame', () => {
    assert.equal(freshnessOf({ ...shown, frameAgeMs: undefined }), 'waiting');
    assert.equal(freshnessOf({ ...shown, frameAgeMs: undefined, rung: 'still' }), 'waiting');
  });

  it('calls a still a still, and not live when none comes any more', () => {
    const still: PictureFacts = { ...shown, rung: 'still', frameAgeMs: 9000 };
    assert.equal(freshnessOf({ ...still, stillAgeMs: 900 }), 'still');
    assert.equal(freshnessOf({ ...still, stillAgeMs: 3100 }), 'not-live');
    assert.equal(freshnessOf({ ...shown, frameAgeMs: 4000, stillAgeMs: 500 }), 'still');
  });

  it('shows no picture where there is none to show', () => {
    assert.equal(freshnessOf({ ...shown, kind: 'audio' }), 'none');
    assert.equal(freshnessOf({ ...shown, paused: true }), 'none');
    assert.equal(freshnessOf({ ...shown, rung: 'audio' }), 'none');
  });
});
