import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { sealBytes } from '../core/envelope.ts';
import { PACKAGE_KEY } from '../keys/recording-keys.ts';
import { plainHash } from '../package/names.ts';
import { canonicalJson } from './canonical.ts';
import { sealPackage } from './seal.ts';
import { stampSealed } from './stamp.ts';
import { readSupplements, sealSupplement } from './supplement.ts';
import { openAuthority } from './testing/authority.ts';
import { makePackage, newSigner, ROOM, type TestPackage } from './testing/package.ts';
import { verifyPackage } from './verify.ts';
import { walk } from './verify-files.ts';

/** R11: every kind of tampering is found, all of it. */
describe('verify finds', function () {
  this.timeout(300_000);
  let root: string;
  let made: TestPackage;
  let folder: string;
  let files: string[];
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'verify-test-'));
    made = await makePackage(join(root, 'package'));
    folder = made.folder;
    await sealPackage({ folder, signer: made.signer });
    const authority = await openAuthority(join(root, 'authority'));
    try {
      await stampSealed(folder, { url: authority.url });
    } finally {
      await authority.close();
    }
    await addSupplement('voice', 'the line of the centre');
    await addSupplement('badge', 'seen by the camera of an officer');
    files = (await walk(folder, '')).map(({ file }) => file);
    const report = await verifyPackage({ folder });
    assert.deepEqual(report.findings, []);
    assert.equal(report.supplements, 2);
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function addSupplement(supplementId: string, text: string): Promise<void> {
    const file = `supplements/${supplementId}`;
    const { key } = await made.keys.forWriting(ROOM, PACKAGE_KEY);
    const stored = sealBytes(key, file, Buffer.from(text));
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), stored);
    await sealSupplement(folder, made.signer, {
      ...{ supplementId, kind: 'voice-logger', addedUtc: 1, addedBy: 'person-1', reason: 'asked for' },
      ...{ mimeType: 'audio/wav', file, bytes: stored.length, hash: hash('sha256', stored), from: 1000 },
      plain: plainHash(key, file, Buffer.from(text)),
    });
  }

  /** Does it to the package, checks, and puts the named files back. */
  async function tamper(touched: readonly string[], how: () => Promise<void>) {
    const before = await Promise.all(
      touched.map((file) => readFile(join(folder, file)).catch(() => undefined)),
    );
    try {
      await how();
      return await verifyPackage({ folder });
    } finally {
      for (const [index, file] of touched.entries()) {
        await rm(join(folder, file), { force: true });
        const content = before[index];
        if (content) await writeFile(join(folder, file), content);
      }
    }
  }

  it('a bit flipped anywhere, and names the file', async () => {
    const places = fc.constantFrom(...files);
    await fc.assert(
      fc.asyncProperty(places, fc.nat(), fc.nat(7), async (file, where, bit) => {
        const bytes = await readFile(join(folder, file));
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const report = await tamper([file], () => writeFile(join(folder, file), bytes));
        assert.equal(report.whole, false, `${file} byte ${at} bit ${bit}`);
        assert(
          report.findings.some((finding) => finding.file === file || file === 'manifest.json'),
          JSON.stringify(report.findings),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('bits flipped all through the seal, also where base64url leaves some unused', async () => {
    const bytes = await readFile(join(folder, 'manifest.json'));
    const lastLetter = bytes.indexOf('"', bytes.indexOf('"signature":"') + 13) - 1;
    const places = [lastLetter];
    for (let at = bytes.indexOf('"seal":'); at < bytes.length; at += 5) places.push(at);
    for (const at of places) {
      const changed = Buffer.from(bytes);
      // The lowest bit of a letter of base64url is one that may mean nothing.
      changed.write(at === lastLetter ? neighbour(String.fromCharCode(changed[at] ?? 0)) : '~', at);
      const report = await tamper(['manifest.json'], () => writeFile(join(folder, 'manifest.json'), changed));
      assert.equal(report.whole, false, `byte ${at}`);
    }
  });

  it('any file dropped', async () => {
    for (const file of files) {
      const report = await tamper([file], () => rm(join(folder, file)));
      const isLastSupplement = file === 'supplements/badge.json';
      const found = report.findings.map((finding) => finding.file);
      assert.equal(report.whole, false, file);
      if (!isLastSupplement) assert(found.includes(file) || file.startsWith('supplements/'), file);
    }
  });

  it('any file cut short', async () => {
    for (const file of files) {
      const { length } = await readFile(join(folder, file));
      for (const left of [0, Math.floor(length / 2), length - 1]) {
        const report = await tamper([file], () => truncate(join(folder, file), left));
        assert.equal(report.whole, false, `${file} cut to ${left}`);
      }
    }
  });

  it('files added anywhere, and links in place of files', async () => {
    for (const stranger of [
      'x',
      'tracks/cam/seg-99.m4s',
      'tracks/new/seg-1.m4s',
      'supplements/y',
      'supplements/y.json',
    ]) {
      const report = await tamper([stranger], async () => {
        await mkdir(dirname(join(folder, stranger)), { recursive: true });
        await writeFile(join(folder, stranger), 'x');
      });
      assert.deepEqual([...new Set(report.findings.map(({ file }) => file))], [stranger]);
    }
    const linked = 'tracks/cam/seg-2.m4s';
    const report = await tamper([linked], async () => {
      await cp(join(folder, linked), join(root, 'elsewhere'));
      await rm(join(folder, linked));
      await symlink(join(root, 'elsewhere'), join(folder, linked));
    });
    assert.deepEqual([report.findings[0]?.code, report.findings[0]?.file], ['not-a-file', linked]);
  });

  it('files that changed places, and says whose bytes they hold', async () => {
    const segments = files.filter((file) => file.includes('seg-'));
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(segments, { minLength: 2, maxLength: 2 }),
        async ([a = '', b = '']) => {
          const [first, second] = [await readFile(join(folder, a)), await readFile(join(folder, b))];
          const report = await tamper([a, b], async () => {
            await writeFile(join(folder, a), second);
            await writeFile(join(folder, b), first);
          });
          assert.deepEqual(
            report.findings.map(({ code }) => code),
            ['moved', 'moved'],
          );
          assert(report.findings.some(({ file, detail }) => file === a && detail.includes(b)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('the segment and its second', async () => {
    const file = 'tracks/cam/seg-4.m4s';
    const report = await tamper([file], () => truncate(join(folder, file), 10));
    assert.equal(report.findings.length, 1);
    const { detail: _, ...place } = report.findings[0] ?? { detail: '' };
    assert.deepEqual(place, { code: 'cut-short', file, trackId: 'cam', segment: 4, from: 5000, to: 6000 });
  });

  it('every edit of the manifest that is still a manifest', async () => {
    const text = await readFile(join(folder, 'manifest.json'), 'utf8');
    const edits: ((manifest: Record<string, unknown>, pick: number) => void)[] = [
      (manifest) => Object.assign(manifest, { incidentId: 'incident-2' }),
      (manifest) => Object.assign(manifest, { drill: false }),
      (manifest) => Object.assign(manifest, { state: 'checked' }),
      (manifest) => Object.assign(manifest, { anchorUtc: 0 }),
      (manifest) => delete manifest.seal,
      (manifest, pick) => listOf(manifest.tracks).splice(pick % 3, 1),
      (manifest) => listOf(manifest.tracks).reverse(),
      (manifest, pick) => listOf(recordOf(listOf(manifest.tracks)[pick % 3]).segments).splice(pick % 5, 1),
      (manifest, pick) => listOf(recordOf(listOf(manifest.tracks)[pick % 3]).segments).reverse(),
      (manifest) => listOf(recordOf(listOf(manifest.tracks)[0]).gaps).pop(),
      (manifest, pick) =>
        Object.assign(recordOf(listOf(manifest.tracks)[pick % 3]), { playlist: undefined, role: 'face' }),
      (manifest) => listOf(manifest.blobs).pop(),
      (manifest) => listOf(manifest.spans).pop(),
    ];
    for (const [index, edit] of edits.entries())
      for (const pick of [0, 1, 2]) {
        const manifest = recordOf(JSON.parse(text));
        edit(manifest, pick);
        const edited = canonicalJson(manifest);
        assert.notEqual(edited, text);
        const report = await tamper(['manifest.json'], () =>
          writeFile(join(folder, 'manifest.json'), edited),
        );
        assert.equal(report.whole, false, `edit ${index}`);
        assert(
          report.findings.every(({ code }) => code !== 'manifest-unreadable'),
          `edit ${index} is no manifest`,
        );
      }
  });

  it('a whole package sealed again by someone else', async () => {
    const copy = join(root, 'forged');
    await cp(folder, copy, { recursive: true });
    await rm(join(copy, 'supplements'), { recursive: true });
    await rm(join(copy, 'seal'), { recursive: true });
    await writeFile(join(copy, 'manifest.json'), canonicalJson(made.manifest));
    await sealPackage({ folder: copy, signer: newSigner() });
    const { keyId } = await verifyPackage({ folder });
    assert(keyId);
    const report = await verifyPackage({ folder: copy, keyId });
    assert.deepEqual(
      report.findings.map(({ code }) => code),
      ['other-key'],
    );
  });

  it('entries of the log changed, dropped, doubled, exchanged or cut off, and says which', async () => {
    const lines = (await readFile(join(folder, 'log.jsonl'), 'utf8')).trimEnd().split('\n');
    const cases: readonly (readonly [string[], number])[] = [
      [lines.with(6, (lines[6] ?? '').replace('"actor":"peer-1"', '"actor":"peer-2"')), 7],
      [lines.toSpliced(6, 1), 7],
      [lines.toSpliced(6, 0, lines[6] ?? ''), 8],
      [lines.toSpliced(6, 2, lines[7] ?? '', lines[6] ?? ''), 7],
      [lines.slice(0, 15), 15],
      [lines.with(3, '{"seq":4}'), 4],
    ];
    for (const [changed, seq] of cases) {
      const report = await tamper(['log.jsonl'], () =>
        writeFile(join(folder, 'log.jsonl'), changed.map((line) => `${line}\n`).join('')),
      );
      const finding = report.findings.find(({ code }) => code.startsWith('log-'));
      assert.deepEqual([report.whole, finding?.seq], [false, seq]);
    }
  });

  it('plain bytes that are not those that were sealed, where it has the keys', async () => {
    const copy = join(root, 'plain');
    await cp(folder, copy, { recursive: true });
    const [cam] = made.manifest.tracks;
    const [segment] = cam?.segments ?? [];
    assert(cam && segment);
    // Someone with all keys writes another picture and seals it as if it had always been there.
    const { key } = await made.keys.forWriting(ROOM, 'track:cam');
    const stored = sealBytes(key, segment.file, Buffer.from('another picture'));
    await writeFile(join(copy, segment.file), stored);
    const changed = { ...segment, bytes: stored.length, hash: hash('sha256', stored) };
    const tracks = made.manifest.tracks.with(0, { ...cam, segments: cam.segments.with(0, changed) });
    await writeFile(join(copy, 'manifest.json'), canonicalJson({ ...made.manifest, tracks }));
    await rm(join(copy, 'supplements'), { recursive: true });
    await rm(join(copy, 'seal'), { recursive: true });
    await sealPackage({ folder: copy, signer: made.signer });
    assert.equal((await verifyPackage({ folder: copy })).whole, true);
    const report = await verifyPackage({ folder: copy, plain: made.access(copy) });
    assert.deepEqual(
      report.findings.map(({ code, file }) => [code, file]),
      [['plain-altered', segment.file]],
    );
  });

  it('supplements changed, dropped from between, or taken from another recording', async () => {
    const record = 'supplements/voice.json';
    const [text, badge] = await Promise.all(
      [record, 'supplements/badge.json'].map((file) => readFile(join(folder, file), 'utf8')),
    );
    assert(text && badge);
    for (const changed of [text.replace('asked for', 'stolen it'), ` ${text}`, badge]) {
      const report = await tamper([record], () => writeFile(join(folder, record), changed));
      assert.equal(report.findings[0]?.code, 'supplement');
    }
    const dropped = await tamper([record, 'supplements/voice'], async () => {
      await rm(join(folder, record));
      await rm(join(folder, 'supplements/voice'));
    });
    assert.deepEqual(
      dropped.findings.map(({ code }) => code),
      ['supplement'],
    );
    assert.equal((await readSupplements(folder)).length, 2);
  });
});

/** The letter of base64url whose value differs in the lowest bit. */
function neighbour(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return letters[letters.indexOf(letter) ^ 1] ?? '';
}

function recordOf(value: unknown): Record<string, unknown> {
  const isRecord = (each: unknown): each is Record<string, unknown> =>
    typeof each === 'object' && each !== null && !Array.isArray(each);
  assert(isRecord(value));
  return value;
}

function listOf(value: unknown): unknown[] {
  assert(Array.isArray(value));
  return value;
}
