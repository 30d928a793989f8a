import assert from 'node:assert/strict';
import fc from 'fast-check';
import { frameAt, headAt } from '../testing/camera.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import { PRINT_BYTES, printDistance, printOf } from './print.ts';

describe('the print of a frame', () => {
  it('is nearly the same after scaling, other light and coding noise, and another one after a turn of the head', () => {
    for (let ms = 0; ms < 4000; ms += 130) {
      const own = printOf(frameAt(headAt(ms)));
      const seen = printOf(frameAt(headAt(ms), { seed: ms }));
      assert.equal(own.length, PRINT_BYTES);
      const { x, y } = headAt(ms);
      const turned = printOf(frameAt({ x: x + 0.15, y }, { seed: ms }));
      assert.ok(printDistance(own, seen) < 0.4, `${printDistance(own, seen)} for the same frame`);
      assert.ok(printDistance(own, turned) > 1, `${printDistance(own, turned)} for another`);
    }
  });

  it('does not blow up the noise of a plain picture', () => {
    const plain = (seed: number) => ({
      width: 320,
      height: 180,
      luma: Uint8Array.from({ length: 320 * 180 }, (_, n) => 100 + ((n * seed) % 3)),
    });
    assert.ok(printDistance(printOf(plain(7)), printOf(plain(13))) < 0.3);
  });

  it('is made of any picture, and of none', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.uint8Array({ maxLength: 400 }), (width, height, luma) => {
        assert.equal(printOf({ width, height, luma }).length, PRINT_BYTES);
      }),
    );
  });

  it('has no distance to what is no print', () => {
    const print = printOf(frameAt(headAt(0)));
    assert.equal(printDistance(print, print), 0);
    assert.equal(printDistance(print, new Uint8Array(3)), Number.POSITIVE_INFINITY);
  });
});

describe('base64url', () => {
  it('says the same as the one of Node, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = toBase64url(bytes);
        assert.equal(text, Buffer.from(bytes).toString('base64url'));
        assert.deepEqual(fromBase64url(text), bytes);
      }),
    );
  });

  it('refuses what is none', () => {
    for (const text of ['a', 'ab=c', 'ä', 'a b', 'AAAA+']) assert.equal(fromBase64url(text), undefined);
    fc.assert(fc.property(fc.string(), (text) => fromBase64url(text) !== null));
  });
});
