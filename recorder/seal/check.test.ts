import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { checkManifest, checkPackage } from './check.ts';
import { skewOf, uncovered } from './coverage.ts';
import type { PlainAccess } from './plain.ts';
import { makePackage, type TestPackage } from './testing/package.ts';

describe('the check after the end', function () {
  this.timeout(120_000);
  let root: string;
  let made: TestPackage;
  let access: PlainAccess;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'check-test-'));
    made = await makePackage(join(root, 'package'));
    access = made.access(made.folder);
  });
  after(() => rm(root, { recursive: true, force: true }));

  const changed = (file: RegExp, how: (plain: Buffer) => Uint8Array): PlainAccess => ({
    ...access,
    open: async (name) => {
      const opened = await access.open(name);
      return file.test(name) ? { ...opened, plain: how(Buffer.from(opened.plain)) } : opened;
    },
  });

  it('decodes every frame of H.264, VP8 and Opus and writes the result into the manifest', async () => {
    const steps: number[] = [];
    const { state, check } = await checkPackage({
      folder: made.folder,
      access,
      now: () => 7,
      onProgress: (done) => steps.push(done),
    });
    assert.deepEqual(check?.problems, []);
    assert.equal(state, 'checked');
    assert.deepEqual([check?.decoded, check?.segments, check?.uncoveredMs, check?.atUtc], [22, 22, 0, 7]);
    assert.deepEqual(check?.skew, [{ peerId: 'peer-1', p50: 0, p95: 0 }]);
    assert.equal(steps.at(-1), 1);
  });

  it('names a log whose chain does not hold before anything is signed', async () => {
    const file = join(made.folder, 'log.jsonl');
    const text = await readFile(file, 'utf8');
    const lines = text.split('\n');
    await writeFile(file, [...lines.slice(0, 1), ...lines.slice(2)].join('\n'));
    const { problems } = await checkManifest(made.manifest, { folder: made.folder, access });
    await writeFile(file, text);
    assert.ok(
      problems.some(({ code }) => code === 'log-order'),
      JSON.stringify(problems),
    );
  });

  it('names the second whose picture is damaged', async () => {
    const damage = (plain: Buffer) => plain.fill(0x55, plain.length / 2);
    const check = await checkManifest(made.manifest, {
      folder: made.folder,
      access: changed(/cam\/seg-4/, damage),
    });
    assert.equal(check.decoded, 21);
    assert(check.problems.every(({ trackId, detail }) => trackId === 'cam' && detail.startsWith('5.000 s')));
    assert(check.problems.length > 0);
  });

  it('misses frames that a segment has fewer of than the manifest says', async () => {
    const [cam, ...others] = made.manifest.tracks;
    assert(cam);
    const segments = cam.segments.map((each) => (each.n === 2 ? { ...each, frames: 26 } : each));
    const manifest = { ...made.manifest, tracks: [{ ...cam, segments }, ...others] };
    const check = await checkManifest(manifest, { folder: made.folder, access });
    assert.deepEqual(
      check.problems.map(({ code, detail }) => [code, detail]),
      [['frames-missing', '3.000 s to 4.000 s: 25 of 26 frames came out']],
    );
  });

  it('says what cannot be decrypted', async () => {
    const broken: PlainAccess = {
      ...access,
      open: async (file) => {
        if (file.endsWith('mic/seg-3.m4s')) throw new Error('wrong tag');
        return access.open(file);
      },
    };
    const check = await checkManifest(made.manifest, { folder: made.folder, access: broken });
    const problem = check.problems.find(({ code }) => code === 'not-decrypted');
    assert.deepEqual([problem?.trackId, problem?.detail.startsWith('3.000 s to 4.000 s')], ['mic', true]);
    assert.equal(check.decoded, 21);
  });

  it('stops at once when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('ends'));
    await assert.rejects(checkManifest(made.manifest, { folder: made.folder, access, signal }), /ends/);
  });

  it('finds time that neither a segment nor a gap covers', () => {
    const [cam] = made.manifest.tracks;
    assert(cam);
    assert.deepEqual(uncovered(cam), []);
    assert.deepEqual(uncovered({ ...cam, gaps: [], to: 9000 }), [
      { from: 2000, to: 3000 },
      { from: 8000, to: 9000 },
    ]);
    // Stills that were sent now and then leave nothing out in between.
    assert.deepEqual(uncovered({ ...cam, kind: 'messages', gaps: [], to: 9000 }), []);
  });

  it('measures sound and picture that move against each other, but not clocks that run apart', () => {
    const [cam, , mic] = made.manifest.tracks;
    assert(cam && mic);
    const points = (ticksPerMs: number, shift: (second: number) => number): ManifestTrack['clock'] =>
      Array.from({ length: 101 }, (_, second) => ({
        ...{ stretch: 0, rtp: String(second * 1000 * ticksPerMs), errorMs: 1, by: 'report' as const },
        at: second * 1000 + shift(second),
      }));
    const long = { from: 0, to: 100_000 };
    const picture = { ...cam, ...long, clock: points(90, () => 0) };
    const drifting = { ...mic, ...long, clock: points(48, (second) => second * 0.05) };
    const [steady] = skewOf([picture, drifting]);
    assert(steady && steady.p95 < 0.1, JSON.stringify(steady));
    const late = { ...mic, ...long, clock: points(48, (second) => (second % 20 < 10 ? 0 : 60)) };
    const [apart] = skewOf([picture, late]);
    assert(apart && apart.p95 > 25 && apart.p95 < 60, JSON.stringify(apart));
  });
});
