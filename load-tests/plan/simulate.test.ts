import assert from 'node:assert/strict';
import { assume, PRESETS } from './assumptions.ts';
import { DAY_MS, dayOf, PEAK_HOUR, profileOf } from './day.ts';
import { planFor } from './model.ts';
import { holds } from './page.ts';
import { simulate } from './simulate.ts';
import { TEST_COSTS } from './testing/costs.ts';

const city = planFor(assume(PRESETS.city), TEST_COSTS);
const { unit } = TEST_COSTS;

describe('a simulated day', () => {
  it('has a profile whose busiest hour has the wanted share, and whose hours are the whole day', () => {
    for (const share of [0.045, 0.07, 0.2, 0.9]) {
      const profile = profileOf(share);
      assert.ok(Math.abs((profile[PEAK_HOUR] ?? 0) - share) < 1e-3, String(share));
      assert.ok(Math.abs(profile.reduce((sum, each) => sum + each, 0) - 1) < 1e-9);
      assert.equal(Math.max(...profile), profile[PEAK_HOUR]);
    }
  });

  it('has about as many incidents as assumed, in order, as long as assumed', () => {
    const days = Array.from({ length: 20 }, (_, seed) => dayOf(city.assumed, seed, 1));
    const all = days.flat();
    const ambulances = all.filter(({ kind }) => kind === 'ambulance');
    const perDay = ambulances.length / days.length;
    assert.ok(Math.abs(perDay / city.incidentsPerDay - 1) < 0.05, String(perDay));
    const minutes = ambulances.reduce((sum, { lastsMs }) => sum + lastsMs, 0) / ambulances.length / 60_000;
    assert.ok(Math.abs(minutes / city.assumed.minutes - 1) < 0.05, String(minutes));
    for (const day of days)
      assert.ok(day.every(({ atMs }, n) => atMs < DAY_MS && atMs >= (day[n - 1]?.atMs ?? 0)));
  });

  it('is the same for the same seed and another for another', () => {
    assert.deepEqual(simulate(city, unit, { seed: 7 }), simulate(city, unit, { seed: 7 }));
    assert.notDeepEqual(simulate(city, unit, { seed: 7 }), simulate(city, unit, { seed: 8 }));
  });

  it('is carried by what was planned, also when a node dies in the busiest hour', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const day = simulate(city, unit, { seed });
      assert.ok(holds(day), `seed ${seed}: ${JSON.stringify({ ...day, curve: [] })}`);
    }
  });

  it('is carried where a node is limited by its workers, too', () => {
    const cheap = { ...TEST_COSTS, unit: { ...unit, recorderCorePerMbit: 0.0005 } };
    const plan = planFor(assume({ ...PRESETS.city, ambulances: 200 }), cheap);
    assert.equal(plan.perSite.bound, 'workers');
    for (const seed of [1, 2, 3]) assert.ok(holds(simulate(plan, cheap.unit, { seed })), String(seed));
  });

  it('finds out a plan with too few nodes', () => {
    const { nodes } = city.perSite;
    const short = { ...city, perSite: { ...city.perSite, nodes: Math.ceil(nodes / 4) } };
    assert.ok([1, 2, 3].some((seed) => !holds(simulate(short, unit, { seed }))));
  });

  it('moves the rooms of the node that dies, and none without a death', () => {
    const few = { ...city, perSite: { ...city.perSite, nodes: 6 } };
    const hit = [1, 2, 3, 4, 5].map((seed) => simulate(few, unit, { seed }).moved);
    assert.ok(Math.max(...hit) > 1, String(hit));
    assert.ok([1, 2].every((seed) => simulate(few, unit, { seed, death: false }).moved === 0));
  });
});
