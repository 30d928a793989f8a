import type { Browser, Page } from 'puppeteer-core';
import { firefoxProgram, openFirefox } from '../browser/firefox.ts';
import { openScene, type Scene } from './scene.ts';

const PATIENCE_MS = 60_000;

describe('The bystander page in Firefox', function () {
  this.timeout(240_000);
  let scene: Scene;
  let firefox: Browser | undefined;

  before(async function () {
    if (firefoxProgram() === undefined) this.skip();
    scene = await openScene();
  });
  afterEach(() => firefox?.close());
  after(() => scene?.close());

  async function open(camera: boolean): Promise<Page> {
    firefox = await openFirefox({ camera });
    const { url } = await scene.link();
    const page = await firefox.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(url);
    await press(page, '#tap');
    return page;
  }

  it('shows the dispatcher a moving picture', async () => {
    const page = await open(true);
    await press(page, '.camera .key.main:not([disabled])');
    await page.waitForSelector('[data-live=live]');
    await scene.moving();
  });

  it('goes on helping where the camera is refused, and tells the dispatcher', async () => {
    const page = await open(false);
    await press(page, '.camera .key.main:not([disabled])');
    await scene.until(
      ({ pages }) => Object.values(pages).some(({ camera }) => camera === 'refused'),
      'the refusal',
      PATIENCE_MS,
    );
    for (const words of ['The camera was not allowed', 'Until help arrives']) {
      await page.waitForFunction((text) => document.body.innerText.includes(text), {}, words);
    }
  });
});

/** Presses a key as soon as it is there; the page replaces its elements while it opens. */
async function press(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector, { visible: true });
  await page.locator(selector).click();
}
