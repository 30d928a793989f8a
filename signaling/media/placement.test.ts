import assert from 'node:assert/strict';
import { MEDIA_DEFAULTS } from './config.ts';
import { type Candidate, leastLoaded, loadOf, workerForPeer } from './placement.ts';

const worker = (workerKey: string, load: Partial<Candidate> = {}): Candidate => ({
  workerKey,
  workerId: workerKey,
  region: 'north',
  routers: 0,
  producers: 0,
  consumers: 0,
  packetsOutPerSecond: 0,
  cpu: 0,
  expected: 0,
  ...load,
});
const { spreadAt } = MEDIA_DEFAULTS;

describe('placement', () => {
  it('goes by packets and consumers, not by the processor alone', () => {
    const starving = worker('a', { packetsOutPerSecond: 80_000, cpu: 0.3 });
    const busy = worker('b', { packetsOutPerSecond: 10_000, consumers: 50, cpu: 0.6 });
    assert.equal(leastLoaded([starving, busy])?.workerKey, 'b');
  });

  it('lets the processor decide between two that are nearly equal', () => {
    const hot = worker('a', { cpu: 0.9 });
    const cool = worker('b', { consumers: 5, cpu: 0.1 });
    assert.equal(leastLoaded([hot, cool])?.workerKey, 'b');
  });

  it('counts peers that were placed a moment ago', () => {
    assert.ok(loadOf(worker('a', { expected: 10 })) > loadOf(worker('b', { consumers: 20 })));
  });

  it('prefers the region and takes another when there is nothing in it', () => {
    const near = worker('a', { consumers: 100 });
    const distant = worker('b', { region: 'south' });
    assert.equal(leastLoaded([near, distant], 'north')?.workerKey, 'a');
    assert.equal(leastLoaded([distant], 'north')?.workerKey, 'b');
    assert.equal(leastLoaded([]), undefined);
  });

  it('keeps a peer where the room is until that is over a limit, then where the room already is beside it', () => {
    const home = worker('home');
    const second = worker('second', { consumers: 50 });
    const empty = worker('empty');
    const uses = [
      { workerKey: 'home', peers: 3 },
      { workerKey: 'second', peers: 1 },
    ];
    assert.equal(workerForPeer('home', uses, [home, second, empty], spreadAt), 'home');
    for (const full of [
      worker('home', { consumers: 400 }),
      worker('home', { packetsOutPerSecond: 60_000 }),
      worker('home', { expected: 70 }),
    ]) {
      assert.equal(workerForPeer('home', uses, [full, second, empty], spreadAt), 'second');
      assert.equal(workerForPeer('home', uses.slice(0, 1), [full, second, empty], spreadAt), 'empty');
      assert.equal(workerForPeer('home', uses, [full], spreadAt), 'home', 'crowded is better than nothing');
    }
    assert.equal(workerForPeer('home', uses, [home, second, empty], { ...spreadAt, peers: 3 }), 'second');
  });
});
