import assert from 'node:assert/strict';
import { isAppError } from './errors.ts';
import { SerialQueue } from './serial-queue.ts';

describe('SerialQueue', () => {
  it('runs tasks one at a time in the order of push', async () => {
    const queue = new SerialQueue();
    const order: string[] = [];
    let running = 0;
    const task = (name: string, turns: number) => async () => {
      running += 1;
      assert.equal(running, 1, 'two tasks ran at once');
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      order.push(name);
      running -= 1;
      return name;
    };
    const results = await Promise.all([
      queue.push('a', task('a', 5)),
      queue.push('b', task('b', 1)),
      queue.push('c', task('c', 0)),
    ]);
    assert.deepEqual(order, ['a', 'b', 'c']);
    assert.deepEqual(results, ['a', 'b', 'c']);
  });

  it('goes on after a task that throws, also when it throws at once', async () => {
    const queue = new SerialQueue();
    const failed = queue.push('bad', () => {
      throw new Error('no');
    });
    const next = queue.push('good', () => 7);
    await assert.rejects(failed, /^Error: no$/);
    assert.equal(await next, 7);
  });

  it('gives up a task at its deadline, signals it, and starts the next', async () => {
    const queue = new SerialQueue('room r1');
    const { promise: aborted, resolve } = Promise.withResolvers<unknown>();
    const stuck = queue.push(
      'stuck',
      (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => resolve(signal.reason));
        }),
      { deadlineMs: 5 },
    );
    const next = queue.push('next', () => 'ran');
    await assert.rejects(
      stuck,
      (error) => isAppError(error, 'deadline-exceeded') && /stuck in room r1/.test(error.message),
    );
    assert.ok(isAppError(await aborted, 'deadline-exceeded'));
    assert.equal(await next, 'ran');
  });

  it('does not count the time of waiting against the deadline', async () => {
    const queue = new SerialQueue();
    const gate = Promise.withResolvers<void>();
    const first = queue.push('first', () => gate.promise);
    const second = queue.push('second', () => 'in time', { deadlineMs: 20 });
    setTimeout(() => gate.resolve(), 40);
    await first;
    assert.equal(await second, 'in time');
  });

  it('refuses what waits and what comes after close, and signals what runs', async () => {
    const queue = new SerialQueue();
    let signalled = false;
    const running = queue.push(
      'running',
      (signal) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            signalled = true;
            resolve();
          });
        }),
    );
    const waiting = queue.push('waiting', () => assert.fail('a refused task ran'));
    queue.close('test ends');
    queue.close('second reason');
    await assert.rejects(
      running,
      (error) => isAppError(error, 'queue-closed') && /test ends/.test(error.message),
    );
    await assert.rejects(waiting, (error) => isAppError(error, 'queue-closed'));
    await assert.rejects(
      queue.push('late', () => 1),
      (error) => isAppError(error, 'queue-closed') && /test ends/.test(error.message),
    );
    assert.equal(signalled, true);
    await queue.idle();
    assert.equal(queue.runningTask, undefined);
  });

  it('is idle only when the last task, pushed meanwhile, has ended', async () => {
    const queue = new SerialQueue();
    await queue.idle();
    let ended = 0;
    const first = queue.push('first', async () => {
      await new Promise(setImmediate);
      ended += 1;
    });
    const idle = queue.idle();
    const second = queue.push('second', async () => {
      await new Promise(setImmediate);
      ended += 1;
    });
    await idle;
    assert.equal(ended, 2);
    assert.equal(queue.length, 0);
    await Promise.all([first, second]);
  });
});
