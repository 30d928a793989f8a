import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import { ticks } from './chart.ts';
import { type Costs, parseCosts, readCosts } from './costs.ts';
import { curvesOf, roomsAgainstForecast, unitCosts } from './curves.ts';
import { LEVELS, type Measured, type Reading } from './measure.ts';
import { RATES } from './media-cost.ts';
import { costFiles } from './page.ts';

/** Readings of a machine whose costs are known: each packet in costs 2 µs, each out 5 µs, and so on. */
function known(): Measured {
  const perSecond = RATES.hd.packetsPerSecond + RATES.sound.packetsPerSecond;
  const out = (packets: number) => (packets * 5) / 1e4;
  const along = (
    axis: Reading['axis'],
    levels: readonly number[],
    of: Partial<Record<Reading['figure'], (x: number) => number>>,
  ): Reading[] =>
    Object.entries(of).flatMap(([figure, y]) =>
      [1, 2, 3].flatMap(() => levels.map((x) => ({ axis, figure: figureOf(figure), x, y: y(x) }))),
    );
  const packets = (x: number) => x * RATES.uhd.packetsPerSecond;
  return {
    readings: [
      ...along('viewers', LEVELS.viewers, {
        ...{ processor: (x) => 1 + out(packets(x)), packets, memory: (x) => 20 + 0.5 * x },
        bandwidth: (x) => 20 * x,
      }),
      ...along('publishers', LEVELS.publishers, {
        ...{ processor: (x) => 0.1 + (x * RATES.hd.packetsPerSecond * 2) / 1e4, memory: () => 11 },
      }),
      ...along('rooms', LEVELS.rooms, {
        ...{
          processor: (x) => 0.1 + x * ((perSecond * 2) / 1e4 + out(3 * perSecond)),
          memory: (x) => 11 + x,
        },
        bandwidth: (x) => 12 * x,
      }),
      ...along('marks', LEVELS.marks, { processor: (x) => 1 + 0.25 * x, memory: () => 220 }),
      ...along('replay', LEVELS.facts, { processor: (x) => 4 + 0.1 * x }),
      ...along('joins', LEVELS.facts, { processor: (x) => 6 + 0.01 * x + 0.00002 * x * x }),
      ...along('recordings', LEVELS.recordings, {
        ...{ processor: (x) => 0.5 + 3 * x, memory: (x) => 168 + 14 * x },
      }),
    ],
    factBytes: 3000,
    worst: { generator: 10, short: 0, lost: 0 },
  };
}

function figureOf(name: string): Reading['figure'] {
  if (name === 'memory' || name === 'bandwidth' || name === 'packets') return name;
  return 'processor';
}

function costs(): Costs {
  const measured = known();
  return {
    ...{ v: 1, date: new Date(0).toISOString(), machine: 'a test', load: 0, runs: 3, trial: false },
    ...{ unit: unitCosts(measured), curves: curvesOf(measured.readings) },
  };
}

const near = (a: number, b: number, within = 0.001) =>
  assert.ok(Math.abs(a - b) <= within * Math.abs(b), `${a} ${b}`);

describe('what one more costs', () => {
  it('is found from readings of a machine whose costs are known', () => {
    const unit = unitCosts(known());
    near(unit.packetInMicros, 2);
    near(unit.packetOutMicros, 5);
    near(unit.viewerBytes, 0.5e6);
    near(unit.markMs, 2.5);
    near(unit.replayMsPerFact, 0.1);
    near(unit.joinMs, 7.2);
    near(unit.recorderCorePerMbit, 0.03 / 4);
    near(unit.recorderIdleBytes, 168e6);
    near(unit.signalingIdleCore, 0.01);
  });

  it('adds up in rooms where it does', () => {
    near(roomsAgainstForecast(costs()), 1, 0.01);
  });

  it('is subtracted what costs with nothing to do', () => {
    const curve = costs().curves.find(({ axis }) => axis === 'recordings');
    assert.equal(curve?.idle, 0.5);
    near(curve?.coefficients[1] ?? 0, 3);
    assert.ok(Math.abs(curve?.coefficients[0] ?? 1) < 1e-6);
  });

  it('is written as a page with a drawing of each axis, and read again as it was', () => {
    const files = costFiles(costs());
    const page = files['benchmarks/cost.md'] ?? '';
    for (const [path, text] of Object.entries(files)) {
      if (!path.endsWith('.svg')) continue;
      assert.match(text, /^<svg .*<\/svg>\s*$/s);
      assert.doesNotMatch(text, /NaN|Infinity/);
      assert.ok(page.includes(path.replace('benchmarks/', '')), path);
    }
    assert.match(page, /faster than linear/);
    assert.deepEqual(parseCosts(files['benchmarks/costs.json'] ?? ''), costs());
  });

  it('is published with the project', async () => {
    const { curves, unit } = await readCosts();
    assert.ok(curves.length > 0 && unit.packetOutMicros > 0);
  });

  it('is refused with a code when it is missing or has what nobody knows', async () => {
    await assert.rejects(readCosts('/nowhere/costs.json'), (error) => isAppError(error, 'costs-missing'));
    const text = JSON.stringify({ ...costs(), more: 1 });
    assert.throws(
      () => parseCosts(text),
      (error) => isAppError(error, 'costs-invalid') && error.whatToDo !== undefined,
    );
  });

  it('is drawn between round numbers', () => {
    assert.deepEqual(ticks(0, 40), [0, 10, 20, 30, 40]);
    assert.deepEqual(ticks(-3, 17), [-5, 0, 5, 10, 15, 20]);
  });
});
