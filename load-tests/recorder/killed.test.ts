import assert from 'node:assert/strict';
import { flawsOf } from './flaws.ts';
import { runKilled } from './killed.ts';
import type { Outcome } from './stopped-outcome.ts';

/** The short form of benchmark R1. */
describe('a recorder that is killed three times and then loses power', function () {
  this.timeout(150_000);
  let outcome: Outcome;
  before(async () => {
    outcome = await runKilled({ kills: 3, powerCuts: 1, seed: 7 });
  });

  it('loses less than the last second of media each time', () => {
    const stops = outcome.stops.filter(({ how }) => how !== 'restart');
    assert.deepEqual(
      stops.map(({ how }) => how),
      ['kill', 'kill', 'kill', 'power'],
    );
    for (const { how, lostBeforeMs } of stops)
      assert.ok(lostBeforeMs < 1_000, `${lostBeforeMs} ms by a ${how}`);
    assert.ok(
      stops.some(({ lostBeforeMs }) => lostBeforeMs > 0),
      'a kill that costs nothing at all is not seen',
    );
  });

  it('keeps every fact and promise, plays and verifies as a whole, and is rebuilt the same', () => {
    assert.deepEqual(flawsOf(outcome), []);
    assert.ok(outcome.facts > 50 && outcome.segments > 10);
  });
});
