import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../platform/setup/index.ts';
import { findProgram, runProgram } from '../../platform/setup/run-program.ts';
import { sealPackage } from './seal.ts';
import { makePackage, type TestPackage } from './testing/package.ts';

const SCRIPT = join(projectRoot, 'docs', 'verify-by-hand.py');

/** The bytes of a seal are described for people who trust none of this code: what they are told to do has to work. */
describe('a seal checked by hand', function () {
  this.timeout(60_000);
  let root: string;
  let made: TestPackage;
  const python = findProgram('python3');
  const openssl = findProgram('openssl');

  before(async function () {
    if (python === undefined || openssl === undefined) return this.skip();
    root = await mkdtemp(join(tmpdir(), 'seal-by-hand-'));
    made = await makePackage(join(root, 'package'));
    await sealPackage({ folder: made.folder, signer: made.signer });
  });
  after(async () => {
    if (root !== undefined) await rm(root, { recursive: true, force: true });
  });

  const check = () => runProgram(python ?? '', [SCRIPT, made.folder], { cwd: root, deadlineMs: 30_000 });

  it('holds, with nothing of this program', async () => {
    const { code, stdout, tail } = await check();
    assert.equal(code, 0, tail);
    assert.match(stdout, /^\d+ leaves are as they were sealed/);
    const key = ['-verify', 'key.der', '-keyform', 'DER'];
    const args = ['dgst', '-sha256', ...key, '-signature', 'signature.der', 'signed.json'];
    const signature = await runProgram(openssl ?? '', args, { cwd: root, deadlineMs: 30_000 });
    assert.match(signature.stdout, /Verified OK/, signature.tail);
  });

  it('does not hold with one bit of one segment flipped', async () => {
    const [track] = made.manifest.tracks;
    const [segment] = track?.segments ?? [];
    assert(segment);
    const file = join(made.folder, segment.file);
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    await writeFile(file, bytes);
    const { code, tail } = await check();
    assert.equal(code, 1);
    assert.match(tail, /is not as it was sealed/);
  });
});
