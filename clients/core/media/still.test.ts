import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CHUNK_BYTES, StillAssembler, splitStill } from './still.ts';
import { nextStillSize, STILL_BYTES, STILL_LINES } from './still-sender.ts';

const still = (length: number) => ({
  jpeg: new Uint8Array(length).map((_, i) => i % 251),
  width: 640,
  height: 360,
  ageMs: 40,
});

describe('stills over the data channel', () => {
  it('come back whole in any order of chunks, whatever is repeated', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 }), fc.infiniteStream(fc.nat()), (length, numbers) => {
        const sent = still(length);
        const chunks = splitStill(1, sent);
        assert.ok(chunks.every((chunk) => chunk.length <= CHUNK_BYTES));
        const shuffled = [...chunks, ...chunks.slice(1)].map((chunk) => ({
          chunk,
          at: numbers.next().value ?? 0,
        }));
        shuffled.sort((a, b) => a.at - b.at);
        const assembler = new StillAssembler();
        const whole = shuffled
          .map(({ chunk }) => assembler.handleChunk(chunk.buffer))
          .filter((s) => s !== undefined);
        assert.equal(whole.length, 1);
        assert.deepEqual(whole[0], sent);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('never show an older picture after a newer, nor one with a missing chunk', () => {
    const assembler = new StillAssembler();
    const old = splitStill(1, still(40_000));
    const fresh = splitStill(2, still(40_000));
    for (const chunk of old.slice(1)) assert.equal(assembler.handleChunk(chunk.buffer), undefined);
    const shown = fresh.map((chunk) => assembler.handleChunk(chunk.buffer)).filter((s) => s !== undefined);
    assert.equal(shown.length, 1);
    const [missing] = old;
    assert.ok(missing);
    assert.equal(assembler.handleChunk(missing.buffer), undefined);
  });

  it('survive whatever else arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const copy = new Uint8Array(bytes);
        const made = new StillAssembler().handleChunk(copy.buffer);
        assert.ok(made === undefined || made.jpeg.length > 0);
      }),
      { seed: 5 },
    );
  });

  it('refuse a picture of more than 1 MiB', () => {
    assert.throws(() => splitStill(1, still(1_100_000)), RangeError);
  });

  it('shrink at once when one did not leave in time, and grow only after five that did', () => {
    assert.equal(nextStillSize(2, false, 0, 4000), 1);
    assert.equal(nextStillSize(0, false, 0, 4000), 0);
    assert.equal(nextStillSize(1, true, 4, 4000), 1);
    assert.equal(nextStillSize(1, true, 5, 4000), 2);
    assert.equal(nextStillSize(STILL_LINES.length - 1, true, 9, 4000), STILL_LINES.length - 1);
  });

  it('never stay heavier than the narrowest viewer is promised', () => {
    assert.equal(nextStillSize(2, true, 9, STILL_BYTES + 1), 1);
    assert.equal(nextStillSize(1, true, 9, STILL_BYTES), 1);
    assert.equal(nextStillSize(1, true, 9, STILL_BYTES / 2), 2);
  });
});
