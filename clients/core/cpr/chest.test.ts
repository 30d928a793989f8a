import assert from 'node:assert/strict';
import { ChestMeasure, type ChestReading, type ChestSample } from './chest.ts';

interface Strokes {
  readonly rate: number;
  readonly depthMm: number;
  readonly seconds: number;
  readonly hz: number;
  /** Share of a stroke in which the hands go down; 0.5 is a sine. */
  readonly down?: number;
  readonly gravity?: boolean;
  /** How the phone lies. */
  readonly tilt?: number;
  readonly noise?: number;
  readonly stopAt?: number;
}

/** Samples of an accelerometer that rides on strokes of known rate and depth, at irregular times. */
function samplesOf(strokes: Strokes): ChestSample[] {
  const { rate, depthMm, seconds, hz, down = 0.45, gravity = false, tilt = 0.3, noise = 0.2 } = strokes;
  const { stopAt = Number.POSITIVE_INFINITY } = strokes;
  let seed = 9;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const period = 60 / rate;
  const way = (t: number) => {
    if (t >= stopAt) return 0;
    const phase = (t % period) / period;
    // Two harmonics beside the stroke make it quicker down than up, as hands do.
    return (
      (depthMm / 1000) *
      (0.5 - 0.5 * Math.cos(2 * Math.PI * phase) + 0.5 * (0.5 - down) * Math.sin(4 * Math.PI * phase))
    );
  };
  const samples: ChestSample[] = [];
  const h = 0.004;
  for (let t = 0; t < seconds; t += (1 / hz) * (0.7 + 0.6 * random())) {
    const along = (way(t + h) - 2 * way(t) + way(t - h)) / (h * h) + (gravity ? 9.81 : 0);
    const n = () => noise * (random() - 0.5) * 2;
    samples.push({
      timeMs: t * 1000,
      x: along * Math.sin(tilt) + n(),
      y: along * 0.2 * Math.cos(tilt) + n(),
      z: along * Math.sqrt(1 - 0.04) * Math.cos(tilt) + n(),
    });
  }
  return samples;
}

function measure(samples: readonly ChestSample[]): ChestReading[] {
  const chest = new ChestMeasure();
  return samples.flatMap((sample) => chest.add(sample) ?? []);
}
const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe('a phone on the chest', () => {
  for (const [name, more] of Object.entries({
    'at 60 samples a second': { hz: 60 },
    'at 100 samples a second, gravity included': { hz: 100, gravity: true },
    'at 50 samples a second, lying at an angle': { hz: 50, gravity: true, tilt: 1.1 },
    'with much noise': { hz: 60, noise: 1.5 },
  })) {
    it(`finds the rate within 1.5 a minute (root mean square) ${name}`, () => {
      const errors: number[] = [];
      for (const rate of [70, 85, 100, 110, 120, 135, 150]) {
        const sure = measure(samplesOf({ rate, depthMm: 50, seconds: 9, ...more })).filter(
          (r) => r.rate !== null,
        );
        assert.ok(sure.length >= 8, `${rate}: sure only ${sure.length} times`);
        errors.push(...sure.map((reading) => (reading.rate ?? 0) - rate));
      }
      const rms = rootMeanSquare(errors);
      assert.ok(rms < 1.5, `${rms} a minute`);
    });
  }

  it('estimates the depth within 4 mm (root mean square) on a hard floor', () => {
    const errors: number[] = [];
    for (const depthMm of [30, 40, 50, 60]) {
      for (const rate of [90, 110, 130]) {
        const readings = measure(samplesOf({ rate, depthMm, seconds: 7, hz: 60, gravity: true }));
        errors.push(...readings.flatMap((r) => (r.depthMm === null ? [] : [r.depthMm - depthMm])));
      }
    }
    assert.ok(errors.length > 50);
    const rms = rootMeanSquare(errors);
    assert.ok(rms < 4, `${rms} mm`);
  });

  it('counts a pause from its begin, with no rate and no depth', () => {
    const readings = measure(samplesOf({ rate: 110, depthMm: 50, seconds: 16, hz: 60, stopAt: 6 }));
    const last = readings.at(-1);
    assert.ok(last);
    assert.equal(last.rate, null);
    assert.equal(last.depthMm, null);
    assert.ok(Math.abs(last.pausedMs - 10_000) < 1500, `${last.pausedMs} ms`);
  });

  it('says nothing of a phone that lies still, or is carried about', () => {
    const still = measure(samplesOf({ rate: 110, depthMm: 0, seconds: 8, hz: 60, gravity: true }));
    assert.ok(still.every(({ rate, pausedMs }) => rate === null && pausedMs === 0));
    let a = 3;
    const carried = Array.from({ length: 600 }, (_, i) => {
      a = (a * 1103515245 + 12345) % 2147483648;
      const jolt = Math.sin(i / 37) * 3 + Math.sin(i / 11.3 + 1) * 2 + (a / 2147483648 - 0.5) * 6;
      return { timeMs: i * 17, x: jolt, y: 9.81 + jolt * Math.cos(i / 50), z: -jolt };
    });
    assert.ok(measure(carried).every(({ rate }) => rate === null));
  });

  it('says nothing of too few samples', () => {
    assert.ok(
      measure(samplesOf({ rate: 110, depthMm: 50, seconds: 10, hz: 15 })).every(({ rate }) => rate === null),
    );
  });
});
