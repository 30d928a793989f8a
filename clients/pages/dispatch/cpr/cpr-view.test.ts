import assert from 'node:assert/strict';
import { CPR_MARKS } from '../../../../signaling/protocol/events-bystander.ts';
import { NO_FLAGS } from '../../../core/cpr/alarms.ts';
import type { CprReading } from '../../../core/cpr/measure.ts';
import { clockText, curvePoints, fractionOf, MARK_KEYS, wordOf } from './cpr-view.ts';

const reading = (change: Partial<CprReading>): CprReading => ({
  timeMs: 0,
  phase: 'compressing',
  rate: 110,
  confidence: 1,
  pausedMs: 0,
  handsOffMs: 0,
  measuredMs: 0,
  compressions: 0,
  curve: [],
  curveHz: 16,
  ...change,
});

describe('the panel of compressions', () => {
  it('says one thing, the worst first', () => {
    assert.equal(wordOf(undefined, NO_FLAGS), 'no-video');
    assert.equal(wordOf(reading({ rate: null, phase: 'unsure' }), NO_FLAGS), 'unsure');
    assert.equal(wordOf(reading({ rate: null, phase: 'paused', pausedMs: 3000 }), NO_FLAGS), 'paused');
    const paused = { ...NO_FLAGS, paused: true };
    assert.equal(wordOf(reading({ rate: null, phase: 'paused', pausedMs: 11_000 }), paused), 'paused-long');
    assert.equal(wordOf(reading({ rate: 130 }), { ...NO_FLAGS, 'too-fast': true }), 'too-fast');
    assert.equal(wordOf(reading({ rate: 90 }), { ...NO_FLAGS, 'too-slow': true }), 'too-slow');
    assert.equal(wordOf(reading({}), NO_FLAGS), 'right');
  });

  it('says "not sure" rather than a rate that was not measured, even while compressing', () => {
    assert.equal(wordOf(reading({ rate: null }), { ...NO_FLAGS, 'too-fast': true }), 'unsure');
  });

  it('has a key for every mark of the contract', () => {
    assert.deepEqual([...MARK_KEYS].sort(), [...CPR_MARKS].sort());
  });

  it('writes times as minutes and seconds', () => {
    assert.equal(clockText(65_400), '1:05');
    assert.equal(clockText(-5), '0:00');
  });

  it('draws the curve inside its box', () => {
    assert.equal(curvePoints([0, 1, -3]), '0.0,20.0 50.0,2.0 100.0,38.0');
    assert.equal(curvePoints([]), '');
  });

  it('tells the share of hands on the chest only after ten sure seconds', () => {
    assert.equal(fractionOf(reading({ measuredMs: 5000, handsOffMs: 0 })), undefined);
    assert.equal(fractionOf(reading({ measuredMs: 20_000, handsOffMs: 5000 })), 0.75);
  });
});
