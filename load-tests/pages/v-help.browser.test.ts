import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { LISTEN, offBeat, waitForBeats } from './v-beats.ts';
import { linkPage } from './v-door.ts';
import { openStage, type Stage } from './v-stage.ts';

/** The metronome's allowance, and one frame more for a light on a screen of 60 a second. */
const DRIFT_MS = 15;
const FRAME_MS = 17;

describe('The bystander page, helping', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  const words = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

  const press = (page: Page, name: string) => page.getByRole('button', { name }).tap();

  it('beats at 110 a minute from the tap that opened it, in sound and light', async () => {
    const page = await stage.tapped({ before: LISTEN });
    await page.waitForSelector('.beat');
    const clicks = await waitForBeats(page, 'clicks', 22);
    const lights = await waitForBeats(page, 'lights', 22);
    const late = offBeat(clicks, 110).at(-1) ?? Number.NaN;
    assert.ok(late <= DRIFT_MS, `a click was ${late.toFixed(1)} ms off the beat`);
    const seen = offBeat(lights, 110);
    // A machine that is busy draws single frames late; the middle one shows where the light stands.
    const middle = seen[seen.length >> 1] ?? Number.NaN;
    assert.ok(middle <= DRIFT_MS + FRAME_MS, `lights were ${middle.toFixed(1)} ms off the beat`);
    const apart = lights.map((light) => Math.min(...clicks.map((click) => Math.abs(click - light))));
    apart.sort((a, b) => a - b);
    const between = apart[apart.length >> 1] ?? Number.NaN;
    assert.ok(between <= DRIFT_MS + FRAME_MS, `light and sound were ${between.toFixed(1)} ms apart`);
    await words(page, 'Sound is on');
  });

  it('stops by the key "moves or breathes", says what to do now, and begins again by another', async () => {
    const page = await stage.tapped({ before: LISTEN });
    await waitForBeats(page, 'clicks', 3);
    await press(page, 'Moves or breathes');
    await words(page, /Beat stopped/);
    assert.equal(await page.locator('.light').count(), 0);
    await words(page, /onto their side/);
    const before = await page.evaluate(() => window.heard.clicks.length);
    await page.waitForFunction(
      (since) => performance.now() > since + 1500,
      await page.evaluate(() => performance.now()),
    );
    assert.equal(await page.evaluate(() => window.heard.clicks.length), before, 'nothing sounds any more');
    await page.reload();
    await words(page, /Beat stopped/);
    await press(page, 'Not breathing again');
    await page.waitForSelector('.light');
  });

  it('shows the matching card for anything else, never a metronome', async () => {
    for (const need of ['choking', 'bleeding', 'birth', 'other', 'none'] as const) {
      const page = await stage.tapped({ answer: linkPage({ need }), before: LISTEN });
      await page.waitForSelector('.card ol .card-drawing');
      assert.equal(await page.locator('.beat, .dock').count(), 0, need);
      const order = await page.evaluate(() => {
        const camera = document.querySelector('.camera');
        return document.querySelector('.card li')?.compareDocumentPosition(camera ?? document);
      });
      assert.equal(order, 4, 'it helps before it asks');
      assert.equal(await page.evaluate(() => window.heard.clicks.length), 0, need);
      await page.close();
    }
  });

  it('tells whoever is alone to compress first, and asks for the camera later', async () => {
    const page = await stage.tapped({ answer: linkPage({ helpers: 'alone' }) });
    await words(page, /Put the phone on speaker/);
    assert.equal(await page.locator('.camera').count(), 0);
    await press(page, 'Someone else can film now');
    await page.waitForSelector('.camera');
  });

  it('says in one sentence what is recorded, or that nothing is', async () => {
    const recorded = await stage.tapped();
    await words(recorded, /is recorded, to treat the patient/);
    const not = await stage.tapped({ answer: linkPage({ recorded: false }) });
    await words(not, /is not recorded/);
  });

  it('goes on without the network once it is loaded', async () => {
    const page = await stage.tapped({ before: LISTEN });
    await waitForBeats(page, 'clicks', 2);
    await page.waitForLoadState('networkidle');
    await page.context().setOffline(true);
    await words(page, /No internet: help goes on/);
    const until = (await page.evaluate(() => window.heard.clicks.length)) + 4;
    await waitForBeats(page, 'clicks', until - 1);
    await press(page, '中文');
    await words(page, '没有网络，提示照常');
    await press(page, '病人动了或有呼吸');
    await page.waitForSelector('.card .card-drawing');
  });

  it('keeps the light, and lets it glide, for whoever asked for less motion', async () => {
    const page = await stage.tapped({ before: LISTEN, reducedMotion: true });
    assert.ok((await waitForBeats(page, 'lights', 4)).length >= 4);
    const glide = await page.locator('.light').evaluate((it) => getComputedStyle(it).transitionDuration);
    assert.notEqual(glide, '0s');
  });

  const gone: Readonly<Record<string, string>> = {
    vibration: 'delete Navigator.prototype.vibrate;',
    'wake lock': 'delete Navigator.prototype.wakeLock;',
    battery: 'delete Navigator.prototype.getBattery;',
    fetch: 'delete window.fetch;',
    storage:
      'for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get() { throw new Error("refused"); } });',
    sound: 'delete window.AudioContext; delete window.webkitAudioContext;',
    camera: 'delete Navigator.prototype.mediaDevices;',
  };
  for (const [name, before] of Object.entries(gone)) {
    it(`helps without ${name}`, async () => {
      const page = await stage.tapped({
        before: name === 'sound' ? `${before}${LISTEN}` : `${LISTEN}${before}`,
      });
      await waitForBeats(page, 'lights', 3);
      if (name !== 'sound') await waitForBeats(page, 'clicks', 3);
      else await words(page, /cannot play sound/);
    });
  }

  it('says how to get out of an app without a camera, and copies the link', async () => {
    const page = await stage.tapped({ before: 'delete Navigator.prototype.mediaDevices;' });
    await words(page, 'Open this in your browser to film');
    await page.getByRole('img', { name: /arrow to the menu/ }).waitFor();
    await press(page, 'Copy the link');
    await words(page, /^(?:Copied|Press long)/);
    const withoutClipboard = await stage.tapped({
      before:
        'delete Navigator.prototype.mediaDevices; delete Navigator.prototype.clipboard; document.execCommand = () => false;',
    });
    await press(withoutClipboard, 'Copy the link');
    assert.ok((await withoutClipboard.locator('.way-out input').inputValue()).includes('/v#'));
  });

  for (const [name, before, route] of [
    ['modules', 'delete HTMLScriptElement.prototype.noModule;', true],
    ['the code of the page', '', true],
  ] as const) {
    it(`still helps without ${name}: words and a light from the old script`, async () => {
      const page = await stage.open({
        before: `${before}${LISTEN}`,
        prepare: (it) =>
          route ? it.route(/assets\/index-.*\.js$/, (each) => each.abort()) : Promise.resolve(),
      });
      await page.waitForLoadState('load');
      assert.deepEqual(stage.door.asked, []);
      await page.tap('#tap');
      await words(page, /Push hard and fast with the light/);
      const off = offBeat(await waitForBeats(page, 'lights', 9), 110);
      assert.ok((off[off.length >> 1] ?? Number.NaN) <= DRIFT_MS + FRAME_MS, `${off}`);
      await press(page, 'Moves or breathes');
      await words(page, /Stopped\. Tell the emergency centre/);
      await press(page, '中文');
      await words(page, /已停止/);
    });
  }

  it('throws nothing in all this, and breaks no rule of the Content-Security-Policy', () => {
    assert.deepEqual(stage.errors, []);
  });
});
