import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import { BlobStore } from './blobs.ts';
import { LocalStorage } from './local.ts';
import { storageContract } from './testing/contract.ts';

async function openLocal() {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-storage-'));
  const close = () => rm(folder, { recursive: true, force: true });
  return { storage: new LocalStorage(join(folder, 'package')), close };
}

describe('a local folder as storage', () => {
  storageContract(openLocal);
});

describe('the blobs of a recording', () => {
  it('are stored once, encrypted, and found by the hash of their plain bytes', async () => {
    const { storage, close } = await openLocal();
    try {
      const blobs = new BlobStore(storage, randomBytes(32));
      const plain = randomBytes(1000);
      const sha256 = createHash('sha256').update(plain).digest('hex');
      const stored = await blobs.put(plain, sha256);
      assert.deepEqual(await blobs.put(plain, sha256), stored);
      assert.ok(plain.equals(await blobs.get(sha256)));
      const raw = Buffer.from(await storage.read(stored.file));
      assert.ok(!raw.includes(plain.subarray(0, 16)));
      assert.equal(createHash('sha256').update(raw).digest('hex'), stored.hash);
      const wrong = blobs.put(Buffer.from('other'), sha256);
      await assert.rejects(wrong, (error) => isAppError(error, 'hash-differs'));
    } finally {
      await close();
    }
  });
});
