import assert from 'node:assert/strict';
import { fillIn } from './polyfills.ts';

/** Runs with some globals taken away, as in an old engine, and puts them back. */
async function without(names: readonly [object, string][], run: () => Promise<void>): Promise<void> {
  const kept = names.map(([on, name]) => [on, name, Object.getOwnPropertyDescriptor(on, name)] as const);
  for (const [on, name] of names) Reflect.deleteProperty(on, name);
  try {
    await run();
  } finally {
    for (const [on, name, was] of kept) if (was) Object.defineProperty(on, name, was);
  }
}

describe('What older engines lack', () => {
  it('is filled in, and works as the real one', async () => {
    const taken: readonly [object, string][] = [
      [Promise, 'withResolvers'],
      [AbortSignal, 'timeout'],
      [Object, 'hasOwn'],
    ];
    await without(taken, async () => {
      assert.equal('withResolvers' in Promise, false);
      fillIn();
      const { promise, resolve } = Promise.withResolvers<number>();
      resolve(4);
      assert.equal(await promise, 4);
      const signal = AbortSignal.timeout(1);
      await new Promise((done) => signal.addEventListener('abort', done));
      assert.equal(signal.reason.name, 'TimeoutError');
      assert.deepEqual([Object.hasOwn({ a: 1 }, 'a'), Object.hasOwn({}, 'toString')], [true, false]);
    });
  });

  it('is left alone where it is there', () => {
    const own = Promise.withResolvers;
    fillIn();
    assert.equal(Promise.withResolvers, own);
  });
});
