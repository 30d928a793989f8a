import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAppError } from '../../platform/errors.ts';
import { ASSUMPTIONS, type Assumed, type Assumption, assume, NAMES, PRESETS } from './assumptions.ts';
import { ambulanceRoom } from './demand.ts';
import { type Plan, planFor } from './model.ts';
import { rate, rowsOf, textOf } from './report.ts';
import { TEST_COSTS } from './testing/costs.ts';

const plan = (given: Partial<Assumed> = {}) => planFor(assume(given), TEST_COSTS);

/** All that someone has to buy or rent. */
const figures = ({ total, centre }: Plan) => ({ ...total, centreMbit: centre.downMbit });

function assertNoneLower(more: Plan, less: Plan, why: string): void {
  const before: Readonly<Record<string, number>> = figures(less);
  for (const [name, value] of Object.entries(figures(more))) {
    assert.ok(value >= (before[name] ?? 0) - 1e-9, `${why}: ${name} ${before[name]} → ${value}`);
  }
}

describe('planning capacity', () => {
  it('never needs less of anything for twice the ambulances', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 5 }), (ambulances, sites) => {
        assertNoneLower(
          plan({ ambulances: ambulances * 2, sites }),
          plan({ ambulances, sites }),
          `${ambulances}`,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('never needs less for more minutes, viewers, cameras, recording, headroom or a dearer connection', () => {
    const more: Partial<Assumed>[] = [
      { minutes: 50 },
      { viewers: 5 },
      { uhdCameras: 2 },
      { recorded: 1 },
      { headroom: 0.5 },
      { webrtc: 2 },
      { factsPerMinute: 60 },
      { bystanderShare: 0.6 },
    ];
    for (const each of more) {
      assertNoneLower(plan({ recorded: 0.5, ...each }), plan({ recorded: 0.5 }), JSON.stringify(each));
    }
  });

  it('carries the planned rooms at the target load with one node of a site lost', () => {
    for (const preset of Object.values(PRESETS)) {
      const assumed = assume(preset);
      const { perSite } = planFor(assumed, TEST_COSTS);
      const room = ambulanceRoom(assumed, TEST_COSTS.unit);
      const left = perSite.nodes - 1;
      const { unit } = TEST_COSTS;
      assert.ok(left >= 1);
      assert.ok((perSite.rooms * room.recorder) / left + unit.recorderIdleCore <= assumed.coreLoad);
      assert.ok(
        (perSite.rooms * room.worker) / left / assumed.workers + unit.workerIdleCore <= assumed.coreLoad,
      );
      assert.ok((perSite.rooms * room.outMbit) / left <= assumed.nodeMbit);
    }
  });

  it('has two nodes and two signaling processes at each site however small it is', () => {
    const { perSite } = plan({ ambulances: 1, incidentsPerAmbulance: 0.1 });
    assert.deepEqual([perSite.nodes >= 2, perSite.signaling >= 2], [true, true]);
  });

  it('plans no more rooms than there are ambulances, and says when incidents wait', () => {
    const busy = plan({ ambulances: 10, incidentsPerAmbulance: 40 });
    assert.equal(busy.perSite.rooms, 10);
    assert.match(busy.warnings.join(' '), /wait for vehicles/);
    assert.deepEqual(plan().warnings, []);
  });

  it('gets storage, uplink and facts from first principles', () => {
    const one = plan({
      ...{ ambulances: 1, incidentsPerAmbulance: 1, minutes: 60, uhdCameras: 1, uhdMbit: 8, hdCameras: 0 },
      ...{ glassesShare: 0, specialists: 0, viewers: 1, bystanderShare: 0, replicas: 3, retentionDays: 730 },
    });
    // 8 Mbit/s and three voices of 0.04 over an hour of each day.
    const tb = ((8 + 3 * 0.04) * 3600 * 365) / 8 / 1e6;
    assert.ok(Math.abs(one.total.storageTBPerYear - tb) < 1e-9);
    assert.ok(Math.abs(one.total.storageTBKept - tb * 2 * 3) < 1e-9);
    assert.ok(Math.abs(one.ambulance.upMbit - 8.04) < 1e-9);
    assert.ok(Math.abs(one.total.databaseGBPerYear - ((3 * 6 + 6 * 60) * 365 * 3000) / 1e9) < 1e-9);
  });

  it('warns of costs that were measured in a trial', () => {
    const { warnings } = planFor(assume({}), { ...TEST_COSTS, trial: true });
    assert.match(warnings.join(' '), /trial/);
  });

  it('refuses numbers that no city has, naming the option', () => {
    for (const name of NAMES) {
      const { option, min, max }: Assumption = ASSUMPTIONS[name];
      for (const wrong of [min - 1, max + 1, Number.NaN]) {
        assert.throws(
          () => assume({ [name]: wrong }),
          (error) => isAppError(error, 'usage') && error.message.includes(`--${option} `),
        );
      }
    }
  });

  it('shows each figure and each assumption with its source', () => {
    const text = textOf(plan(), TEST_COSTS);
    for (const [what] of rowsOf(plan())) assert.ok(text.includes(what), what);
    for (const name of NAMES) assert.ok(text.includes(`--${ASSUMPTIONS[name].option} `), name);
    assert.match(text, /measured 2026-01-01: a test/);
    assert.equal(rate(1500), '1.5 Gbit/s');
  });
});
