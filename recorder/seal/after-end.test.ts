import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import { createLogger } from '../../platform/log.ts';
import { thumbprint } from '../keys/signing-key.ts';
import { AfterEnd } from './after-end.ts';
import { makePackage } from './testing/package.ts';
import { verifyPackage } from './verify.ts';

describe('the thread that checks and seals', function () {
  this.timeout(60_000);
  const masterKey = randomBytes(32);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let root: string;
  let afterEnd: AfterEnd;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'after-end-test-'));
    const keysFolder = join(root, 'keys');
    await makePackage(join(root, 'room-1'), masterKey, keysFolder);
    afterEnd = new AfterEnd({
      folderOf: (roomId) => join(root, roomId),
      ...{ keysFolder, masterKey, privateKey },
      log: createLogger('test', {}, { level: 'silent' }),
    });
  });
  after(async () => {
    await afterEnd.close();
    await rm(root, { recursive: true, force: true });
  });

  it('leaves a package that verifies, signed by the key it was given', async () => {
    const checked = await afterEnd.check('room-1');
    assert.deepEqual([checked.state, checked.tracks], ['checked', 3]);
    const sealed = await afterEnd.seal('room-1');
    assert.deepEqual([sealed.state, sealed.verified], ['sealed', true]);
    const report = await verifyPackage({ folder: join(root, 'room-1'), keyId: thumbprint(publicKey) });
    assert.deepEqual(report.findings, []);
  });

  it('says by its code why it could not, and gives up when the recorder closes', async () => {
    await assert.rejects(afterEnd.seal('room-2'), (error) => isAppError(error, 'not-found'));
    const running = assert.rejects(afterEnd.check('room-1'), (error) => isAppError(error, 'closed'));
    await afterEnd.close();
    await running;
    await assert.rejects(afterEnd.check('room-1'), (error) => isAppError(error, 'closed'));
  });
});
