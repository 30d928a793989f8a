import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import { sealPackage } from './seal.ts';
import { timestampedHash } from './sign.ts';
import { stampSealed } from './stamp.ts';
import { openAuthority, type TimeAuthority } from './testing/authority.ts';
import { makePackage, type TestPackage } from './testing/package.ts';
import { checkToken, timestampRequest, tokenOf } from './timestamp.ts';
import { verifyPackage } from './verify.ts';

/** Against the time authority of OpenSSL, over HTTP and by file. */
describe('time stamps', function () {
  this.timeout(60_000);
  let root: string;
  let authority: TimeAuthority;
  let made: TestPackage;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'timestamp-test-'));
    authority = await openAuthority(join(root, 'authority'));
    made = await makePackage(join(root, 'package'));
  });
  after(async () => {
    await authority.close();
    await rm(root, { recursive: true, force: true });
  });
  const copy = async () => {
    const folder = await mkdtemp(join(root, 'copy-'));
    await cp(made.folder, folder, { recursive: true });
    return folder;
  };

  it('are asked for in requests that OpenSSL reads, and its tokens are understood', async () => {
    const imprint = Buffer.alloc(32, 7);
    const request = timestampRequest(imprint);
    const file = join(root, 'request.tsq');
    await writeFile(file, request);
    const text = execFileSync('openssl', ['ts', '-query', '-in', file, '-text'], { encoding: 'utf8' });
    assert.match(text, /Hash Algorithm: sha256/);
    assert.match(text, /Certificate required: yes/);
    const token = tokenOf(await authority.answer(request));
    const checked = checkToken(token, imprint, [authority.root]);
    assert.equal(checked.trusted, true);
    assert.match(checked.authority, /Test time authority/);
    assert(Math.abs(checked.utc - Date.now()) < 60_000);
    assert.throws(() => checkToken(token, Buffer.alloc(32, 8)), /for something else/);
    const stranger = await readFile(join(root, 'authority', 'stranger.pem'), 'utf8');
    assert.equal(checkToken(token, imprint, [stranger]).trusted, false);
  });

  it('are refused when a bit of what is signed is flipped', async () => {
    const imprint = Buffer.alloc(32, 7);
    const token = tokenOf(await authority.answer(timestampRequest(imprint)));
    // What no signature covers is the certificates' own business; the package keeps a hash of the whole token.
    const at = Buffer.from(token).indexOf(imprint);
    for (const place of [at, at + 40, token.length - 5]) {
      const flipped = Uint8Array.from(token);
      flipped[place] = (flipped[place] ?? 0) ^ 1;
      assert.throws(() => checkToken(flipped, imprint), `bit in byte ${place}`);
    }
  });

  it('are fetched from the configured authority when a package is sealed', async () => {
    const folder = await copy();
    const sealed = await sealPackage({ folder, signer: made.signer, timeAuthority: { url: authority.url } });
    assert.equal(sealed.timestampFailed, undefined);
    const report = await verifyPackage({ folder, roots: [authority.root] });
    assert.deepEqual(report.findings, []);
    assert.equal(report.timestamp.state, 'valid');
    assert.equal(report.timestamp.trusted, true);
    // OpenSSL agrees, from the files of the package alone.
    const { seal, roomId } = sealed.manifest;
    assert(seal);
    const digest = timestampedHash(roomId, seal).toString('hex');
    const args = ['-token_in', '-in', join(folder, 'seal/token.tst'), '-CAfile', authority.rootFile];
    execFileSync('openssl', ['ts', '-verify', '-digest', digest, ...args]);
  });

  it('may travel by file where no authority is reachable', async () => {
    const folder = await copy();
    const away = await sealPackage({
      folder,
      signer: made.signer,
      timeAuthority: { url: 'http://127.0.0.1:1/' },
    });
    assert.match(away.timestampFailed ?? '', /no time stamp/);
    assert.equal((await verifyPackage({ folder })).timestamp.state, 'waiting');
    const reply = await authority.answer(await readFile(join(folder, 'seal/request.tsq')));
    await stampSealed(folder, { reply });
    const report = await verifyPackage({ folder });
    assert.deepEqual([report.whole, report.timestamp.state], [true, 'valid']);
  });

  it('of something else, and what is none, are refused', async () => {
    const folder = await copy();
    await sealPackage({ folder, signer: made.signer });
    const other = await authority.answer(timestampRequest(Buffer.alloc(32, 1)));
    for (const reply of [other, Buffer.from('no time stamp')])
      await assert.rejects(stampSealed(folder, { reply }), (error) => isAppError(error, 'timestamp-wrong'));
    assert.equal((await verifyPackage({ folder })).timestamp.state, 'waiting');
  });
});
