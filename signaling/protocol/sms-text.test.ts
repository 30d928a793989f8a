import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SEGMENT_UNITS, smsSegments } from './sms-text.ts';

describe('smsSegments', () => {
  it('counts a text of the 7-bit alphabet in septets, of which some signs take two', () => {
    assert.deepEqual(smsSegments('@£[€').segments, [[0, 1, 0x1b, 0x3c, 0x1b, 0x65]]);
    assert.equal(smsSegments('a'.repeat(160)).segments.length, 1);
    assert.equal(smsSegments(`${'a'.repeat(159)}€`).segments.length, 2);
    assert.equal(smsSegments('a'.repeat(306)).segments.length, 2);
    assert.equal(smsSegments('a'.repeat(307)).segments.length, 3);
  });

  it('counts every other text in UTF-16, of 70 units or parts of 67', () => {
    assert.deepEqual(smsSegments('急').segments, [[0x6025]]);
    assert.equal(smsSegments('急'.repeat(70)).segments.length, 1);
    assert.equal(smsSegments('急'.repeat(71)).segments.length, 2);
    assert.equal(smsSegments('a'.repeat(71), 'ucs2').segments.length, 2);
  });

  it('never cuts inside a sign, loses none, and keeps every part within its room', () => {
    const sign = fc.oneof(fc.constantFrom('a', '€', '{'), fc.constantFrom('急', '🚑'));
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 500 }), (signs) => {
        const { alphabet, segments } = smsSegments(signs.join(''));
        const { alone, part } = SEGMENT_UNITS[alphabet];
        for (const codes of segments) {
          assert.ok(codes.length <= (segments.length === 1 ? alone : part));
          const last = codes.at(-1) ?? 0;
          assert.ok(alphabet === 'gsm7' ? last !== 0x1b : last < 0xd800 || last > 0xdbff);
        }
        if (alphabet === 'ucs2') assert.equal(String.fromCharCode(...segments.flat()), signs.join(''));
      }),
    );
  });
});
