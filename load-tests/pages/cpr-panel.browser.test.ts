import assert from 'node:assert/strict';
import type { JSHandle, Page } from 'playwright-core';
import type { BystanderState } from '../../signaling/protocol/state-bystander.ts';
import { COLLAPSE, fillIncident, sendIncident } from '../demo/bystander.ts';
import { compressionsFile } from '../media/fixtures.ts';
import { eventually } from '../proof/cast.ts';
import { clean } from './axe.ts';
import { tabTo } from './keyboard.ts';
import { openPages, type Pages } from './open-pages.ts';
import { PHONE } from './v-stage.ts';

const PATIENCE_MS = 60_000;
/** Slower than 110, so that the pull has something to do; a machine that plays the camera late is slower still. */
const RATE = 104;
const MOST_OFF = 10;

/** Keeps the phone's camera in sight, so that a test can take it away as a phone does that says nothing. */
const KEEP_CAMERA = `
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => (window.camera = await open(wanted));
`;

interface Words {
  readonly rate: string;
  readonly word: string;
}

/** Runs in the page: each word about the hands that the panel says from now on. */
function listenToPanel(): string[] {
  const said: string[] = [];
  const listen = () => {
    const word = document.querySelector('.cpr-word')?.textContent ?? '';
    if (word !== said.at(-1)) said.push(word);
  };
  new MutationObserver(listen).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
  });
  return said;
}

/** Runs in the page: what panel and strip say, once the panel says a rate this near. */
function rateNear([rate, mostOff]: readonly [number, number]): { panel: Words; strip: Words } | undefined {
  const text = (selector: string) => document.querySelector(selector)?.textContent ?? '';
  const panel = { rate: text('.cpr-rate strong'), word: text('.cpr-word') };
  const strip = { rate: text('.cpr-strip strong'), word: text('.cpr-strip strong + span') };
  return Math.abs(Number.parseInt(panel.rate, 10) - rate) <= mostOff ? { panel, strip } : undefined;
}

describe('The panel of compressions', function () {
  this.timeout(180_000);
  let pages: Pages;
  let dispatcher: Page;
  let phone: Page;
  let roomId = '';
  let said: JSHandle<string[]>;

  const bystander = async () => (await pages.stack.signaling.rooms.at(roomId).state()).bystander;
  const until = (fits: (state: BystanderState) => boolean, what: string) =>
    eventually(bystander, fits, what, PATIENCE_MS);
  const panelSays = (word: string) =>
    dispatcher.locator('.cpr-word').getByText(word, { exact: true }).waitFor();
  const near = (rate: number | undefined) => Math.abs((rate ?? Number.NaN) - RATE) <= MOST_OFF;

  before(async () => {
    pages = await openPages({ phones: true, camera: await compressionsFile(RATE) });
    dispatcher = await pages.open({ viewport: { width: 1280, height: 800 } });
    await pages.signIn(dispatcher, 'dispatcher');
    await dispatcher.getByRole('link', { name: 'Dispatch' }).click();
    await fillIncident(dispatcher, COLLAPSE);
    const incident = await sendIncident(dispatcher);
    roomId = incident.roomId;
    const browser = dispatcher.context().browser();
    assert(browser);
    const context = await browser.newContext({
      ...{ ignoreHTTPSErrors: true, viewport: PHONE, hasTouch: true, isMobile: true },
      ...{ locale: 'en-GB', permissions: ['camera'] },
    });
    phone = await context.newPage();
    phone.setDefaultTimeout(PATIENCE_MS);
    await phone.addInitScript(KEEP_CAMERA);
    await phone.goto(incident.url);
    await phone.tap('#tap');
  });
  after(() => pages?.close());

  it('says the rate of the hands that the phone films, and so does the strip over the picture', async () => {
    await phone.tap('.camera .key.main:not([disabled])');
    await dispatcher.evaluate(
      () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
    );
    await dispatcher.keyboard.press('h');
    await dispatcher.waitForSelector('.cpr-word');
    said = await dispatcher.evaluateHandle(listenToPanel);
    const shown = await dispatcher.waitForFunction(rateNear, [RATE, MOST_OFF] as const, {
      timeout: PATIENCE_MS,
    });
    const words = await shown.jsonValue();
    assert.ok(words);
    assert.deepEqual(words.strip, words.panel);
    await clean(dispatcher);
  });

  it('sets the clock of the first compression from what it measured', async () => {
    const { cpr } = await until(
      (state) => state.cpr.clocks['first-compression'] !== undefined,
      'the first compression',
    );
    assert.equal(cpr.clocks['first-compression']?.source, 'measured');
    await dispatcher.locator('.tcpr-clocks li', { hasText: 'First compression measured' }).waitFor();
  });

  it('keeps what is done as facts, by keyboard alone', async () => {
    await tabTo(dispatcher, (label) => label === 'Begun');
    await dispatcher.keyboard.press('Enter');
    await until(({ cpr }) => cpr.marks.length === 1, 'the first mark');
    await dispatcher.locator('.cpr-marks').getByText('Change who compresses in').waitFor();
    await tabTo(dispatcher, (label) => label === 'AED fetched');
    await dispatcher.keyboard.press('Space');
    const { cpr } = await until((state) => state.cpr.marks.length === 2, 'the second mark');
    assert.deepEqual(
      cpr.marks.map(({ mark }) => mark),
      ['started', 'aed-fetched'],
    );
  });

  it('lets the measure pull the metronome, within 100 to 120', async () => {
    assert.equal((await bystander()).metronome?.rate, 110);
    await tabTo(dispatcher, (label) => label === 'Let the measure pull the metronome');
    await dispatcher.keyboard.press('Enter');
    const { metronome } = await until((state) => state.metronome?.source === 'measured', 'a pulled beat');
    assert.ok(metronome && metronome.rate >= 100 && metronome.rate < 110, `pulled to ${metronome?.rate}`);
  });

  it('is not sure once the picture stands still, leads the beat back to 110, and never says paused', async () => {
    await phone.evaluate('camera.getTracks().forEach((track) => track.stop())');
    await panelSays('Not sure');
    await until(({ metronome }) => metronome?.rate === 110, 'the usual beat');
    assert.equal(await dispatcher.locator('.cpr-rate strong').textContent(), '–');
    await phone.getByRole('button', { name: 'Stop the picture' }).tap();
    await panelSays('No live video');
    const words = await said.jsonValue();
    assert.deepEqual(
      words.filter((word) => word.startsWith('Paused')),
      [],
      words.join(' | '),
    );
    const { cpr } = await until((state) => state.cpr.summaries.length > 0, 'what was measured, summed up');
    assert.ok(
      cpr.summaries.some(({ rate }) => near(rate)),
      JSON.stringify(cpr.summaries),
    );
  });

  it('throws nothing in all this', () => {
    assert.deepEqual(pages.errors, []);
  });
});
