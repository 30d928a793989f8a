import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ManualClock } from '../testing/manual-clock.ts';
import { Recovery, type RecoveryStep, STEP_DEADLINE_MS } from './recovery.ts';

function make() {
  const clock = new ManualClock();
  const recovery = new Recovery(clock);
  const steps: RecoveryStep[] = [];
  const attempts: number[] = [];
  const healed: number[] = [];
  recovery.events.on('step', ({ step, attempt }) => {
    steps.push(step);
    attempts.push(attempt);
  });
  recovery.events.on('healed', ({ afterMs }) => healed.push(afterMs));
  return { clock, recovery, steps, attempts, healed };
}

describe('recovery of media', () => {
  it('tries an ICE restart first and stops when packets flow', () => {
    const { clock, recovery, steps, healed } = make();
    recovery.handleSocketUp();
    recovery.handleSilent();
    recovery.handleSilent();
    clock.advance(400);
    recovery.handleFlowing();
    clock.advance(60_000);
    assert.deepEqual(steps, ['ice-restart']);
    assert.deepEqual(healed, [400]);
    assert.equal(clock.pending, 0);
  });

  it('takes each next step at the deadline of the one before, and renews the socket before it rejoins', () => {
    const { clock, recovery, steps } = make();
    recovery.handleSocketUp();
    recovery.handleSilent();
    clock.advance(STEP_DEADLINE_MS['ice-restart']);
    assert.deepEqual(steps, ['ice-restart', 'new-transports']);
    clock.advance(STEP_DEADLINE_MS['new-transports']);
    assert.equal(steps.at(-1), 'resume-socket');
    recovery.handleSocketDown();
    clock.advance(30_000);
    assert.equal(steps.at(-1), 'resume-socket');
    recovery.handleSocketUp();
    assert.equal(steps.at(-1), 'rejoin');
  });

  it('leaves a socket alone that answers, and is more patient in each round', () => {
    const { clock, recovery, steps, attempts } = make();
    recovery.handleSocketUp();
    recovery.handleLost();
    recovery.handleAnswered();
    clock.advance(STEP_DEADLINE_MS['new-transports']);
    assert.deepEqual(steps, ['new-transports', 'rejoin']);
    recovery.handleStepFailed(attempts.at(-1) ?? 0);
    clock.advance(500);
    recovery.handleAnswered();
    clock.advance(STEP_DEADLINE_MS['new-transports']);
    assert.deepEqual(steps, ['new-transports', 'rejoin', 'new-transports']);
    clock.advance(STEP_DEADLINE_MS['new-transports']);
    assert.equal(steps.at(-1), 'rejoin');
  });

  it('rests and begins again with new transports when a whole round failed', () => {
    const { clock, recovery, steps, attempts } = make();
    recovery.handleSocketUp();
    recovery.handleSilent();
    for (let i = 0; i < 4; i += 1) recovery.handleStepFailed(attempts.at(-1) ?? 0);
    assert.deepEqual(steps, ['ice-restart', 'new-transports', 'resume-socket', 'rejoin']);
    clock.advance(499);
    assert.equal(steps.length, 4);
    clock.advance(1);
    assert.equal(steps.at(-1), 'new-transports');
  });

  it('does nothing without a socket and starts from the cheapest step when it is back', () => {
    const { clock, recovery, steps } = make();
    recovery.handleSocketUp();
    recovery.handleSocketDown();
    recovery.handleSilent();
    clock.advance(60_000);
    assert.deepEqual(steps, []);
    recovery.handleSocketUp();
    assert.deepEqual(steps, ['ice-restart']);
  });

  it('skips the restart when the server said that media is gone, also over a socket that broke meanwhile', () => {
    const { recovery, steps } = make();
    recovery.handleSocketUp();
    recovery.handleLost();
    recovery.handleSocketDown();
    recovery.handleSocketUp();
    assert.deepEqual(steps, ['new-transports', 'new-transports']);
  });

  it('renews a socket that answers nothing and then tries the restart first', () => {
    const { recovery, steps } = make();
    recovery.handleSocketUp();
    recovery.handleSilent();
    recovery.handleSocketMute();
    recovery.handleSocketDown();
    recovery.handleSocketUp();
    assert.deepEqual(steps, ['ice-restart', 'resume-socket', 'ice-restart']);
  });

  it('ignores the late failure of an older attempt', () => {
    const { clock, recovery, steps } = make();
    recovery.handleSocketUp();
    recovery.handleSilent();
    clock.advance(STEP_DEADLINE_MS['ice-restart']);
    recovery.handleStepFailed(1);
    assert.deepEqual(steps, ['ice-restart', 'new-transports']);
  });

  it('always has a step, a timer or an absent socket while broken, and no timer when well', () => {
    const action = fc.constantFrom(
      'up',
      'down',
      'silent',
      'lost',
      'flow',
      'fail',
      'mute',
      'answer',
      'network',
      'later',
      'wait',
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const { clock, recovery, attempts } = make();
        let socket = false;
        for (const each of actions) {
          const latest = attempts.at(-1) ?? 0;
          if (each === 'up') recovery.handleSocketUp();
          if (each === 'down') recovery.handleSocketDown();
          if (each === 'up' || each === 'down') socket = each === 'up';
          if (each === 'silent') recovery.handleSilent();
          if (each === 'lost') recovery.handleLost();
          if (each === 'flow') recovery.handleFlowing();
          if (each === 'fail') recovery.handleStepFailed(latest);
          if (each === 'mute') recovery.handleSocketMute();
          if (each === 'answer') recovery.handleAnswered();
          if (each === 'later') recovery.handleUnavailable(latest);
          if (each === 'network') recovery.handleNetworkChange();
          if (each === 'wait') clock.advance(700);
          if (recovery.broken && socket) assert.equal(clock.pending, 1);
          if (!recovery.broken || !socket) assert.equal(clock.pending, 0);
        }
        const before = attempts.length;
        if (recovery.broken && socket) {
          clock.advance(40_000);
          assert.ok(attempts.length > before);
        }
        recovery.close();
        assert.equal(clock.pending, 0);
      }),
      { numRuns: 500, seed: 11 },
    );
  });
});
