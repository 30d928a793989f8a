import assert from 'node:assert/strict';
import { ManualClock, systemClock } from './clock.ts';
import { pause, withDeadline } from './deadline.ts';
import { isAppError } from './errors.ts';
import { newId, newSecret } from './ids.ts';
import { createMetricsRegistry } from './metrics.ts';

describe('newId', () => {
  it('is a UUID version 7 that sorts by time and does not repeat', () => {
    const early = newId(1_000);
    const late = newId(2_000);
    assert.match(early, /^00000000-03e8-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(early < late);
    assert.equal(new Set(Array.from({ length: 1_000 }, () => newId(1_000))).size, 1_000);
  });
});

describe('newSecret', () => {
  it('has the number of bits asked for and refuses fewer than 128', () => {
    assert.equal(Buffer.from(newSecret(), 'base64url').length, 16);
    assert.equal(Buffer.from(newSecret(256), 'base64url').length, 32);
    assert.notEqual(newSecret(), newSecret());
    assert.throws(
      () => newSecret(64),
      (error) => isAppError(error, 'secret-too-short'),
    );
  });
});

describe('pause', () => {
  it('ends with its signal, also with one that has ended, and is no failure then', async () => {
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort();
    await waiting;
    await pause(60_000, stop.signal);
    await pause(1, new AbortController().signal);
  });
});

describe('withDeadline', () => {
  it('passes results and failures through', async () => {
    assert.equal(await withDeadline(Promise.resolve(3), 1_000, 'three'), 3);
    await assert.rejects(withDeadline(Promise.reject(new Error('x')), 1_000, 'fails'), /^Error: x$/);
  });

  it('throws a coded error that names the wait, and swallows what comes too late', async () => {
    const late = Promise.withResolvers<never>();
    await assert.rejects(
      withDeadline(late.promise, 2, 'dump of node n1'),
      (error) => isAppError(error, 'deadline-exceeded') && /dump of node n1 .* 2 ms/.test(error.message),
    );
    late.reject(new Error('too late'));
    await new Promise(setImmediate);
  });
});

describe('Clock', () => {
  it('moves by hand, and setting UTC leaves the monotonic time alone', () => {
    const clock = new ManualClock(1_000);
    clock.advance(250);
    assert.deepEqual([clock.now(), clock.monotonic()], [1_250, 250]);
    clock.setNow(0);
    assert.deepEqual([clock.now(), clock.monotonic()], [0, 250]);
    const before = systemClock.monotonic();
    assert.ok(before <= systemClock.monotonic());
    assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000);
  });
});

describe('createMetricsRegistry', () => {
  it('is separate for each caller and labels everything with the role', async () => {
    const first = createMetricsRegistry({ role: 'sfu', processMetrics: false });
    const second = createMetricsRegistry({ role: 'all', processMetrics: true });
    assert.equal((await first.metrics()).trim(), '');
    assert.match(await second.metrics(), /goldenhour_process_cpu_user_seconds_total\{role="all"\}/);
  });
});
