/** What every storage must do; each implementation runs this suite in its own test. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { isAppError } from '../../../platform/errors.ts';
import type { Storage } from '../storage.ts';

/** @param open answers an empty storage and how to remove it */
export function storageContract(open: () => Promise<{ storage: Storage; close(): Promise<void> }>): void {
  let storage: Storage;
  let close: () => Promise<void>;

  beforeEach(async () => {
    ({ storage, close } = await open());
  });
  afterEach(() => close());

  it('gives back what was stored, whole and in ranges, with its size and hash', async () => {
    for (const size of [0, 1, 700_001]) {
      const content = randomBytes(size);
      const hash = createHash('sha256').update(content).digest('hex');
      assert.deepEqual(await storage.put('a/b/file.bin', content), { bytes: size, hash });
      assert.ok(content.equals(await storage.read('a/b/file.bin')));
      for (const [from, to] of [
        [0, 1],
        [size >> 1, size + 100],
        [size, size + 1],
      ] as const) {
        const range = await storage.read('a/b/file.bin', { from, to });
        assert.ok(content.subarray(from, to).equals(range), `${from} to ${to} of ${size}`);
      }
      assert.deepEqual(await storage.stat('a/b/file.bin'), { path: 'a/b/file.bin', bytes: size });
    }
  });

  it('takes content piece by piece', async () => {
    async function* pieces() {
      for (let i = 0; i < 5; i += 1) yield Buffer.alloc(100_000, i);
    }
    assert.equal((await storage.put('file', pieces())).bytes, 500_000);
    const read = await storage.read('file', { from: 199_999, to: 200_001 });
    assert.deepEqual([...read], [1, 2]);
  });

  it('keeps the old file when the new one fails midway', async () => {
    await storage.put('file', Buffer.from('old'));
    // biome-ignore lint/correctness/useYield: a source that breaks.
    async function* broken() {
      throw new Error('the source broke');
    }
    async function* half() {
      yield Buffer.from('ne');
      yield* broken();
    }
    await assert.rejects(storage.put('file', half()), /the source broke/);
    assert.equal(Buffer.from(await storage.read('file')).toString(), 'old');
    assert.deepEqual(await storage.list(), [{ path: 'file', bytes: 3 }]);
  });

  it('lists by folder, sorted, and removes', async () => {
    for (const path of ['t/2/b', 't/1/a', 'top', 't/1/c']) await storage.put(path, Buffer.from('x'));
    const paths = async (folder?: string) => (await storage.list(folder)).map(({ path }) => path);
    assert.deepEqual(await paths(), ['t/1/a', 't/1/c', 't/2/b', 'top']);
    assert.deepEqual(await paths('t/1'), ['t/1/a', 't/1/c']);
    assert.deepEqual(await paths('none'), []);
    await storage.remove('t/1/a');
    await storage.remove('t/1/a');
    await storage.remove('never/there');
    assert.equal(await storage.stat('t/1/a'), undefined);
    await assert.rejects(storage.read('t/1/a'), (error) => isAppError(error, 'not-found'));
  });

  it('refuses paths that lead elsewhere', async () => {
    for (const path of ['../x', 'a/../../x', '/etc/x', 'a//b', '.hidden', '', 'a\0b']) {
      await assert.rejects(storage.put(path, Buffer.from('x')), `${path} was taken`);
      await assert.rejects(storage.read(path), `${path} was read`);
    }
  });
}
