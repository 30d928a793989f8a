import assert from 'node:assert/strict';
import { openSite } from '../bystander/site.ts';
import { CPR_MEASURE_VERSION, type CprCheckFigures, CprMeasuring } from '../protocol/cpr-check.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

const GOOD: CprCheckFigures = {
  videos: 3,
  compressingSeconds: 120,
  meanError: 1.2,
  within10: 1,
  shown: 0.8,
  shownWithout: 0,
  tooFast: { events: 2, found: 2 },
  paused: { events: 2, found: 2 },
};

describe('whether compressions are measured', function () {
  this.timeout(60_000);
  let door: TestDoor;
  before(async () => {
    door = await openTestDoor();
  });
  after(() => door.close());
  const production = async () => {
    const { database, masterKey, clock } = door;
    return (await openSite({ database, masterKey, clock, isProduction: true })).compressions;
  };

  it('is told to people who are signed in, and is on outside production', async () => {
    assert.equal((await door.send({ path: '/api/cpr' })).status, 401);
    const cookie = await door.signIn('dispatcher');
    const answer = await door.send({ path: '/api/cpr', cookie });
    assert.deepEqual(CprMeasuring.parse(answer.json), { on: true, version: CPR_MEASURE_VERSION });
  });

  it('is off in production until a check is recorded, and again when it is withdrawn', async () => {
    const checks = await production();
    assert.equal((await checks.measuring()).on, false);
    const recorded = await checks.record(GOOD);
    assert.deepEqual([recorded.on, recorded.check?.figures], [true, GOOD]);
    assert.equal(recorded.check?.atUtc, door.clock.now());
    assert.equal((await checks.withdraw()).on, false);
  });

  it('is not changed by a check below the limits', async () => {
    const checks = await production();
    const bad: Partial<CprCheckFigures>[] = [
      { meanError: 3.1 },
      { within10: 0.97 },
      { shown: 0.4 },
      { shownWithout: 0.05 },
      { compressingSeconds: 59 },
      { paused: { events: 20, found: 18 } },
      { tooFast: { events: 0, found: 0 } },
    ];
    for (const change of bad) {
      await assert.rejects(checks.record({ ...GOOD, ...change }), { code: 'cpr-check-failed' });
    }
    assert.equal((await checks.measuring()).on, false);
  });
});
