import assert from 'node:assert/strict';
import type { Fill, Gap } from '../../signaling/protocol/manifest.ts';
import { filledGaps } from './filled-gaps.ts';

const fill = (fillId: string, from: number, to: number, errorMs = 0): Fill => ({
  ...{ fillId, from, to, errorMs, peerId: 'p1', uploadedUtc: 7, mimeType: 'video/mp4' },
  ...{ file: `fills/${fillId}`, bytes: 1, hash: 'a'.repeat(64), plain: 'b'.repeat(64) },
});
const gap: Gap = { from: 10_000, to: 20_000, cause: 'link' };
const parts = (gaps: readonly Gap[], ...fills: Fill[]) =>
  filledGaps(gaps, fills).map(({ from, to, filled }) => [from, to, filled?.fillId]);

describe('Gaps and the fills of the vehicle', () => {
  it('are filled by one file that covers them within the tolerance of its time', () => {
    assert.deepEqual(parts([gap], fill('a', 9000, 21_000)), [[10_000, 20_000, 'a']]);
    assert.deepEqual(parts([gap], fill('a', 10_250, 19_750, 150)), [[10_000, 20_000, 'a']]);
    assert.deepEqual(filledGaps([gap], [fill('a', 9000, 21_000)])[0]?.filled, { fillId: 'a', at: 7 });
  });

  it('are filled by several files together, each where it plays', () => {
    const fills = [fill('b', 13_950, 18_000), fill('c', 18_040, 22_000, 30), fill('a', 8000, 14_000)];
    assert.deepEqual(parts([gap], ...fills), [
      [10_000, 14_000, 'a'],
      [14_000, 18_000, 'b'],
      [18_000, 20_000, 'c'],
    ]);
  });

  it('stay open for the rest that no file has: before, between and behind', () => {
    assert.deepEqual(parts([gap], fill('a', 12_000, 14_000), fill('b', 16_000, 18_000)), [
      [10_000, 12_000, undefined],
      [12_000, 14_000, 'a'],
      [14_000, 16_000, undefined],
      [16_000, 18_000, 'b'],
      [18_000, 20_000, undefined],
    ]);
  });

  it('are not filled by a file beside them, however badly its time is known', () => {
    assert.deepEqual(parts([gap], fill('a', 20_000, 24_000, 10_000), fill('b', 6000, 10_000, 10_000)), [
      [10_000, 20_000, undefined],
    ]);
    assert.deepEqual(parts([gap], fill('a', 15_000, 24_000, 10_000)), [
      [10_000, 15_000, undefined],
      [15_000, 20_000, 'a'],
    ]);
  });

  it('that are no fault, or filled already, stay as they are', () => {
    const silence: Gap = { ...gap, cause: 'silence' };
    const done: Gap = { ...gap, filled: { fillId: 'first', at: 1 } };
    assert.deepEqual(filledGaps([silence, done], [fill('a', 0, 30_000)]), [silence, done]);
  });
});
