import assert from 'node:assert/strict';
import type { ChestReading } from '../../core/cpr/chest.ts';
import { ChestSum } from './chest.ts';

const reading = (timeMs: number, rate: number | null, pausedMs = 0): ChestReading => ({
  timeMs,
  rate,
  pausedMs,
  confidence: rate === null ? 0 : 0.9,
  depthMm: rate === null ? null : 52,
});

describe('The sum of what a phone on the chest measured', () => {
  it('counts compressions, their mean rate and hands off', () => {
    const sum = new ChestSum();
    for (let at = 0; at <= 60_000; at += 500) sum.add(reading(at, 110), at);
    for (let at = 60_500; at <= 70_000; at += 500) sum.add(reading(at, null, at - 60_000), at);
    assert.deepEqual(sum.take(70_000), {
      source: 'chest',
      fromUtc: 0,
      toUtc: 70_000,
      measuredMs: 70_000,
      handsOffMs: 10_000,
      rate: 110,
      compressions: 110,
    });
  });

  it('holds nothing of unsure time, nor of time in which the page slept', () => {
    const sum = new ChestSum();
    sum.add(reading(0, null), 0);
    sum.add(reading(5000, null), 5000);
    assert.equal(sum.take(5000), undefined);
    sum.add(reading(60_000, 100), 60_000);
    assert.equal(sum.take(60_000)?.measuredMs, 1000);
  });

  it('begins anew after it was taken', () => {
    const sum = new ChestSum();
    sum.add(reading(0, 100), 0);
    sum.add(reading(500, 100), 500);
    assert.equal(sum.take(500)?.measuredMs, 500);
    assert.equal(sum.take(900), undefined);
  });
});
