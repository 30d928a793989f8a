import assert from 'node:assert/strict';
import {
  boundFor,
  coveredMs,
  overBound,
  parcelsFor,
  safePieces,
  sentPieces,
  spanOf,
  unclear,
} from './plan.ts';
import type { Outgoing, Piece } from './records.ts';

const shared = { roomId: 'room', principalId: 'crew', errorMs: 5, mimeType: 'video/mp4', bytes: 1000 };
/** A file of 4 s, the nth of its source. */
function piece(n: number, more: Partial<Piece> = {}): Piece {
  const times = { from: n * 4000, to: (n + 1) * 4000, writtenUtc: (n + 1) * 4000 };
  return {
    ...shared,
    pieceId: `p${n}`,
    producerId: 'cot',
    streamId: 'one',
    at: n * 4000 + 7,
    ...times,
    ...more,
  };
}
function sent(numbers: readonly number[], state: Outgoing['state'] = 'sent'): Outgoing {
  const times = { from: (numbers[0] ?? 0) * 4000, to: ((numbers.at(-1) ?? 0) + 1) * 4000, errorMs: 5 };
  const start = { fillId: 'f', producerId: 'cot', ...times, mimeType: 'video/mp4', bytes: 1, sha256: '0' };
  const pieceIds = numbers.map((n) => `p${n}`);
  const about = { roomId: 'room', producerId: 'cot', principalId: 'crew', writtenUtc: 0 };
  return { ...about, start, pieceIds, state };
}
const missing = (from: number, to: number, producerId = 'cot') => ({ producerId, from, to });
const ids = (pieces: readonly Piece[]) => pieces.map(({ pieceId }) => pieceId);

describe('Which kept files are sent', () => {
  const five = [0, 1, 2, 3, 4].map((n) => piece(n));

  it('are those that overlap what is missing, as one where they follow each other', () => {
    const [parcel, ...others] = parcelsFor(five, [missing(5000, 13_000)], []);
    assert.deepEqual(ids(parcel?.pieces ?? []), ['p1', 'p2', 'p3']);
    assert.deepEqual(others, []);
  });

  it('are none for an overlap that is the rounding of two clocks', () => {
    assert.deepEqual(parcelsFor(five, [missing(3990, 4030)], []), []);
  });

  it('are split where one does not follow the other, or is encoded otherwise', () => {
    const torn = [piece(0), piece(1, { at: 4400 }), piece(2, { streamId: 'two' })];
    const parcels = parcelsFor(torn, [missing(0, 12_000)], []);
    assert.deepEqual(
      parcels.map(({ pieces }) => ids(pieces)),
      [['p0'], ['p1'], ['p2']],
    );
  });

  it('are dated together by the one that was least late, since their distances are exact', () => {
    const dated = [
      piece(0, { from: 300, to: 4300, errorMs: 400 }),
      piece(1, { errorMs: 3 }),
      piece(2, { from: 8020, to: 12_020 }),
    ];
    const [parcel] = parcelsFor(dated, [missing(1000, 12_000)], []);
    assert.ok(parcel);
    assert.deepEqual(spanOf(parcel), { from: 0, to: 12_000, errorMs: 3 });
  });

  it('never mix sources', () => {
    const two = [piece(0), piece(0, { pieceId: 'voice0', producerId: 'voice', streamId: 'other' })];
    const parcels = parcelsFor(two, [missing(0, 4000), missing(0, 4000, 'voice')], []);
    assert.deepEqual(parcels.map(({ producerId }) => producerId).sort(), ['cot', 'voice']);
  });

  it('are not sent twice, however long the gap goes on being listed', () => {
    assert.deepEqual(parcelsFor(five, [missing(5000, 7000)], [sent([1])]), []);
    assert.deepEqual(parcelsFor(five, [missing(5000, 7000)], [sent([1], 'ready')]), []);
    assert.equal(parcelsFor(five, [missing(5000, 9000)], [sent([1])]).length, 1);
  });

  it('wait while the gap reaches beyond the newest file of a source that is being kept', () => {
    const range = [missing(17_000, 21_000)];
    assert.deepEqual(parcelsFor(five, range, [], new Map([['cot', 20_000]])), []);
    assert.equal(parcelsFor([...five, piece(5)], range, [], new Map([['cot', 24_000]])).length, 1);
    assert.equal(parcelsFor(five, range, []).length, 1, 'nothing more will come of an earlier page');
  });
});

describe('Which kept files are let go', () => {
  const five = [0, 1, 2, 3, 4].map((n) => piece(n));

  it('are those well behind what is durable and not missing', () => {
    const durable = new Map([['cot', 70_000]]);
    assert.deepEqual(ids(safePieces(five, [], [], durable)), ['p0', 'p1']);
    assert.deepEqual(ids(safePieces(five, [missing(1000, 2000)], [], durable)), ['p1']);
    assert.deepEqual(ids(safePieces(five, [missing(1000, 2000)], [sent([0])], durable)), ['p0', 'p1']);
    assert.deepEqual(safePieces(five, [], [], new Map()), [], 'nothing is known of the source');
  });

  it('are those within a file that was sent, not one on its way or refused', () => {
    assert.deepEqual(ids(sentPieces(five, [sent([1, 2])])), ['p1', 'p2']);
    assert.deepEqual(sentPieces(five, [sent([1, 2], 'ready'), sent([0], 'refused')]), []);
  });

  it('are asked about when nobody will tell of them, once the recorder knows its gaps', () => {
    const range = [missing(0, 4000)];
    const parcels = parcelsFor(five, range, []);
    assert.deepEqual(ids(unclear(five, parcels, range, 80_001)), ['p1', 'p2', 'p3', 'p4']);
    assert.deepEqual(ids(unclear(five, parcels, range, 70_000)), ['p1']);
  });

  it('are the oldest beyond the bound in bytes, and those beyond the bound in age', () => {
    const age = 1_000_000;
    assert.deepEqual(ids(overBound(five, { bytes: 3000, ageMs: age }, 20_000)), ['p0', 'p1']);
    assert.deepEqual(overBound(five, { bytes: 5000, ageMs: age }, 20_000), []);
    assert.deepEqual(ids(overBound(five, { bytes: 5000, ageMs: 10_000 }, 20_000)), ['p0', 'p1']);
  });

  it('keep to 4 GiB, or to a fifth of what the browser grants', () => {
    assert.equal(boundFor(undefined), 4 * 1024 ** 3);
    assert.equal(boundFor(1e12), 4 * 1024 ** 3);
    assert.equal(boundFor(1e9), 2e8);
  });
});

describe('How much is kept', () => {
  it('counts time that several sources cover once, and rooms apart', () => {
    const at = (roomId: string, from: number, to: number) => ({ roomId, from, to });
    assert.equal(coveredMs([at('a', 0, 4000), at('a', 1000, 6000), at('a', 2000, 3000)]), 6000);
    assert.equal(coveredMs([at('a', 0, 4000), at('b', 0, 4000), at('a', 9000, 10_000)]), 9000);
    assert.equal(coveredMs([]), 0);
  });
});
