import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openBytes } from '../core/envelope.ts';
import { LocalStorage } from '../storage/local.ts';
import { type Upload, Uploads } from './uploads.ts';

describe('an upload in pieces', () => {
  let root: string;
  let uploads: Uploads;
  const key = randomBytes(32);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'gh-uploads-'));
    uploads = new Uploads(root);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const on = <T>(work: (upload: Upload) => Promise<T>) =>
    uploads.with({ roomId: 'room-1', kind: 'fill', id: 'f1', key }, work);

  it('keeps what came of a piece that broke off, and goes on behind it', async () => {
    const bytes = randomBytes(1000);
    const announced = { bytes: 1000, sha256: createHash('sha256').update(bytes).digest('hex') };
    await on((upload) => upload.announce(announced));
    async function* broken() {
      yield bytes.subarray(0, 300);
      throw new Error('the link is gone');
    }
    await assert.rejects(
      on((upload) => upload.take(0, 1000, Readable.from(broken(), { objectMode: false }))),
      { code: 'bad-request' },
    );
    assert.equal(await on((upload) => upload.offset()), 300);
    await assert.rejects(
      on((upload) => upload.take(0, 1000, Readable.from([bytes], { objectMode: false }))),
      { code: 'conflict', details: { offset: 300 } },
    );
    const rest = Readable.from([bytes.subarray(300)], { objectMode: false });
    assert.equal(await on((upload) => upload.take(300, 1000, rest)), 1000);
    const storage = new LocalStorage(join(root, 'package'));
    await on((upload) => upload.store(announced, storage, 'fills/f1', key));
    assert.deepEqual(openBytes(key, 'fills/f1', await storage.read('fills/f1')), bytes);
  });

  it('takes pieces of one upload one after the other', async () => {
    const order: string[] = [];
    const first = on(async (upload) => {
      await upload.announce({});
      order.push('first');
    });
    const second = on(async () => {
      order.push('second');
    });
    await Promise.all([first, second]);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('throws away what nobody went on with for a week', async () => {
    await on((upload) => upload.announce({ bytes: 1 }));
    const now = Date.now();
    await uploads.tidy(now);
    assert.deepEqual(await on((upload) => upload.announced()), { bytes: 1 });
    await utimes(join(root, 'room-1', 'fill-f1'), 0, 0);
    await uploads.tidy(now);
    assert.equal(await on((upload) => upload.announced()), undefined);
  });
});
