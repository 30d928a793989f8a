import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import { verifyClipFile } from '../seal/clip-file.ts';
import { sealPackage } from '../seal/seal.ts';
import { makePackage, type TestPackage } from '../seal/testing/package.ts';
import { oneLine } from './captions.ts';
import { exportClip } from './export.ts';
import { blankArea, placementOf } from './raster.ts';
import type { ExportOptions, ExportResult } from './types.ts';
import { gridOf } from './view.ts';
import { zipExport } from './zip.ts';

/** A name that would be a command in a filter, in markup, in a script and in subtitles. */
const EVIL = `Dr "O'Neil" \\: %{pts},[x];</script><img src=x onerror=alert(1)>{\\b1}病人`;

describe('an export', function () {
  this.timeout(120_000);
  let root: string;
  let made: TestPackage;
  let base: ExportOptions;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'export-test-'));
    made = await makePackage(join(root, 'package'));
    await sealPackage({ folder: made.folder, signer: made.signer });
    base = {
      folder: made.folder,
      out: join(root, 'unused'),
      access: made.access(made.folder),
      trackIds: ['cam', 'cam2', 'mic'],
      ...{ from: 500, to: 7500, language: 'en', captions: true, blank: [] },
      ...{ reason: EVIL, by: EVIL, purpose: 'evidence', title: EVIL },
      labels: { cam: EVIL },
      marks: [{ at: 4000, text: EVIL }],
      drawn: [],
      custody: [{ utc: 1_800_000_000_000, action: 'recording.open', who: EVIL }],
      utcOffsetMinutes: 480,
      now: () => 1_800_000_000_000,
    };
  });
  after(() => rm(root, { recursive: true, force: true }));

  /** Mean and spread of brightness of a part of the picture at a time. */
  function look(file: string, second: number, crop: string): { mean: number; spread: number } {
    const raw = execFileSync(
      process.env.FFMPEG_BIN ?? 'ffmpeg',
      [
        ...['-v', 'error', '-ss', String(second), '-i', file, '-frames:v', '1', '-vf', `crop=${crop}`],
        ...['-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
      ],
      { maxBuffer: 1e8 },
    );
    const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length;
    return { mean, spread: Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / raw.length) };
  }

  /** Loudness of a second of the mixed sound, as the root of its mean square. */
  function loudness(file: string, second: number): number {
    const raw = execFileSync(
      process.env.FFMPEG_BIN ?? 'ffmpeg',
      ['-v', 'error', '-ss', String(second), '-t', '0.5', '-i', file, '-ac', '1', '-f', 's16le', 'pipe:1'],
      { maxBuffer: 1e8 },
    );
    const samples = new Int16Array(raw.buffer, raw.byteOffset, Math.floor(raw.length / 2));
    return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  }

  describe('of three tracks with a gap', () => {
    let result: ExportResult;
    let view: string;
    const steps = new Set<string>();
    before(async () => {
      result = await exportClip({ ...base, out: join(root, 'export') }, (_, step) => steps.add(step));
      view = join(result.folder, 'view.mp4');
    });

    it('is one folder of a view, clips with proofs, custody and a page', async () => {
      const names = result.files.map(({ file }) => file);
      assert.deepEqual(
        names.filter((name) => !name.startsWith('clips/')),
        ['view.mp4', 'custody.json', 'custody.html', 'verify.html'],
      );
      // cam is cut in two by its gap.
      assert.equal(names.filter((name) => name.endsWith('.proof.json')).length, 4);
      assert.deepEqual([...steps], ['clips', 'picture', 'pages']);
      assert.deepEqual((await readdir(result.folder)).sort(), [
        'clips',
        'custody.html',
        'custody.json',
        'verify.html',
        'view.mp4',
      ]);
    });

    it('shows a plain field where a picture is missing, and never the picture before it', () => {
      const gap = look(view, 2.1, '800:150:80:60');
      const before = look(view, 1, '800:150:80:60');
      const after = look(view, 3.1, '800:150:80:60');
      assert(gap.spread < 3, JSON.stringify(gap));
      assert(before.spread > 20 && after.spread > 20, JSON.stringify([before, after]));
      // Words stand in the middle of it.
      assert(look(view, 2.1, '400:60:280:240').spread > 10);
      assert.equal(result.missing.cam, 1000);
    });

    it('is H.264 and AAC of the time asked for', () => {
      const text = execFileSync('ffprobe', [
        '-v',
        'error',
        '-show_entries',
        'stream=codec_name,duration',
        view,
      ]);
      assert.match(String(text), /codec_name=h264\nduration=7\.0[\s\S]+codec_name=aac\nduration=7\.0/);
      assert(loudness(view, 2) > 500);
    });

    it('has clips that play and that their proofs prove', async () => {
      for (const { file } of result.files.filter(({ what }) => what === 'proof')) {
        const checked = await verifyClipFile(join(result.folder, file));
        assert.deepEqual(checked.problems, []);
      }
      for (const { file } of result.files.filter(({ what }) => what === 'clip')) {
        const args = ['-v', 'error', '-i', join(result.folder, file), '-f', 'null', '-'];
        assert.equal(String(execFileSync(process.env.FFMPEG_BIN ?? 'ffmpeg', args)), '');
      }
    });

    it('says in its custody page who, when, why and which hashes, as text only', async () => {
      const html = await readFile(join(result.folder, 'custody.html'), 'utf8');
      assert(!html.includes('<img') && !/<script/i.test(html));
      assert(html.includes('&lt;img src=x onerror=alert(1)&gt;'));
      for (const { file, sha256 } of result.files.filter(({ what }) => what === 'clip' || what === 'view'))
        assert(html.includes(sha256), file);
      const json = JSON.parse(await readFile(join(result.folder, 'custody.json'), 'utf8'));
      assert.deepEqual([json.by, json.reason, json.custody.length, json.blank], [EVIL, EVIL, 1, []]);
    });

    it('goes into one zip that others unpack', async () => {
      const file = join(root, 'export.zip');
      await zipExport(result, file, 'export');
      const listed = String(execFileSync('python3', ['-m', 'zipfile', '-l', file]));
      for (const each of result.files) assert(listed.includes(`export/${each.file}`), each.file);
      execFileSync('python3', ['-m', 'zipfile', '-t', file]);
    });
  });

  it('blanks parts of picture and sound, says so, and keeps what is blanked out of the clips', async () => {
    const blank: ExportOptions['blank'] = [
      {
        trackId: 'cam',
        from: 5000,
        to: 5900,
        kind: 'video',
        area: { x: 0.2, y: 0.2, width: 0.6, height: 0.6 },
      },
      { trackId: 'mic', from: 5000, to: 5900, kind: 'audio' },
    ];
    const options = { ...base, trackIds: ['cam', 'mic'], blank, out: join(root, 'blanked') };
    const { folder, files } = await exportClip(options, () => undefined);
    const view = join(folder, 'view.mp4');
    assert(look(view, 5, '600:360:340:180').spread < 3);
    assert(look(view, 4, '600:360:340:180').spread > 20);
    assert(look(view, 6, '600:360:340:180').spread > 20);
    assert(loudness(view, 4.7) < 5 && loudness(view, 6.2) > 500);
    // The words that say so, at the foot and above it.
    const foot = '400:48:440:720';
    assert(look(view, 5, foot).spread > look(view, 4, foot).spread + 10);
    const json = JSON.parse(await readFile(join(folder, 'custody.json'), 'utf8'));
    assert.deepEqual(json.blank, blank);
    for (const { trackId, from, to } of json.clips)
      assert(trackId === 'cam2' || to <= 5000 || from >= 6000, `${trackId} ${from} to ${to}`);
    assert(files.some(({ what }) => what === 'clip'));
  });

  it('has marks in the picture, unless they are not wanted', async () => {
    const surface = { kind: 'video', producerId: 'cam2' } as const;
    // A mark in a corner of the display needs no pose.
    const mark = {
      ...{ markId: 'm', author: 'dr-lin', patientId: 'P1', surface, aspect: 16 / 9 },
      anchor: { kind: 'corner', corner: 'top-right' } as const,
      shape: { kind: 'stamp', at: { x: 0.5, y: 0.5 }, number: 8 } as const,
    };
    const drawn = [{ at: 2000, fact: { type: 'MarkAdded', mark } as const }];
    const part = { ...base, trackIds: ['cam2'], from: 1500, to: 3500, captions: false, drawn };
    const films = await Promise.all(
      [true, false].map(async (showMarks) => {
        const out = join(root, `marks-${showMarks}`);
        const { folder } = await exportClip({ ...part, showMarks, out }, () => undefined);
        return join(folder, 'view.mp4');
      }),
    );
    const [withMarks = '', without = ''] = films;
    const corner = '80:60:1030:25';
    const difference = (second: number) =>
      Math.abs(look(withMarks, second, corner).mean - look(without, second, corner).mean);
    assert.ok(difference(0.2) < 2, `${difference(0.2)} before it was drawn`);
    assert.ok(difference(1.2) > 8, `${difference(1.2)} after`);
  });

  it('has sound alone, and no words where none are wanted', async () => {
    const options = { ...base, trackIds: ['mic'], captions: false, out: join(root, 'sound') };
    const { folder } = await exportClip(options, () => undefined);
    assert.equal(look(join(folder, 'view.mp4'), 2, 'iw:ih').mean < 20, true);
    assert(loudness(join(folder, 'view.mp4'), 2) > 500);
  });

  it('leaves nothing behind when it is stopped', async () => {
    const abort = new AbortController();
    const out = join(root, 'stopped');
    const running = exportClip(
      { ...base, out },
      (_, step) => {
        if (step === 'picture') abort.abort(new Error('enough'));
      },
      abort.signal,
    );
    await assert.rejects(running, /enough/);
    assert(!(await readdir(root)).includes('stopped'));
  });

  it('refuses tracks and times that are not there, and a folder that is', async () => {
    const usage = (error: unknown) => isAppError(error, 'usage');
    const run = (changes: Partial<ExportOptions>) => exportClip({ ...base, ...changes }, () => undefined);
    await assert.rejects(run({ trackIds: ['nobody'] }), usage);
    await assert.rejects(run({ from: 5, to: 5 }), usage);
    await assert.rejects(run({ out: root }), /EEXIST/);
  });
});

describe('what stands in the picture', () => {
  it('is one line, without letters that turn lines around', () => {
    assert.equal(oneLine('a\nb\u202ec\u0000d'), 'a b c d');
    assert.equal([...oneLine('患'.repeat(500))].length, 60);
  });

  it('keeps the shape of a picture within its tile', () => {
    const tile = { width: 960, height: 540 };
    assert.deepEqual(placementOf({ width: 320, height: 240 }, tile), {
      width: 720,
      height: 540,
      x: 120,
      y: 0,
    });
    assert.deepEqual(placementOf({ width: 1080, height: 1920 }, tile), {
      width: 302,
      height: 540,
      x: 328,
      y: 0,
    });
    const frame = new Uint8Array((960 * 540 * 3) / 2);
    blankArea(frame, tile, placementOf({ width: 320, height: 240 }, tile), {
      x: 0,
      y: 0,
      width: 1,
      height: 1,
    });
    // The whole picture is covered, and at most two pixels beside it.
    assert.deepEqual([frame[270 * 960 + 120], frame[270 * 960 + 839]], [0x50, 0x50]);
    assert.deepEqual([frame[270 * 960 + 110], frame[270 * 960 + 850]], [0, 0]);
  });

  it('finds place for one to nine pictures', () => {
    const grids = [1, 2, 4, 5, 9].map(gridOf).map(({ columns, rows }) => `${columns}x${rows}`);
    assert.deepEqual(grids, ['1x1', '2x1', '2x2', '3x2', '3x3']);
  });
});
