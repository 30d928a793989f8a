import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Fault, KINDS, kindsOf, lengthOf, planFaults, shapeOf, type Wishes } from './schedule.ts';

const wishes: fc.Arbitrary<Wishes> = fc.record(
  {
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    faults: fc.integer({ min: 1, max: 400 }),
    storm: fc.boolean(),
    only: fc.subarray([...KINDS], { minLength: 1 }),
  },
  { requiredKeys: ['seed', 'faults', 'storm'] },
);

const isHeavy = ({ kind }: Fault) => !['cut', 'delay', 'repeat'].includes(kind);

describe('The plan of faults', () => {
  it('is the same for the same seed, and another for another one', () => {
    fc.assert(fc.property(wishes, (asked) => assert.deepEqual(planFaults(asked), planFaults({ ...asked }))));
    const base = { faults: 20, storm: false };
    assert.notDeepEqual(planFaults({ ...base, seed: 1 }), planFaults({ ...base, seed: 2 }));
  });

  it('has as many faults as asked, numbered in the order of their times, of the kinds asked for', () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const plan = planFaults(asked);
        assert.equal(plan.length, asked.faults);
        assert.deepEqual(
          plan.map(({ n }) => n),
          plan.map((_, index) => index),
        );
        assert.ok(plan.every(({ at }, index) => index === 0 || at >= (plan[index - 1]?.at ?? 0)));
        assert.ok(plan.every(({ kind }) => kindsOf(asked).includes(kind)));
      }),
    );
  });

  it('never has two processes away at once, and names only clients that exist', () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const plan = planFaults(asked);
        const heavy = plan.filter(isHeavy);
        assert.ok(heavy.every((each, i) => i === 0 || each.at >= endOf(heavy[i - 1]) + 2_000));
        const { rooms, clientsPerRoom } = shapeOf(asked);
        assert.ok(plan.every((each) => !('client' in each) || each.client < rooms * clientsPerRoom));
      }),
    );
  });

  it('can be written down and read again', () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const plan = planFaults(asked);
        assert.deepEqual(
          plan.map((each) => Fault.parse(JSON.parse(JSON.stringify(each)))),
          plan,
        );
      }),
    );
  });

  it('strikes every part of a stack in time', () => {
    const plan = planFaults({ seed: 3, faults: 600, storm: false });
    const struck = new Set(plan.map((each) => ('part' in each ? `${each.kind} ${each.part}` : each.kind)));
    const parts = ['kill signaling', 'kill sfu', 'kill recorder', 'kill worker', 'kill database'];
    const others = [
      'stop signaling',
      'pause signaling',
      'pause sfu',
      'disk',
      'clock',
      'cut',
      'delay',
      'repeat',
    ];
    for (const each of [...parts, ...others]) assert.ok(struck.has(each), each);
  });
});

function endOf(fault: Fault | undefined): number {
  return fault ? fault.at + lengthOf(fault) : 0;
}
