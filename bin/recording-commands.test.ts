import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';
import { ClipProver, clipsOf } from '../recorder/seal/clip.ts';
import { sealPackage } from '../recorder/seal/seal.ts';
import { publicKeyOf, thumbprint } from '../recorder/seal/sign.ts';
import { makePackage, type TestPackage } from '../recorder/seal/testing/package.ts';

/** As whoever received a recording or a clip runs it: the program, a folder, nothing else. */
describe('goldenhour verify', function () {
  this.timeout(120_000);
  let root: string;
  let made: TestPackage;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'recording-commands-test-'));
    made = await makePackage(join(root, 'package'));
    await sealPackage({ folder: made.folder, signer: made.signer });
  });
  after(() => rm(root, { recursive: true, force: true }));

  const goldenhour = (...args: string[]) =>
    runProgram(process.execPath, [join(import.meta.dirname, 'goldenhour'), ...args], {
      cwd: root,
      deadlineMs: 60_000,
    });

  it('says yes to a whole recording, and by which key', async () => {
    const keyFile = join(root, 'key.pem');
    await writeFile(keyFile, publicKeyOf(made.signer.key).export({ type: 'spki', format: 'pem' }));
    const { code, stdout } = await goldenhour('verify', made.folder, '--key', keyFile, '--json');
    const report = JSON.parse(stdout);
    assert.deepEqual([code, report.whole, report.keyKnown], [0, true, true]);
    assert.equal(report.keyId, thumbprint(made.signer.key));
  });

  it('proves a clip, and finds the clip that was cut', async () => {
    const [cam] = made.manifest.tracks;
    const clip = cam && clipsOf(cam, 4000, 5000)[0];
    assert(clip);
    const parts: Uint8Array[] = [];
    const prover = await ClipProver.open(made.folder, made.access(made.folder));
    const proof = await prover.prove(clip, 'clip.mp4', async (part) => {
      parts.push(part);
    });
    await writeFile(join(root, 'clip.mp4'), Buffer.concat(parts));
    await writeFile(join(root, 'clip.json'), JSON.stringify(proof));
    const good = await goldenhour('verify', '--clip', 'clip.json');
    assert.equal(good.code, 0);
    assert.match(good.stdout, /track cam of room room-1, 2026-03-14T15:09:30\.000Z/);
    await truncate(join(root, 'clip.mp4'), 1000);
    const cut = await goldenhour('verify', '--clip', 'clip.json');
    assert.equal(cut.code, 1);
    assert.match(cut.stdout, /altered: tracks\/cam/);
  });

  it('says no with file, segment and second', async () => {
    await truncate(join(made.folder, 'tracks/mic/seg-4.m4s'), 100);
    const { code, stdout } = await goldenhour('verify', made.folder);
    assert.equal(code, 1);
    assert.match(stdout, /cut-short: tracks\/mic\/seg-4\.m4s, track mic, segment 4, 4\.000 s to 5\.000 s/);
  });

  it('says what it did not understand', async () => {
    for (const args of [[], ['a', 'b'], ['a', '--colour', 'red'], ['a', '--clip', 'b']]) {
      const { code, tail } = await goldenhour('verify', ...args);
      assert.equal(code, 2, tail);
    }
  });
});
