import assert from 'node:assert/strict';
import { toBase64url } from '../../../ar-annotations/frames/base64url.ts';
import { PRINT_BYTES } from '../../../ar-annotations/frames/print.ts';
import { KeptFrames } from './kept-frames.ts';

/** Far from each other for each view: bytes of a small generator that the view begins. */
const printOfView = (view: number) => {
  let state = view * 2654435761 + 12345;
  return Uint8Array.from({ length: PRINT_BYTES }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
};
const frame = (mediaMs: number, view = mediaMs / 50, bytes = 100_000) => ({
  mediaMs,
  print: printOfView(view),
  width: 3840,
  height: 2160,
  whole: new Blob([new Uint8Array(bytes)]),
  coarse: new Blob([new Uint8Array(1000)]),
});

describe('Kept frames of a camera', () => {
  it('answer the kept frame nearest to a media time, and how far it is off', () => {
    const ring = new KeptFrames();
    for (let at = 0; at <= 2000; at += 50) {
      ring.handleSeen(frame(at));
      if (at % 200 === 0) ring.handleKept(frame(at));
    }
    const found = ring.find({ mediaMs: 1330 });
    assert.equal(found?.frame.mediaMs, 1400);
    assert.equal(found?.offsetMs, 70);
    assert.equal(ring.rate, 5);
  });

  it('find a frame by its print, also one that was not kept, and say how far the kept one is off', () => {
    const ring = new KeptFrames();
    for (let at = 0; at <= 1000; at += 50) ring.handleSeen(frame(at));
    for (let at = 0; at <= 1000; at += 250) ring.handleKept(frame(at));
    const found = ring.find({ print: toBase64url(printOfView(9)) });
    assert.equal(found?.frame.mediaMs, 500);
    // 50, and half of the time between two named frames more: it was one of those, or one between them.
    assert.equal(found?.offsetMs, 75);
    assert.equal(ring.find({ print: toBase64url(new Uint8Array(PRINT_BYTES)) }), undefined);
    assert.equal(ring.find({ print: '!' }), undefined);
    assert.equal(ring.find({}), undefined);
  });

  it('answer the newest frame where nothing moves, and the nearest of equal views where something comes back', () => {
    const still = new KeptFrames();
    for (let at = 0; at <= 1000; at += 100) {
      still.handleSeen(frame(at, 1));
      if (at % 300 === 0) still.handleKept(frame(at, 1));
    }
    assert.equal(still.find({ print: toBase64url(printOfView(1)) })?.frame.mediaMs, 900);
    const loop = new KeptFrames();
    for (let at = 0; at <= 2000; at += 100) loop.handleSeen(frame(at, at % 1000));
    loop.handleKept(frame(1300, 300));
    assert.equal(loop.find({ print: toBase64url(printOfView(200)) })?.offsetMs, 150);
  });

  it('forget what is older than two seconds, but the last few where compressing is slow', () => {
    const quick = new KeptFrames();
    for (let at = 0; at <= 10_000; at += 200) {
      quick.handleSeen(frame(at));
      quick.handleKept(frame(at));
    }
    assert.ok(quick.count >= 11 && quick.count <= 13, `${quick.count} frames`);
    assert.equal(quick.find({ mediaMs: 5000 }), undefined);
    const slow = new KeptFrames();
    for (let at = 0; at <= 10_000; at += 1000) {
      slow.handleSeen(frame(at));
      slow.handleKept(frame(at));
    }
    assert.ok(slow.count >= 4 && slow.count <= 7, `${slow.count} frames`);
    assert.equal(slow.find({ mediaMs: 7400 })?.frame.mediaMs, 7000);
  });

  it('keep to their memory, however large the frames are', () => {
    const ring = new KeptFrames();
    for (let at = 0; at <= 2000; at += 200) {
      ring.handleSeen(frame(at));
      ring.handleKept(frame(at, at, 9_000_000));
    }
    assert.ok(ring.bytes < 41 * 1024 * 1024, `${ring.bytes} bytes`);
    assert.ok(ring.find({ mediaMs: 2000 }));
  });

  it('take no frame that was compressed for a ring that has been emptied meanwhile', () => {
    const ring = new KeptFrames();
    ring.handleSeen(frame(0));
    ring.clear();
    ring.handleKept(frame(0));
    assert.equal(ring.count, 0);
  });
});
