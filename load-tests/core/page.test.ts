import assert from 'node:assert/strict';
import { series } from '../bench/types.ts';
import { groupsOf, type Share, sharesSvg, sharesTable, triedTable, verdictOf } from './page.ts';

const shares: readonly Share[] = [
  { part: 'kernel: receiving the publisher', percent: series('percent', [10, 12, 11]) },
  { part: 'kernel: system call and its copies', percent: series('percent', [50, 52, 49]) },
  { part: 'SRTP: cipher and its library', percent: series('percent', [20, 18, 22]) },
  { part: 'worker: talking to Node', percent: series('percent', [20, 18, 18]) },
];

describe('The page of a core', () => {
  it('sums what belongs to the kernel and to the worker', () => {
    assert.deepEqual(groupsOf(shares), { kernel: 61, worker: 18 });
  });

  it('draws a bar for each part and writes a row for each', () => {
    const svg = sharesSvg(shares, 'title');
    assert.equal(svg.match(/fill="#(0b5cad|7a4b9d|c2570c)"/g)?.length, shares.length);
    assert.match(sharesTable(shares), /\| SRTP: cipher and its library \| 20 % \(18 to 22\) \|/);
  });

  it('says that a variant pays only when it saved something in every round', () => {
    assert.equal(verdictOf(series('percent', [3, 1, 2])), 'yes');
    assert.equal(verdictOf(series('percent', [3, -1, 2])), 'no');
    assert.equal(verdictOf(series('percent', [-3, -1, -2])), 'costs');
    assert.equal(verdictOf(series('percent', [0, 0, 0])), '');
    const one = series('µs', [5.72], 2);
    const row = { cost: one, core: series('percent', [80]), delay: series('ms', [1.2]), lost: 0 };
    assert.match(
      triedTable([{ ...row, name: 'sends in batches', saved: series('percent', [40]) }]),
      /\| sends in batches \| 5.72 µs \(5.72 to 5.72\) \| 40 % \(40 to 40\) \| yes \|/,
    );
  });
});
