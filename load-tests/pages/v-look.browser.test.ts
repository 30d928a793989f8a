import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { clean } from './axe.ts';
import { LISTEN, waitForBeats } from './v-beats.ts';
import { linkPage, refusal } from './v-door.ts';
import { type OpenOptions, openStage, SMALL, type Stage } from './v-stage.ts';

const place = { text: 'Hall of the north station, AED 3' };
const details = { reason: 'released', emergencyPhone: '120', supportPhone: '12320-5' };
/** Every screen, by what the door answers; `tap` is the one before it. */
const SCREENS: Readonly<Record<string, OpenOptions>> = {
  arrest: {},
  alone: { answer: linkPage({ helpers: 'alone' }) },
  bleeding: { answer: linkPage({ need: 'bleeding', drill: true }) },
  place: { kind: 'place', answer: linkPage({ need: 'none', place }) },
  asking: { answer: linkPage({ opening: 'asking', need: 'birth' }) },
  'way out': { before: 'delete Navigator.prototype.mediaDevices;' },
  released: { answer: refusal(410, 'closed', details) },
  unknown: { answer: refusal(410, 'closed') },
};
const LANDSCAPE = { width: 640, height: 320 };
const DESK = { viewport: { width: 1280, height: 800 }, phone: false } as const;

describe('The bystander page, as it looks', function () {
  this.timeout(240_000);
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  const show = async (name: string, options: OpenOptions): Promise<Page> => {
    const page = await stage.open({ ...SCREENS[name], ...options });
    if (name === 'tap') return page;
    await page.locator('#tap').click();
    await page.waitForSelector('main:not(:has(#tap)) :is(a.call, .card)');
    return page;
  };
  const each = async (options: OpenOptions, look: (page: Page, name: string) => Promise<void>) => {
    for (const name of ['tap', ...Object.keys(SCREENS)]) {
      const page = await show(name, options);
      await look(page, name);
      await page.context().close();
    }
  };

  it('breaks no rule of WCAG 2.2 AA on a phone, in the dark', async () => {
    await each({ colorScheme: 'dark', locale: 'zh-CN' }, (page) => clean(page));
  });

  it('breaks no rule of WCAG 2.2 AA at a desk, by day', async () => {
    await each(DESK, (page) => clean(page));
  });

  it('fits 320 pixels and a phone on its side, with every key large enough for a shaking thumb', async () => {
    for (const viewport of [SMALL, LANDSCAPE]) {
      await each({ viewport }, async (page, name) => {
        const found = await page.evaluate(() => ({
          over: document.documentElement.scrollWidth - innerWidth,
          small: [...document.querySelectorAll('button, a')]
            .filter((key) => key.getBoundingClientRect().height < 48)
            .map((key) => key.textContent),
        }));
        assert.deepEqual(found, { over: 0, small: [] }, `${name} at ${viewport.width}`);
      });
    }
  });

  it('shows the key for the camera whole above the key that stops the beat, on an ordinary phone', async () => {
    for (const locale of ['en-GB', 'zh-CN']) {
      const page = await stage.open({
        ...{ viewport: { width: 390, height: 844 }, locale },
        answer: linkPage({ drill: true }),
      });
      await page.tap('#tap');
      await page.waitForSelector('.camera .key.main');
      const apart = await page.evaluate(() => {
        const key = document.querySelector('.camera .key.main')?.getBoundingClientRect();
        return (document.querySelector('.dock')?.getBoundingClientRect().top ?? 0) - (key?.bottom ?? 0);
      });
      assert.ok(apart >= 8, `${apart} pixels, ${locale}`);
      await page.context().close();
    }
  });

  it('keeps its last words above the key that stops the beat', async () => {
    const page = await show('arrest', { viewport: SMALL });
    const apart = await page.evaluate(() => {
      scrollTo(0, document.body.scrollHeight);
      const foot = document.querySelector('.foot')?.getBoundingClientRect();
      const dock = document.querySelector('.dock')?.getBoundingClientRect();
      return (dock?.top ?? 0) - (foot?.bottom ?? 0);
    });
    assert.ok(apart >= 0, `${apart} pixels`);
  });

  it('can be used by the keyboard alone', async () => {
    const page = await stage.open(DESK);
    await page.waitForSelector('html[data-page=new]');
    const reach = async (selector: string) => {
      for (let presses = 0; presses < 30; presses += 1) {
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector))
          return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`no way to ${selector} by Tab`);
    };
    await reach('#tap');
    const outline = await page.locator('#tap').evaluate((key) => getComputedStyle(key).outlineStyle);
    assert.equal(outline, 'solid');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.dock');
    await reach('.dock .key');
    await page.keyboard.press('Space');
    await page.waitForSelector('.panel.good');
    const heading = await page.evaluate(() => document.activeElement?.textContent);
    assert.match(heading ?? '', /Beat stopped/);
    await reach('.panel.good .key');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.beat');
    await reach('.top .key');
    await page.keyboard.press('Enter');
    await page.getByText('每分钟 110 次').waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  });

  it('says nothing to screen readers with each beat', async () => {
    const page = await show('arrest', { before: LISTEN });
    await page.waitForSelector('[data-lit]');
    await page.evaluate(() => {
      const watch = new MutationObserver((all) => {
        for (const { target } of all) document.body.append(new Comment(`spoken: ${target.textContent}`));
      });
      const how = { subtree: true, childList: true, characterData: true };
      for (const region of document.querySelectorAll('[role=status], [role=alert], [aria-live]'))
        watch.observe(region, how);
      window.heard.lights.length = 0;
    });
    await waitForBeats(page, 'lights', 5);
    const spoken = await page.evaluate(() => ({
      words: [...document.body.childNodes].filter((node) => node instanceof Comment).map((node) => node.data),
      lights: document.querySelectorAll('[aria-live] .light, [role=status] .light').length,
    }));
    assert.deepEqual(spoken, { words: [], lights: 0 });
  });

  it('keeps the language that was chosen, over a reload', async () => {
    const page = await stage.open({ locale: 'fr-FR' });
    await page.getByRole('button', { name: 'I am with the patient' }).waitFor();
    await page.getByRole('button', { name: '中文' }).tap();
    await page.reload();
    await page.getByRole('button', { name: '我在病人身边', exact: true }).waitFor();
  });
});
