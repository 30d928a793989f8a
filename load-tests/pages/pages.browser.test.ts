import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { violationsOf } from './axe.ts';
import { openPages, type Pages } from './open-pages.ts';

/** Targets S6 and issue 2: signing in must not wait for the media library. */
const MOST_INITIAL_BYTES = 60 * 1024;

const clean = async (page: Page) => assert.deepEqual(await violationsOf(page), []);
/** Label or text of what has the focus. */
const focused = () => {
  const element = document.activeElement;
  return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
};
/** Presses Tab until the focus fits; fails after a whole round. */
async function tabTo(page: Page, fits: (label: string) => boolean): Promise<void> {
  const met: string[] = [];
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(focused);
    if (fits(label)) return;
    met.push(label);
  }
  assert.fail(`not reached by Tab; met ${met.join(' | ')}`);
}

describe('The pages in a browser', function () {
  this.timeout(120_000);
  let pages: Pages;
  let dispatcher: Page;
  let crew: Page;
  let doctor: Page;
  let roomId: string;

  before(async () => {
    pages = await openPages();
  });
  after(() => pages?.close());

  it('need at most 60 KiB of script, compressed, to sign in', async () => {
    const html = await readFile(join(pages.folder, 'index.html'), 'utf8');
    const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
    assert(scripts.length > 0);
    const sizes = await Promise.all(scripts.map((path) => stat(join(pages.folder, `${path}.br`))));
    const all = sizes.reduce((sum, { size }) => sum + size, 0);
    assert(all <= MOST_INITIAL_BYTES, `${all} bytes`);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`are free of accessibility faults before a room, in both languages, ${colorScheme}`, async () => {
      for (const locale of ['zh-CN', 'en-GB']) {
        const page = await pages.open({ locale, colorScheme, viewport: { width: 390, height: 844 } });
        await clean(page);
        for (const path of ['/trust', '/join#AAAAAAAAAAAAAAAAAAAAAAAA', '/enrol', '/consult']) {
          await page.goto(`${pages.stack.origin}${path}`);
          await page.waitForSelector('h1');
          await clean(page);
        }
        await page.context().close();
      }
    });
  }

  it('sign a person in by keyboard alone, after saying what was wrong', async () => {
    dispatcher = await pages.open();
    const person = pages.stack.demo.people.find((each) => each.username === 'dispatcher');
    await dispatcher.evaluate(() => document.body.focus());
    for (let presses = 0; presses < 20; presses += 1) {
      await dispatcher.keyboard.press('Tab');
      if (await dispatcher.evaluate(() => document.activeElement?.getAttribute('name') === 'username')) break;
    }
    await dispatcher.keyboard.type('dispatcher');
    await dispatcher.keyboard.press('Tab');
    await dispatcher.keyboard.type('wrong');
    await dispatcher.keyboard.press('Enter');
    await dispatcher.waitForSelector('[role=alert] >> text=wrong');
    await clean(dispatcher);
    await dispatcher.keyboard.press('Control+A');
    await dispatcher.keyboard.type(person?.password ?? '');
    await dispatcher.keyboard.press('Enter');
    await dispatcher.waitForURL(/\/rooms$/);
    await dispatcher.waitForSelector('.empty');
    await clean(dispatcher);
  });

  it('start a room by keyboard for a hospital that then finds it in its list', async () => {
    await tabTo(dispatcher, (label) => label === 'New room');
    await dispatcher.keyboard.press('Enter');
    await dispatcher.waitForSelector('dialog fieldset input');
    await clean(dispatcher);
    assert.equal(await dispatcher.evaluate(() => document.activeElement?.tagName), 'INPUT');
    await dispatcher.keyboard.type('Chest pain, 人民路 12 号');
    for (const box of await dispatcher.locator('dialog fieldset input').all()) await box.check();
    await dispatcher.locator('dialog select').selectOption({ index: 1 });
    await dispatcher.locator('dialog [type=submit]').press('Enter');
    await dispatcher.waitForURL(/\/consult\//);
    roomId = new URL(dispatcher.url()).pathname.split('/')[2] ?? '';
    await dispatcher.waitForSelector('.stage-empty');
    await clean(dispatcher);
  });

  it('check the link, go live and show what the hospital sees', async () => {
    crew = await pages.open({ viewport: { width: 390, height: 844 }, colorScheme: 'light' });
    await pages.signIn(crew, 'paramedic');
    await clean(crew);
    await crew.locator(`a[href="/ambulance/${roomId}"]`).click();
    await crew.waitForSelector('.precheck');
    await crew.locator('.precheck-keys .primary >> text="Go live"').click();
    await crew.waitForSelector('.camera-card .rung');
    await clean(crew);
    const tooSmall = await crew
      .locator('.action-bar button, .node-keys button')
      .evaluateAll((keys) => keys.filter((key) => key.getBoundingClientRect().height < 64).length);
    assert.equal(tooSmall, 0, 'keys for gloves are at least 64 px');
  });

  it('ring at the hospital, and tell the crew who saw and who answered', async () => {
    doctor = await pages.open();
    await pages.signIn(doctor, 'doctor');
    await crew.locator('.help-key').click();
    await doctor.waitForSelector('.call-answer');
    await clean(doctor);
    await crew.waitForSelector('.help-text >> text=/Seen by .*Emergency doctor/');
    await clean(crew);
    await doctor.locator('.call-answer').click();
    await doctor.waitForURL(/\/consult\//);
    await crew.waitForSelector('.help-text >> text="Answered by Emergency doctor"');
  });

  it('show the picture to the doctor with its label and no accessibility fault on any panel', async () => {
    await doctor.waitForSelector('.stage-picture .picture-caption');
    await doctor.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await doctor.locator('.catch-up button').click();
    await clean(doctor);
    for (const [key, panel] of [
      ['o', '.order-form'],
      ['k', '.timeline, .panel'],
      ['u', '.people'],
      ['l', '.graph'],
    ] as const) {
      await doctor.keyboard.press(key);
      await doctor.waitForSelector(panel);
      await clean(doctor);
    }
  });

  it('are worked by keyboard in the consultation, with the focus back where it was', async () => {
    await doctor.keyboard.press('+');
    await doctor.waitForSelector('.stage-picture.zoomed');
    await doctor.keyboard.press('0');
    await doctor.waitForSelector('.stage-picture:not(.zoomed)');
    await tabTo(doctor, (label) => label === 'Keyboard shortcuts');
    await doctor.keyboard.press('Enter');
    await doctor.waitForSelector('dialog[open]');
    await clean(doctor);
    await doctor.keyboard.press('Escape');
    await doctor.waitForSelector('dialog[open]', { state: 'detached' });
    assert.equal(await doctor.evaluate(focused), 'Keyboard shortcuts');
    await tabTo(doctor, (label) => label === 'Leave');
  });

  it('count a message as read only when it was in front of someone', async () => {
    await doctor.keyboard.press('u');
    await crew.locator('.phrase').first().click();
    await crew.waitForSelector('.receipt >> text=/Delivered to|Read by Dispatcher$/');
    const early = await crew.locator('.receipt').first().textContent();
    assert.doesNotMatch(early ?? '', /Emergency doctor/);
    await doctor.bringToFront();
    await doctor.keyboard.press('c');
    await crew.waitForSelector('.receipt >> text=/Read by .*Emergency doctor/');
  });

  it('throw nothing in all this', () => {
    assert.deepEqual(pages.errors, []);
  });
});
