import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CHUNK_ROOM, chunksOf, HEADER_BYTES, type PieceHead, tagOf } from './framing.ts';
import { jpegSize } from './jpeg-size.ts';
import { PieceCollector } from './piece-collector.ts';

const FRAME = { width: 1280, height: 720 };
const tag = tagOf('fetch');
const whole = { x: 0, y: 0, ...FRAME };
const tile = { x: 640, y: 368, width: 640, height: 352 };
const head = (over: Partial<Omit<PieceHead, 'length'>> = {}) => ({
  ...{ tag, piece: 1, pieces: 3, areaPieces: 1, rect: tile },
  ...over,
});
const bytes = (length: number) => new Uint8Array(length).fill(7);

/** The first chunks of the coarse picture stand at 0. */
function begun(): PieceCollector {
  const collector = new PieceCollector(tag, FRAME);
  const [first = new Uint8Array()] = chunksOf(head({ piece: 0, rect: whole }), bytes(100), 0);
  assert.notEqual(collector.handleMessage(first), 'damaged');
  return collector;
}

describe('Pieces from a device that may lie', () => {
  it('are put together in any order, with the size that their JPEG must have', () => {
    const messages = [
      ...chunksOf(head({ piece: 0, rect: whole }), bytes(100), 0),
      ...chunksOf(head(), bytes(2 * CHUNK_ROOM + 5), 1),
      ...chunksOf(head({ piece: 2, rect: { ...tile, x: 0 } }), bytes(9), 4),
    ];
    void fc.assert(
      fc.property(fc.shuffledSubarray(messages, { minLength: messages.length }), (order) => {
        const collector = new PieceCollector(tag, FRAME);
        const done = order.flatMap((message) => {
          const taken = collector.handleMessage(message);
          assert.notEqual(taken, 'damaged');
          return typeof taken === 'object' ? [taken] : [];
        });
        assert.ok(collector.isComplete);
        assert.equal(collector.areaLeft, 0);
        const sizes = done
          .sort((a, b) => a.index - b.index)
          .map(({ size, jpeg }) => [size.width, jpeg.length]);
        assert.deepEqual(sizes, [
          [800, 100],
          [640, 2 * CHUNK_ROOM + 5],
          [640, 9],
        ]);
      }),
    );
  });

  it('are passed over when they belong to another fetch or are no chunks at all', () => {
    const collector = begun();
    const [other = new Uint8Array()] = chunksOf(head({ tag: tagOf('another') }), bytes(9), 1);
    assert.equal(collector.handleMessage(other), undefined);
    assert.equal(collector.handleMessage(bytes(300)), undefined);
  });

  it('end the fetch when they lie outside the frame, contradict each other, or run far ahead', () => {
    const lies: readonly (readonly [string, Omit<PieceHead, 'length'>, number])[] = [
      ['outside', head({ rect: { ...tile, x: 641 } }), 1],
      ['a coarse picture of a part', head({ piece: 0, rect: tile }), 1],
      ['another count', head({ pieces: 4 }), 1],
      ['another area', head({ areaPieces: 2 }), 1],
      ['a piece twice', head({ piece: 0, rect: whole }), 1],
      ['far ahead', head(), 1000],
    ];
    for (const [what, lie, number] of lies) {
      const [message = new Uint8Array()] = chunksOf(lie, bytes(50), number);
      assert.equal(begun().handleMessage(message), 'damaged', what);
    }
    const collector = begun();
    const [first = new Uint8Array()] = chunksOf(head(), bytes(CHUNK_ROOM + 9), 1);
    const [, second = new Uint8Array()] = chunksOf(
      head({ rect: { ...tile, x: 0 } }),
      bytes(CHUNK_ROOM + 9),
      1,
    );
    assert.equal(collector.handleMessage(first), 'taken');
    assert.equal(collector.handleMessage(second), 'damaged');
  });

  it('never throw, whatever bytes come', () => {
    const [good = new Uint8Array()] = chunksOf(head(), bytes(40), 1);
    void fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(HEADER_BYTES - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const message = good.slice();
        for (const [at, value] of changes) message[at] = value;
        begun().handleMessage(message);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('The size that a JPEG says', () => {
  const jpeg = (height: number, width: number, before: readonly number[] = []) =>
    Uint8Array.from([
      ...[0xff, 0xd8, ...before, 0xff, 0xc2, 0, 17, 8],
      ...[height >> 8, height & 255, width >> 8, width & 255, 3, 0, 0, 0],
    ]);

  it('is read behind other segments and fill bytes', () => {
    assert.deepEqual(jpegSize(jpeg(2160, 3840)), { width: 3840, height: 2160 });
    assert.deepEqual(jpegSize(jpeg(1, 2, [0xff, 0xe0, 0, 4, 9, 9, 0xff])), { width: 2, height: 1 });
  });

  it('is undefined for anything else, and never an error', () => {
    assert.equal(jpegSize(Uint8Array.from([0x89, 0x50])), undefined);
    assert.equal(jpegSize(jpeg(1, 1, [0xff, 0xe0, 0, 1])), undefined);
    assert.equal(jpegSize(jpeg(1, 1, [0xff, 0xe0, 0xff, 0xff])), undefined);
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
        jpegSize(Uint8Array.from([0xff, 0xd8, ...noise]));
      }),
    );
  });
});
