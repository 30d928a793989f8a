import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { QualityFinder, shareOf } from './budget.ts';
import { CHUNK_BYTES, chunksOf, PIECE_BYTES_MAX, readChunk, tagOf } from './framing.ts';
import { coarseSize, cutFrame } from './tiles.ts';

const head = {
  tag: tagOf('fetch'),
  piece: 3,
  pieces: 25,
  areaPieces: 4,
  rect: { x: 640, y: 544, width: 640, height: 544 },
};

describe('Chunks of a still', () => {
  it('come back as they were cut, each within 16 KiB', () => {
    void fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 70_000 }), fc.nat(1000), (jpeg, first) => {
        const messages = chunksOf(head, jpeg, first);
        assert.ok(messages.every(({ length }) => length <= CHUNK_BYTES));
        const back = new Uint8Array(jpeg.length);
        for (const [index, message] of messages.entries()) {
          const chunk = readChunk(message);
          assert.ok(chunk);
          assert.equal(chunk.number, first + index);
          assert.deepEqual(
            {
              tag: chunk.tag,
              piece: chunk.piece,
              pieces: chunk.pieces,
              areaPieces: chunk.areaPieces,
              rect: chunk.rect,
            },
            head,
          );
          assert.equal(chunk.length, jpeg.length);
          back.set(chunk.bytes, chunk.offset);
        }
        assert.deepEqual(back, jpeg);
      }),
      { numRuns: 40 },
    );
  });

  it('are not read from anything else, whatever it claims', () => {
    const [good = new Uint8Array()] = chunksOf(head, new Uint8Array(100), 0);
    assert.ok(readChunk(good));
    for (const [at, value] of [
      [0, 2],
      [1, 1],
      [11, 25],
      [13, 3],
      [15, 25],
      [20, 0],
      [27, 1],
      [31, 101],
    ] as const) {
      const bad = good.slice();
      bad[at] = value;
      if (at === 20) bad[21] = 0;
      assert.equal(readChunk(bad), undefined, `byte ${at}`);
    }
    assert.equal(readChunk(good.subarray(0, good.length - 1)), undefined);
    assert.equal(readChunk(new Uint8Array(CHUNK_BYTES + 1).fill(1)), undefined);
    void fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readChunk(bytes)));
    assert.throws(() => chunksOf(head, new Uint8Array(PIECE_BYTES_MAX + 1), 0), RangeError);
    assert.throws(() => chunksOf(head, new Uint8Array(), 0), RangeError);
  });
});

describe('Tiles of a still', () => {
  const size = fc.integer({ min: 1, max: 8000 });
  const point = fc.record({
    x: fc.double({ min: -1, max: 2, noNaN: true }),
    y: fc.double({ min: -1, max: 2, noNaN: true }),
  });

  it('cover the frame once, begin on 16 pixels, and those under the pen come first', () => {
    void fc.assert(
      fc.property(size, size, point, (width, height, at) => {
        const { tiles, area } = cutFrame(width, height, at);
        assert.equal(
          tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0),
          width * height,
        );
        for (const tile of tiles) {
          assert.ok(tile.x % 16 === 0 && tile.y % 16 === 0);
          assert.ok(tile.x + tile.width <= width && tile.y + tile.height <= height);
        }
        assert.ok(area >= 1 && area <= Math.min(9, tiles.length));
        const px = Math.min(width - 1, Math.max(0, at.x * width));
        const py = Math.min(height - 1, Math.max(0, at.y * height));
        const under = tiles.findIndex(
          ({ x, y, width: w, height: h }) => px >= x && px < x + w && py >= y && py < y + h,
        );
        assert.ok(under >= 0 && under < area, `tile ${under} of ${area}`);
      }),
      { numRuns: 300 },
    );
  });

  it('are 24 in a 4K frame, at most four of them under the pen, and the coarse picture is 800 wide', () => {
    const { tiles, area } = cutFrame(3840, 2160, { x: 0.5, y: 0.5 });
    assert.equal(tiles.length, 24);
    assert.ok(area <= 4);
    assert.deepEqual(coarseSize(3840, 2160), { width: 800, height: 450 });
    assert.deepEqual(coarseSize(640, 360), { width: 640, height: 360 });
  });
});

describe('The budget of a still', () => {
  const pixels = 640 * 540;

  it('keeps a 4K frame within 5 s at 2 Mbit/s, and gives a fast link all it can see', () => {
    const thin = { elapsedMs: 400, rate: 190_000, queuedBytes: 0, pixelsLeft: 24 * pixels };
    assert.ok(shareOf(pixels, thin) * 24 <= 190_000 * 4);
    assert.ok(shareOf(pixels, thin) > 25_000);
    assert.ok(shareOf(pixels, { ...thin, rate: 5_000_000 }) > 150_000);
    assert.ok(shareOf(pixels, { ...thin, rate: 1000, elapsedMs: 60_000 }) > 10_000);
  });

  it('finds the quality that fits, for easy and for difficult pictures', () => {
    void fc.assert(
      fc.property(fc.double({ min: 0.3, max: 4, noNaN: true }), (difficulty) => {
        const share = 35_000;
        const size = (quality: number) => 45_000 * difficulty * (quality / 0.7) ** 1.8;
        const finder = new QualityFinder();
        let bytes = 0;
        for (let tile = 0; tile < 8; tile += 1) {
          bytes = size(finder.quality);
          finder.handleTile(bytes, share);
        }
        const fits = bytes < share * 1.25 || finder.quality === 0.3;
        assert.ok(fits, `${Math.round(bytes)} bytes at ${finder.quality}`);
        assert.ok(bytes > share * 0.7 || finder.quality === 0.92, `${Math.round(bytes)} bytes`);
      }),
    );
  });
});
