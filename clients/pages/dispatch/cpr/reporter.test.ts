import assert from 'node:assert/strict';
import { CprSummary } from '../../../../signaling/protocol/events-bystander.ts';
import { NO_FLAGS } from '../../../core/cpr/alarms.ts';
import type { CprReading } from '../../../core/cpr/measure.ts';
import { CprReporter } from './reporter.ts';

const UTC = Date.UTC(2026, 0, 1);
const reading = (change: Partial<CprReading>): CprReading => ({
  timeMs: 0,
  phase: 'compressing',
  rate: 110,
  confidence: 0.9,
  pausedMs: 0,
  handsOffMs: 0,
  measuredMs: 3500,
  compressions: 6,
  curve: [],
  curveHz: 16,
  ...change,
});

function reporter() {
  const sent: unknown[] = [];
  const summaries: CprSummary[] = [];
  const send = (kind: string) => (what: unknown) => sent.push([kind, what]);
  const reports = new CprReporter({
    measure: send('measure'),
    flag: send('flag'),
    summarise: (summary) => summaries.push(summary),
    firstCompression: send('first'),
  });
  const of = (kind: string) =>
    sent.flatMap((each) => (Array.isArray(each) && each[0] === kind ? [each[1]] : []));
  return { reports, of, summaries };
}

describe('the reports of measured compressions', () => {
  it('tell every reading to the room, also one that is not sure', () => {
    const { reports, of } = reporter();
    reports.add(reading({ rate: null, phase: 'unsure', confidence: 0.2 }), NO_FLAGS, UTC);
    assert.deepEqual(of('measure'), [{ source: 'video', rate: null, confidence: 0.2, pausedMs: 0 }]);
  });

  it('tell the first compression once, from the begin of what was sure', () => {
    const { reports, of } = reporter();
    reports.add(reading({ rate: null }), NO_FLAGS, UTC);
    assert.deepEqual(of('first'), []);
    reports.add(reading({}), NO_FLAGS, UTC + 500);
    reports.add(reading({}), NO_FLAGS, UTC + 1000);
    assert.deepEqual(of('first'), [UTC + 500 - 3500]);
  });

  it('tell a flag when it begins and when it ends, and at the end of the measure', () => {
    const { reports, of } = reporter();
    const fast = { ...NO_FLAGS, 'too-fast': true };
    for (const [i, flags] of [NO_FLAGS, fast, fast, NO_FLAGS, fast].entries()) {
      reports.add(reading({ rate: 131 }), flags, UTC + i * 500);
    }
    reports.close();
    reports.close();
    const on = { flag: 'too-fast', on: true, source: 'video', value: 131 };
    const off = { flag: 'too-fast', on: false, source: 'video' };
    assert.deepEqual(of('flag'), [on, off, on, off]);
  });

  it('sum up every 30 s, and never more time than has passed', () => {
    const { reports, summaries } = reporter();
    for (let n = 0; n <= 120; n += 1) {
      const ms = n * 500;
      const handsOffMs = ms < 40_000 ? 0 : ms - 40_000;
      const measured = {
        measuredMs: 3500 + ms,
        handsOffMs,
        compressions: 6 + Math.round((ms / 60_000) * 110),
      };
      reports.add(reading(measured), NO_FLAGS, UTC + ms);
    }
    assert.equal(summaries.length, 2);
    const [first, second] = summaries;
    assert.equal(first?.measuredMs, 30_000);
    assert.equal(first?.compressions, 55);
    assert.equal(first?.rate, 110);
    assert.equal(second?.handsOffMs, 20_000);
    for (const summary of summaries) assert.ok(CprSummary.safeParse(summary).success);
  });

  it('sum up nothing where nothing was sure', () => {
    const { reports, summaries } = reporter();
    const unsure = { rate: null, phase: 'unsure', measuredMs: 0, compressions: 0 } as const;
    for (let n = 0; n <= 70; n += 1) reports.add(reading(unsure), NO_FLAGS, UTC + n * 500);
    reports.close();
    assert.deepEqual(summaries, []);
  });
});
