import assert from 'node:assert/strict';
import { p95, series } from './series.ts';

describe('figures of a benchmark', () => {
  it('are the median with its spread, in tenths', () => {
    assert.deepEqual(series('ms', [30.04, 10, 20.06]), {
      unit: 'ms',
      median: 20.1,
      min: 10,
      max: 30,
      samples: [30, 10, 20.1],
    });
  });

  it('judge by the sample that 95 % do not exceed', () => {
    assert.equal(p95(Array.from({ length: 20 }, (_, i) => 20 - i)), 19);
    assert.equal(p95([7, 3]), 7);
  });

  it('are none when nothing was measured', () => {
    assert.throws(() => series('ms', []), /no samples/);
    assert.throws(() => p95([]), /no samples/);
  });
});
