import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { type Browser, openBrowser } from '../../../../load-tests/browser/chromium.ts';
import type { MetronomeState } from '../../../../signaling/protocol/state-bystander.ts';
import type {} from './testing/page.ts';

declare global {
  interface Window {
    /** Times of `performance.now()` at which the line grew loud. */
    onsets: number[];
  }
}

/** Listens to what goes into the line, sample block by sample block, on the line's own clock. */
const LISTEN = `
  window.onsets = [];
  const make = AudioContext.prototype.createMediaStreamDestination;
  AudioContext.prototype.createMediaStreamDestination = function () {
    const node = make.call(this);
    const ear = this.createScriptProcessor(256, 1, 1);
    this.createMediaStreamSource(node.stream).connect(ear).connect(this.destination);
    const context = this;
    let last = -1000;
    ear.onaudioprocess = (event) => {
      const samples = event.inputBuffer.getChannelData(0);
      const at = samples.findIndex((sample) => Math.abs(sample) > 0.05);
      if (at === -1) return;
      // A block that the browser drops under load tears one tick in two; two ticks are never this near.
      const heard = (event.playbackTime + at / context.sampleRate) * 1000;
      if (heard - last > 100) window.onsets.push(heard);
      last = heard;
    };
    return node;
  };
`;
const on = (rate: number): MetronomeState => ({
  on: true,
  rate,
  mode: 'continuous',
  source: 'dispatcher',
  at: 0,
});

describe('The tick into the telephone, in Chromium', function () {
  this.timeout(120_000);
  let folder: string;
  let server: Server;
  let browser: Browser;
  let page: Page;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-tick-'));
    const root = join(import.meta.dirname, 'testing');
    await build({ root, configFile: false, logLevel: 'error', build: { outDir: folder, target: 'es2022' } });
    server = createServer((request, response) => {
      const path = request.url === '/' ? '/index.html' : (request.url ?? '');
      const type = extname(path) === '.js' ? 'text/javascript' : 'text/html';
      readFile(join(folder, path)).then(
        (bytes) => response.setHeader('content-type', type).end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    browser = await openBrowser();
    page = await (await browser.newContext()).newPage();
    await page.addInitScript(LISTEN);
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await page.waitForFunction(() => 'tickPage' in window);
  });
  after(async () => {
    await browser?.close();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const onsetsOf = async (count: number): Promise<number[]> => {
    await page.evaluate(() => {
      window.onsets = [];
    });
    await page.waitForFunction((n) => window.onsets.length >= n, count, { timeout: 30_000 });
    return page.evaluate(() => window.onsets);
  };

  it('is not played elsewhere when the chosen output is gone', async () => {
    const failure = await page.evaluate(() =>
      window.tickPage.start('no-such-output').then(
        () => 'played',
        (error: unknown) => (error instanceof DOMException ? error.name : 'other'),
      ),
    );
    assert.equal(failure, 'NotFoundError');
    assert.equal(await page.evaluate(() => window.tickPage.ticks()), false);
  });

  it('beats as the metronome of the room does', async () => {
    await page.evaluate((metronome) => window.tickPage.set(metronome), on(110));
    await page.evaluate(() => window.tickPage.start(''));
    const onsets = await onsetsOf(9);
    const gaps = onsets.slice(1).map((at, index) => at - (onsets[index] ?? 0));
    const sorted = [...gaps].sort((x, y) => x - y);
    const usual = sorted[sorted.length >> 1] ?? 0;
    const all = gaps.map(Math.round).join(', ');
    // Under load the audio clock stands still for some blocks; the next tick is then nearer by its own count.
    assert.ok(Math.abs(usual - 60_000 / 110) < 10, all);
    for (const gap of gaps) assert.ok(gap > 400 && gap < 700, all);
  });

  it('is silent at once when the metronome stops, and ticks on when it runs again', async () => {
    await page.evaluate((metronome) => window.tickPage.set(metronome), { ...on(110), on: false });
    await page.evaluate(() => {
      window.onsets = [];
    });
    await page.evaluate((metronome) => {
      const from = performance.now();
      return new Promise<void>((resolve) => {
        const look = () => {
          // Longer than three beats: time is what is looked at here.
          if (performance.now() - from < 1800) return requestAnimationFrame(look);
          window.tickPage.set(metronome);
          return resolve();
        };
        look();
      });
    }, on(110));
    const silent = await page.evaluate(() => window.onsets.length);
    // One that had begun to sound may still be heard.
    assert.ok(silent <= 1, `${silent} ticks`);
    assert.ok((await onsetsOf(2)).length >= 2);
  });

  it('ends when the room is left', async () => {
    await page.evaluate(() => window.tickPage.leave());
    await page.waitForFunction(() => !window.tickPage.ticks(), undefined, { timeout: 5000 });
  });
});
