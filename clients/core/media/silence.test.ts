import assert from 'node:assert/strict';
import { ManualClock } from '../testing/manual-clock.ts';
import { SilenceDetector, type SilenceState } from './silence.ts';

function make() {
  const clock = new ManualClock();
  const detector = new SilenceDetector(clock);
  const states: SilenceState[] = [];
  detector.events.on('state', (state) => states.push(state));
  clock.every(250, () => detector.tick());
  return { clock, detector, states };
}

describe('silence of a receive transport', () => {
  it('is weak after 1.1 s and silent after 1.5 s without a beat or packet', () => {
    const { clock, detector, states } = make();
    detector.start();
    clock.advance(750);
    assert.equal(detector.state, 'well');
    clock.advance(500);
    assert.equal(detector.state, 'weak');
    clock.advance(500);
    assert.deepEqual(states, ['well', 'weak', 'silent']);
    detector.handleBeat();
    assert.equal(detector.state, 'well');
  });

  it('raises no alarm while beats come, though no packet does', () => {
    const { clock, detector, states } = make();
    detector.start();
    for (let i = 0; i < 100; i += 1) {
      clock.advance(500);
      detector.handleBeat();
    }
    assert.deepEqual(states, ['well']);
  });

  it('counts packets as life only while their number grows', () => {
    const { clock, detector } = make();
    detector.start();
    clock.advance(1250);
    assert.ok(detector.wantsPackets);
    detector.handlePackets(100);
    assert.equal(detector.state, 'well');
    clock.advance(1000);
    detector.handlePackets(100);
    clock.advance(750);
    assert.equal(detector.state, 'silent');
  });

  it('does not call a page silent that slept, but does when it stays quiet after', () => {
    const clock = new ManualClock();
    const detector = new SilenceDetector(clock);
    detector.start();
    detector.tick();
    clock.advance(60_000);
    detector.tick();
    assert.equal(detector.state, 'well');
    for (let i = 0; i < 4; i += 1) {
      clock.advance(250);
      detector.tick();
    }
    assert.equal(detector.state, 'silent');
  });

  it('says nothing while it is off', () => {
    const { clock, detector, states } = make();
    clock.advance(10_000);
    detector.handleBeat();
    assert.deepEqual(states, []);
  });
});
