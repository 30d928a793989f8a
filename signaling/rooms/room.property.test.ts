import fc from 'fast-check';
import { ManualClock } from '../../platform/clock.ts';
import { randomStep } from './testing/random-steps.ts';
import { RoomModel } from './testing/room-model.ts';
import { sqliteDatabases, type TestDatabases } from './testing/stores.ts';

/** More runs, with another seed: `ROOM_FUZZ_RUNS=2000 ROOM_FUZZ_SEED=7`. */
const numRuns = Number(process.env.ROOM_FUZZ_RUNS ?? 40);
const seed = Number(process.env.ROOM_FUZZ_SEED ?? 120);

describe('Rooms of two processes on one database', function () {
  this.timeout(600_000);
  let databases: TestDatabases;
  before(async () => {
    databases = await sqliteDatabases();
  });
  after(() => databases.close());

  it('lose, double, reorder and misdirect no fact, whatever fails when', async () => {
    const property = fc.asyncProperty(
      fc.array(randomStep, { minLength: 5, maxLength: 30 }),
      async (steps) => {
        const model = await RoomModel.start(databases, new ManualClock());
        try {
          for (const each of steps) await model.run(each);
          await model.settle();
        } finally {
          await model.close();
        }
      },
    );
    await fc.assert(property, { numRuns, seed, endOnFailure: process.env.ROOM_FUZZ_RUNS !== undefined });
  });
});
