import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';
import { openSigningKey } from '../recorder/keys/signing-key.ts';
import { ClipProver, clipsOf } from '../recorder/seal/clip.ts';
import { signerOf } from '../recorder/seal/plain.ts';
import { sealPackage } from '../recorder/seal/seal.ts';
import { publicKeyOf, thumbprint } from '../recorder/seal/sign.ts';
import { makePackage, type TestPackage } from '../recorder/seal/testing/package.ts';
import { readMasterKey } from '../signaling/people/keyring.ts';

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

/** On the installation that recorded, with its keys. */
describe('goldenhour export', function () {
  this.timeout(180_000);
  let root: string;
  let made: TestPackage;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'recording-commands-test-'));
    const data = join(root, 'data');
    const signer = signerOf(await openSigningKey(data));
    const masterKey = await readMasterKey(data);
    made = await makePackage(join(data, 'recordings', 'room-1'), masterKey, join(data, 'recording-keys'));
    await sealPackage({ folder: made.folder, signer });
  });
  after(() => rm(root, { recursive: true, force: true }));

  const goldenhour = (...args: string[]) =>
    runProgram(
      process.execPath,
      [join(import.meta.dirname, 'goldenhour'), ...args, '--dataDir', join(root, 'data')],
      {
        cwd: root,
        deadlineMs: 120_000,
      },
    );
  const part = [
    '--tracks',
    'cam,mic',
    '--from',
    '4',
    '--to',
    '6',
    '--lang',
    'en',
    '--reason',
    'asked for by a court',
  ];

  it('takes out a part that anybody can verify, and writes it to the audit', async () => {
    const out = join(root, 'part');
    const blank = ['--blank', 'cam,4.5,5,0,0,0.5,0.5', '--blank', 'mic,4.5,5'];
    const { code, tail } = await goldenhour('export', made.folder, ...part, ...blank, '--out', out);
    assert.equal(code, 0, tail);
    const custody = JSON.parse(await readFile(join(out, 'custody.json'), 'utf8'));
    assert.deepEqual([custody.reason, custody.blank.length], ['asked for by a court', 2]);
    assert.deepEqual(
      custody.custody.map(({ action, who }: { action: string; who: string }) => [action, who]),
      [['recording.export', 'console']],
    );
    const [first] = custody.clips;
    const checked = await runProgram(process.execPath, [
      ...[join(import.meta.dirname, 'goldenhour'), 'verify', '--clip', join(out, first.proof)],
      ...['--key', custody.seal.keyId],
    ]);
    assert.equal(checked.code, 0, checked.tail);
  });

  it('makes one zip file, and refuses what is not understood', async () => {
    const out = join(root, 'zipped');
    const { code, tail } = await goldenhour('export', made.folder, ...part, '--out', out, '--zip');
    assert.equal(code, 0, tail);
    assert(existsSync(`${out}.zip`) && !existsSync(out));
    for (const wrong of [
      ['--blank', 'cam,1'],
      ['--blank', 'cam,1,2,0,0,2,2'],
      ['--from', 'x'],
      ['--lang', 'fr'],
    ]) {
      const refused = await goldenhour('export', made.folder, '--out', out, '--reason', 'r', ...wrong);
      assert.equal(refused.code, 2, refused.tail);
    }
    assert.equal((await goldenhour('export', made.folder, '--out', out)).code, 2);
  });

  it('checks down to the plain bytes with the keys of the installation', async () => {
    const { code, stdout, tail } = await goldenhour('verify', made.folder, '--keys', '--json');
    const report = JSON.parse(stdout);
    assert.deepEqual([code, report.plain, report.keyKnown], [0, 'checked', true], tail);
  });
});
