import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import { canonicalJson } from './canonical.ts';
import { readManifest, writeManifest } from './manifest-file.ts';
import { sealPackage } from './seal.ts';
import { thumbprint } from './sign.ts';
import { makePackage, newSigner, type TestPackage } from './testing/package.ts';
import { verifyPackage } from './verify.ts';

describe('sealing a package', function () {
  this.timeout(60_000);
  let root: string;
  let made: TestPackage;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'seal-test-'));
    made = await makePackage(join(root, 'original'));
  });
  after(() => rm(root, { recursive: true, force: true }));

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(root, 'copy-'));
    await cp(made.folder, folder, { recursive: true });
  });

  it('makes one that verifies without keys, and with them down to the plain bytes', async () => {
    await sealPackage({ folder, signer: made.signer, now: () => 1_800_000_000_000 });
    const report = await verifyPackage({ folder });
    assert.deepEqual(report.findings, []);
    assert.equal(report.whole, true);
    assert.equal(report.plain, 'no-keys');
    assert.equal(report.sealedUtc, 1_800_000_000_000);
    assert.equal(report.logEntries, 20);
    assert.deepEqual(report.timestamp, { state: 'waiting' });
    const withKeys = await verifyPackage({
      folder,
      plain: made.access(folder),
      keyId: thumbprint(made.signer.key),
    });
    assert.deepEqual([withKeys.whole, withKeys.plain, withKeys.keyKnown], [true, 'checked', true]);
  });

  it('is done once, and answers the same again', async () => {
    const first = await sealPackage({ folder, signer: made.signer });
    const again = await sealPackage({ folder, signer: newSigner() });
    assert.deepEqual(again.manifest, first.manifest);
    const { text } = await readManifest(folder);
    assert.equal(text, canonicalJson(first.manifest));
  });

  it('is refused before the check, and for files that are not as the manifest says', async () => {
    await writeManifest(folder, { ...made.manifest, state: 'ended' });
    await assert.rejects(sealPackage({ folder, signer: made.signer }), (error) =>
      isAppError(error, 'not-checked'),
    );
    await writeManifest(folder, made.manifest);
    await rm(join(folder, 'tracks/mic/seg-3.m4s'));
    await assert.rejects(
      sealPackage({ folder, signer: made.signer }),
      (error) => isAppError(error, 'package-damaged') && /seg-3/.test(error.message),
    );
    assert.equal((await readManifest(folder)).manifest.seal, undefined);
  });

  it('is not taken for that of another key', async () => {
    await sealPackage({ folder, signer: made.signer });
    const report = await verifyPackage({ folder, keyId: thumbprint(newSigner().key) });
    assert.deepEqual(
      report.findings.map(({ code }) => code),
      ['other-key'],
    );
    assert.equal(report.keyKnown, false);
  });

  it('says what a folder is that holds no recording', async () => {
    const none = await verifyPackage({ folder: join(root, 'nothing') });
    assert.deepEqual([none.whole, none.findings[0]?.code], [false, 'manifest-missing']);
    const unsealed = await verifyPackage({ folder });
    assert.deepEqual(
      unsealed.findings.map(({ code }) => code),
      ['not-sealed'],
    );
  });
});
