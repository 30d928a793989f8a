import fc from 'fast-check';
import { ManualClock } from '../../platform/clock.ts';
import { RoomModel, type Step } from './testing/room-model.ts';
import { sqliteDatabases, type TestDatabases } from './testing/stores.ts';

/** More runs, with another seed: `ROOM_FUZZ_RUNS=2000 ROOM_FUZZ_SEED=7`. */
const numRuns = Number(process.env.ROOM_FUZZ_RUNS ?? 40);
const seed = Number(process.env.ROOM_FUZZ_SEED ?? 120);

// Mostly the first process, so that rooms live long enough between two takeovers for something to happen in them.
const process_ = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });
const fault = fc.constantFrom('ok' as const, 'before' as const, 'after' as const, 'late' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('command' as const),
      process: process_,
      who: fc.nat(3),
      what: fc.nat(4),
      wait: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('repeat' as const), process: process_, which: fc.nat(30) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('fault' as const),
      process: process_,
      faults: fc.array(fault, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('away' as const), process: process_, away: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('crash' as const),
      process: process_,
      away: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('time' as const), leases: fc.constantFrom(0, 1, 3) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('tend' as const), process: process_ }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('late' as const), process: process_ }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('reader' as const),
      reader: fc.nat(3),
      process: process_,
      fresh: fc.boolean(),
    }),
  },
);

describe('Rooms of two processes on one database', function () {
  this.timeout(600_000);
  let databases: TestDatabases;
  before(async () => {
    databases = await sqliteDatabases();
  });
  after(() => databases.close());

  it('lose, double, reorder and misdirect no fact, whatever fails when', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const model = await RoomModel.start(databases, new ManualClock());
      try {
        for (const each of steps) await model.run(each);
        await model.settle();
      } finally {
        await model.close();
      }
    });
    await fc.assert(property, { numRuns, seed, endOnFailure: process.env.ROOM_FUZZ_RUNS !== undefined });
  });
});
