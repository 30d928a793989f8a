import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { CHROMIUM } from '../../../load-tests/browser/chromium.ts';
import { FakeRecorder } from './testing/fake-recorder.ts';

const run = promisify(execFile);
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--autoplay-policy=no-user-gesture-required',
];
/** A flash shows in the first frame behind it: half a frame later on average, at 15 frames a second. */
const HALF_FRAME_MS = 1000 / 15 / 2;
const IN_PLACE_MS = 40;

async function eventually(what: string, fits: () => Promise<boolean> | boolean, ms = 120_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await fits())) {
    if (performance.now() > end) assert.fail(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Container times in milliseconds at which the picture turns white. */
async function whiteAt(file: string): Promise<number[]> {
  const filter = 'signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-';
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', file, '-vf', filter, '-f', 'null', '-']);
  const frames = [...stdout.matchAll(/pts_time:([\d.]+)\s+\S*YAVG=([\d.]+)/g)].map(([, at, light]) => ({
    at: Number(at) * 1000,
    white: Number(light) > 120,
  }));
  return frames.flatMap(({ at, white }, n) => (white && frames[n - 1]?.white === false ? [at] : []));
}

/** Container times in milliseconds at which a beep begins. */
async function beepAt(file: string): Promise<number[]> {
  const args = ['-i', file, '-af', 'silencedetect=noise=-30dB:duration=0.3', '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', ['-hide_banner', '-nostdin', ...args]);
  return [...stderr.matchAll(/silence_end: ([\d.]+)/g)].map(([, at]) => Number(at) * 1000);
}

describe("The vehicle's own copy in Chromium", function () {
  this.timeout(600_000);
  let folder: string;
  let recorder: FakeRecorder;
  let context: BrowserContext;
  let page: Page;

  const launch = async () => {
    context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: CHROMIUM,
      chromiumSandbox: process.getuid?.() !== 0,
      args: ARGS,
      timeout: 90_000,
    });
    page = context.pages()[0] ?? (await context.newPage());
  };
  const enter = async () => {
    await page.goto(recorder.url);
    await page.waitForFunction(() => 'copyPage' in window);
  };
  const kept = async () => (await page.evaluate(() => window.copyPage.status()))?.keptMs ?? 0;
  const now = () => recorder.roomTimeOf(Date.now());

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-own-copy-'));
    const root = join(import.meta.dirname, 'testing');
    const outDir = join(folder, 'pages');
    await build({ root, configFile: false, logLevel: 'error', build: { outDir, target: 'es2023' } });
    recorder = await FakeRecorder.start(outDir);
    await launch();
  });
  after(async () => {
    await context?.close();
    await recorder?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps what is sent, encrypted under a key that no script reads', async () => {
    await enter();
    assert.equal(await page.evaluate(() => window.copyPage.unavailable), undefined);
    await page.evaluate(() => window.copyPage.open());
    await page.evaluate(() => window.copyPage.keep('first'));
    await eventually('two files of each', async () => (await kept()) > 11_000);
    const files = await page.evaluate(() => window.copyPage.files());
    assert.ok(files.length >= 4, `${files.length} files`);
    for (const { head } of files) assert.doesNotMatch(head, /ftyp|webm|moov/);
    assert.equal(await page.evaluate(() => window.copyPage.keyIsHidden()), true);
  });

  it('sends what is missing as one file for each source, which shows each moment at its room time', async () => {
    // An encoder that shares the processor is some frames behind.
    const to = now() - 1000;
    const range = { from: to - 6000, to };
    recorder.missing = ['first-cot', 'first-voice'].map((producerId) => ({ producerId, ...range }));
    await eventually('both files', () => recorder.finished.length === 2);
    const flashes = await page.evaluate(() => window.copyPage.flashes);
    for (const { start, bytes } of recorder.finished) {
      assert.ok(
        start.from <= range.from && start.to >= range.to,
        `one file covers the whole gap ${JSON.stringify([start.from - range.from, start.to - range.to, start.mimeType])}`,
      );
      const file = join(folder, start.fillId);
      await writeFile(file, bytes);
      const found = start.producerId === 'first-cot' ? await whiteAt(file) : await beepAt(file);
      assert.ok(found.length >= 3, `${start.mimeType}: ${found}`);
      const off = found.map((at) => {
        const moment = start.from + at;
        const nearest = flashes.map((utc) => moment - recorder.roomTimeOf(utc));
        return nearest.reduce((least, each) => (Math.abs(each) < Math.abs(least) ? each : least));
      });
      const late = start.producerId === 'first-cot' ? HALF_FRAME_MS : 0;
      const middle = off.sort((a, b) => a - b)[Math.floor(off.length / 2)] ?? Number.NaN;
      assert.ok(Math.abs(middle - late) < IN_PLACE_MS, `${start.producerId}: off by ${off} ms`);
    }
    recorder.missing = [];
  });

  it('goes on after a reload in the middle, a busy server and a recorder that forgot the end', async () => {
    const to = now();
    const before = recorder.finished.length;
    recorder.offsets.length = 0;
    recorder.quota = 2;
    // A thin uplink beside live media: pieces of 16 KiB.
    await page.evaluate(() => {
      window.copyPage.load = { linked: true, sends: true, pictures: [], availableBitrate: 4_000_000 };
    });
    recorder.missing = [{ producerId: 'first-cot', from: to - 8000, to: to - 100 }];
    await eventually('two pieces', () => recorder.offsets.length === 2);
    await page.reload();
    await page.waitForFunction(() => 'copyPage' in window);
    recorder.quota = Number.POSITIVE_INFINITY;
    recorder.busyFor = 2;
    recorder.forgets = 5000;
    await page.evaluate(() => window.copyPage.open());
    await eventually('the file', () => recorder.finished.length === before + 1);
    assert.equal(recorder.busyFor, 0);
    assert.equal(recorder.forgets, 0);
    assert.equal(
      recorder.offsets.filter((offset) => offset === 0).length,
      1,
      'nothing was sent from the start',
    );
  });

  it('is found and sent after a crash', async () => {
    await page.evaluate(() => window.copyPage.keep('second'));
    await eventually('a file', async () => (await page.evaluate(() => window.copyPage.files())).length >= 6);
    await eventually('files of the second room', async () => {
      const told = await page.evaluate(() => window.copyPage.flashes.length);
      return told > 4;
    });
    const before = recorder.finished.length;
    const crashed = now();
    await Promise.all([page.waitForEvent('crash'), page.goto('chrome://crash').catch(() => undefined)]);
    await context.close();
    recorder.missing = [{ producerId: 'second-cot', from: crashed - 6000, to: crashed + 4000 }];
    await launch();
    await enter();
    await page.evaluate(() => window.copyPage.open());
    await eventually('the file', () => recorder.finished.length > before);
    assert.equal(recorder.finished.at(-1)?.start.producerId, 'second-cot');
  });

  it('keeps nothing while the recording is off', async () => {
    await page.evaluate(() => window.copyPage.keep('third'));
    const files = () => page.evaluate(async () => (await window.copyPage.files()).length);
    const flashes = () => page.evaluate(() => window.copyPage.flashes.length);
    const before = await files();
    await eventually('more files', async () => (await files()) >= before + 2);
    await page.evaluate(() => window.copyPage.record(false));
    await page.evaluate(() => window.copyPage.stop());
    const off = await files();
    const flashed = await flashes();
    await eventually('longer than a file', async () => (await flashes()) >= flashed + 4);
    assert.equal(await files(), off);
  });

  it('lets the oldest go beyond its bound', async () => {
    assert.notEqual((await page.evaluate(() => window.copyPage.files())).length, 0);
    await page.reload();
    await page.waitForFunction(() => 'copyPage' in window);
    await page.evaluate(() => window.copyPage.open(1));
    await eventually(
      'no file',
      async () => (await page.evaluate(() => window.copyPage.files())).length === 0,
    );
  });

  it('is gone with its key once the device is signed out', async () => {
    await page.evaluate(() => window.copyPage.wipe());
    assert.deepEqual(await page.evaluate(() => window.copyPage.files()), []);
    const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    assert.deepEqual(names, []);
  });
});
