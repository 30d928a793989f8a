import assert from 'node:assert/strict';
import { randomBytes, sign, verify } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import {
  contentSalt,
  ENVELOPE_HEAD_BYTES,
  EnvelopeReader,
  EnvelopeWriter,
  openBytes,
  PIECE_BYTES,
  sealBytes,
  storedSize,
} from '../core/envelope.ts';
import { masterKeyFingerprint } from './fingerprint.ts';
import { confirmKeyCopy, isKeyCopyConfirmed } from './key-copy.ts';
import { PACKAGE_KEY, RecordingKeys, trackKeyName } from './recording-keys.ts';
import { openSigningKey, SIGNING_KEY_FILE, thumbprint } from './signing-key.ts';

const refusedAs = (code: string) => (error: unknown) => isAppError(error, code);

describe('the keys of recordings', () => {
  const masterKey = randomBytes(32);
  const name = trackKeyName('t1');
  let folder: string;
  let keys: RecordingKeys;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-keys-'));
    keys = new RecordingKeys({ folder, masterKey });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are made once, stand on the disk before they are used, and open for every purpose', async () => {
    const [made, again] = await Promise.all([keys.forWriting('r1', name), keys.forWriting('r1', name)]);
    assert.deepEqual(made, again);
    const other = new RecordingKeys({ folder, masterKey });
    for (const purpose of ['care', 'quality', 'teaching', 'evidence'] as const) {
      assert.deepEqual(await other.open('r1', name, purpose), made);
    }
    assert.notDeepEqual((await keys.forWriting('r1', PACKAGE_KEY)).key, made.key);
    const file = join(folder, 'r1.json');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(file, 'utf8')).includes(Buffer.from(made.key).toString('base64')));
  });

  it('are gone for a purpose once it is destroyed, also for later tracks, and open for the others', async () => {
    await keys.forWriting('r1', name);
    const first = await keys.destroy('r1', ['teaching', 'care'], 1_000);
    assert.deepEqual(first, { destroyed: ['care', 'teaching'], remaining: ['quality', 'evidence'] });
    await assert.rejects(keys.open('r1', name, 'care'), refusedAs('keys-destroyed'));
    assert.ok(await keys.open('r1', name, 'quality'));
    await keys.forWriting('r1', trackKeyName('t2'));
    const text = await readFile(join(folder, 'r1.json'), 'utf8');
    assert.ok(!text.includes('"teaching":') && text.includes('"quality":'));
    const all = await keys.destroy('r1', ['care', 'quality', 'evidence', 'teaching'], 2_000);
    assert.deepEqual(all, { destroyed: ['quality', 'evidence'], remaining: [] });
    await assert.rejects(keys.forWriting('r1', name), refusedAs('keys-destroyed'));
    assert.deepEqual(await keys.purposes('r1'), []);
    assert.equal((await keys.purposes('r2')).length, 4);
  });

  it('are gone from what a crash left beside the file, too', async () => {
    await keys.forWriting('r1', name);
    const text = await readFile(join(folder, 'r1.json'));
    await writeFile(join(folder, 'r1.json.4711.part'), text);
    await writeFile(join(folder, 'r12.json.4711.part'), text);
    await keys.destroy('r1', ['care'], 1_000);
    assert.deepEqual((await readdir(folder)).sort(), ['r1.json', 'r12.json.4711.part']);
  });

  it('name the right master key when they are opened with another', async () => {
    await keys.forWriting('r1', name);
    const wrong = new RecordingKeys({ folder, masterKey: randomBytes(32) });
    await assert.rejects(wrong.open('r1', name, 'care'), (error) => {
      assert.ok(isAppError(error, 'master-key-wrong'));
      return error.whatToDo?.includes(masterKeyFingerprint(masterKey)) ?? false;
    });
  });

  it('are refused when their file was changed, or belongs to another room or track', async () => {
    await keys.forWriting('r1', name);
    await keys.forWriting('r1', trackKeyName('t2'));
    const file = join(folder, 'r1.json');
    const text = await readFile(file, 'utf8');
    await writeFile(join(folder, 'r2.json'), text.replace('"r1"', '"r2"'));
    await assert.rejects(keys.open('r2', name, 'care'), refusedAs('keyring-damaged'));
    await writeFile(file, text.replace('track:t1', 'track:t3').replace('track:t2', 'track:t1'));
    await assert.rejects(keys.open('r1', name, 'care'), refusedAs('keyring-damaged'));
    await writeFile(file, text.slice(0, -20));
    await assert.rejects(keys.open('r1', name, 'care'), refusedAs('keyring-damaged'));
    await assert.rejects(keys.open('r9', name, 'care'), refusedAs('not-found'));
  });

  it('have a copy of their master key confirmed only by its own fingerprint', async () => {
    assert.equal(await isKeyCopyConfirmed(folder, masterKey), false);
    const other = masterKeyFingerprint(randomBytes(32));
    await assert.rejects(confirmKeyCopy(folder, masterKey, other, 1), refusedAs('key-copy-differs'));
    await confirmKeyCopy(folder, masterKey, ` ${masterKeyFingerprint(masterKey).toUpperCase()}`, 1);
    assert.equal(await isKeyCopyConfirmed(folder, masterKey), true);
    assert.equal(await isKeyCopyConfirmed(folder, randomBytes(32)), false);
  });

  it('sign with one key of the installation, named by its RFC 7638 thumbprint', async () => {
    const [one, two] = await Promise.all([openSigningKey(folder), openSigningKey(folder)]);
    assert.equal(one.keyId, two.keyId);
    assert.match(one.keyId, /^[\w-]{43}$/);
    const text = Buffer.from('seal');
    assert.ok(verify('sha256', text, one.publicKey, sign('sha256', text, one.privateKey)));
    const file = join(folder, SIGNING_KEY_FILE);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(thumbprint(two.publicKey), one.keyId);
    await writeFile(file, 'no key');
    await assert.rejects(openSigningKey(folder), refusedAs('signing-key-invalid'));
  });
});

describe('the encrypted form of a file', () => {
  const key = randomBytes(32);
  const path = 'tracks/t1/seg-000001.m4s';

  it('gives back files of any size, whole and in ranges', () => {
    for (const size of [0, 1, 1000, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 77]) {
      const plain = randomBytes(size);
      const stored = sealBytes(key, path, plain);
      assert.equal(stored.length, storedSize(size));
      assert.ok(openBytes(key, path, stored).equals(plain), `${size}`);
      const reader = new EnvelopeReader(key, path, stored.subarray(0, ENVELOPE_HEAD_BYTES), stored.length);
      for (const [from, to] of [
        [0, 1],
        [size >> 1, size],
        [Math.max(0, size - 3), size + 10],
        [Math.min(size, PIECE_BYTES - 2), Math.min(size, PIECE_BYTES + 2)],
      ] as const) {
        const { offset, length } = reader.storedRange(from, to);
        const range = reader.open(from, to, stored.subarray(offset, offset + length));
        assert.ok(range.equals(plain.subarray(from, to)), `${from} to ${to} of ${size}`);
      }
    }
  });

  it('can be written in parts of any size', () => {
    const plain = randomBytes(2 * PIECE_BYTES + 5);
    const writer = new EnvelopeWriter(key, path);
    const out: Buffer[] = [writer.head];
    for (let at = 0; at < plain.length; at += 100_001)
      out.push(writer.push(plain.subarray(at, at + 100_001)));
    assert.ok(openBytes(key, path, Buffer.concat([...out, writer.end()])).equals(plain));
  });

  it('does not open when a bit, the path or the key is another, or when it was cut or reordered', () => {
    const plain = randomBytes(2 * PIECE_BYTES);
    const stored = sealBytes(key, path, plain);
    const damaged = refusedAs('file-damaged');
    for (const at of [0, 9, 12, 20, 47, 48, 1000, PIECE_BYTES + 100, stored.length - 1]) {
      const changed = Buffer.from(stored);
      changed[at] = (changed[at] ?? 0) ^ 4;
      assert.throws(() => openBytes(key, path, changed), damaged, `byte ${at}`);
    }
    assert.throws(() => openBytes(key, 'tracks/t1/seg-000002.m4s', stored), damaged);
    assert.throws(() => openBytes(randomBytes(32), path, stored), damaged);
    const piece = PIECE_BYTES + 16;
    const cut = stored.subarray(0, ENVELOPE_HEAD_BYTES + piece);
    assert.throws(() => openBytes(key, path, cut), damaged);
    for (let size = 0; size < 100; size += 1) {
      assert.throws(() => openBytes(key, path, stored.subarray(0, size)), damaged);
    }
    const [head, first, second] = [
      stored.subarray(0, ENVELOPE_HEAD_BYTES),
      stored.subarray(ENVELOPE_HEAD_BYTES, ENVELOPE_HEAD_BYTES + piece),
      stored.subarray(ENVELOPE_HEAD_BYTES + piece),
    ];
    assert.throws(() => openBytes(key, path, Buffer.concat([head, second, first])), damaged);
  });

  it('comes out the same again with a salt of its content, and another one for other content', () => {
    const [one, two] = [randomBytes(500), randomBytes(500)];
    const seal = (plain: Buffer, at = path) => sealBytes(key, at, plain, contentSalt(key, at, plain));
    assert.ok(seal(one).equals(seal(one)));
    assert.ok(!seal(one).subarray(0, 48).equals(seal(two).subarray(0, 48)));
    assert.ok(!seal(one).subarray(0, 48).equals(seal(one, 'other').subarray(0, 48)));
    assert.ok(openBytes(key, path, seal(two)).equals(two));
  });
});
