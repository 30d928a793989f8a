import assert from 'node:assert/strict';
import { type Case, caseOf, labelled, TUNED } from '../../../load-tests/cpr/case.ts';
import type { Look } from '../../../load-tests/cpr/scene.ts';
import type { Part } from '../../../load-tests/cpr/story.ts';
import { CprAlarms } from './alarms.ts';
import type { GreyFrame } from './frames.ts';
import { CprMeasure, type CprReading, withoutPictures } from './measure.ts';

const SIZE = { width: 128, height: 72 };
const PLAIN: Partial<Look> = {
  viewpoint: 'side',
  metresWide: 2,
  strokeMetres: 0.06,
  shake: 0.004,
  pan: 0,
  light: 0.9,
  noise: 1.5,
  flicker: 0,
  flashes: false,
  passers: 0,
  inFront: false,
};

function framesOf(parts: readonly Part[], look: Partial<Look> = {}, fps = 12): GreyFrame[] {
  const one: Case = {
    ...caseOf('test', 12, TUNED, parts, { ...PLAIN, ...look }),
    fps,
    jitter: 0.3,
    lost: 0.02,
  };
  return [...labelled(one).frames(SIZE)];
}
function measured(frames: readonly GreyFrame[]): CprReading[] {
  const measure = new CprMeasure();
  return frames.flatMap((frame) => measure.add(frame) ?? []);
}
const compress = (seconds: number, rate: number): Part => ({ kind: 'compress', seconds, rate });
const pause = (seconds: number): Part => ({ kind: 'pause', seconds });
const grey = (value: number, timeMs: number): GreyFrame => ({
  ...SIZE,
  data: new Uint8Array(SIZE.width * SIZE.height).fill(value),
  timeMs,
});

describe('the measure of compressions', function () {
  // Pictures are drawn and measured one by one, which takes long on a machine that is busy with other tests.
  this.timeout(90_000);

  it('finds rate and number, and answers twice a second', () => {
    const readings = measured(framesOf([compress(14, 112)]));
    const sure = readings.filter(({ rate }) => rate !== null);
    assert.ok(sure.length >= 14, `sure only ${sure.length} times`);
    const errors = sure.map(({ rate }) => Math.abs((rate ?? 0) - 112));
    assert.ok(Math.max(...errors) <= 6, `${Math.max(...errors)} a minute off`);
    assert.ok(errors.reduce((sum, error) => sum + error, 0) / errors.length <= 3);
    const last = readings.at(-1);
    assert.ok(last && Math.abs(last.compressions - 26) <= 2, `${last?.compressions} compressions`);
    const steps = readings.slice(1).map(({ timeMs }, i) => timeMs - (readings[i]?.timeMs ?? 0));
    assert.ok(Math.max(...steps) < 700, `${Math.max(...steps)} ms between two readings`);
    assert.ok(sure.at(-1)?.curve.some((value) => Math.abs(value) > 0.3));
  });

  it('counts a pause from its begin, flags it after ten seconds, and is sure again after it', () => {
    const readings = measured(framesOf([compress(9, 110), pause(13), compress(8, 110)]));
    const alarms = new CprAlarms();
    const flagged = readings.find((reading) => alarms.add(reading, false).paused);
    assert.ok(
      flagged && flagged.timeMs > 18_500 && flagged.timeMs < 21_500,
      `flagged at ${flagged?.timeMs} ms`,
    );
    const late = readings.findLast(({ phase }) => phase === 'paused');
    assert.ok(late && Math.abs(late.timeMs - late.pausedMs - 9000) < 1200);
    const last = readings.at(-1);
    assert.ok(last?.rate != null && Math.abs(last.rate - 110) <= 5);
    assert.ok(Math.abs(last.handsOffMs - 13_000) < 2500, `${last.handsOffMs} ms of hands off`);
  });

  it('is unsure, never paused, when the camera turns away', () => {
    const readings = measured(framesOf([compress(20, 110)], { turnedAwayFrom: 9 }));
    assert.ok(readings.some(({ phase, timeMs }) => phase === 'compressing' && timeMs < 9000));
    const after = readings.filter(({ timeMs }) => timeMs > 12_000);
    assert.deepEqual([...new Set(after.map(({ phase }) => phase))], ['unsure']);
  });

  it('is unsure, never paused, when the camera is covered', () => {
    const frames = framesOf([compress(9, 110)]);
    const covered = Array.from({ length: 80 }, (_, i) => grey(4, 9000 + i * 80));
    const after = measured([...frames, ...covered]).filter(({ timeMs }) => timeMs > 11_000);
    assert.deepEqual([...new Set(after.map(({ phase }) => phase))], ['unsure']);
  });

  it('shows nothing where nobody compresses', () => {
    const readings = measured(framesOf([pause(14)], { passers: 1 }));
    assert.ok(readings.every(({ rate, phase }) => rate === null && phase === 'unsure'));
  });

  it('shows nothing of stills, one a second, and nothing while pictures stay away', () => {
    const frames = framesOf([compress(12, 110)]);
    const stills = frames.filter((_, i) => i % 12 === 0);
    assert.ok(measured(stills).every(({ rate }) => rate === null));
    const torn = frames.filter(({ timeMs }) => timeMs < 8000 || timeMs > 8600);
    const after = measured(torn).find(({ timeMs }) => timeMs > 8600);
    assert.equal(after?.rate, null);
  });

  it('keeps only the sums once no picture comes any more', () => {
    const last = measured(framesOf([compress(9, 110)])).at(-1);
    assert.ok(last?.rate);
    const { phase, rate, pausedMs, compressions, measuredMs } = withoutPictures(last);
    assert.deepEqual([phase, rate, pausedMs], ['unsure', null, 0]);
    assert.deepEqual([compressions, measuredMs], [last.compressions, last.measuredMs]);
  });

  it('holds no flashing light for compressions', () => {
    const readings = measured(framesOf([pause(12)], { flashes: true }));
    assert.ok(readings.every(({ rate }) => rate === null));
  });
});
