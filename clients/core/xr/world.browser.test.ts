import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openBundledPage } from '../../../load-tests/browser/bundled-page.ts';
import { type Browser, openBrowser } from '../../../load-tests/browser/chromium.ts';

interface XrPage {
  begin(): Promise<void>;
  anchorMiddle(): Promise<boolean>;
  move(x: number, y: number): Promise<{ mapped?: number[]; seen?: { x: number; y: number } }>;
  hasPlane(): boolean;
  end(): boolean;
}
declare global {
  var xrPage: XrPage;
}

describe('A headset that tracks the world', function () {
  this.timeout(120_000);
  let browser: Browser;
  let page: Page;

  before(async () => {
    browser = await openBrowser();
    page = await openBundledPage(browser, {
      entry: new URL('testing/page.ts', import.meta.url),
      ready: 'xrPage',
      ask: { name: 'nothing', answer: async () => undefined },
    });
    await page.evaluate(() => globalThis.xrPage.begin());
  });
  after(() => browser?.close());

  it('anchors the surface under a place of its view by a hit test', async () => {
    assert.equal(await page.evaluate(() => globalThis.xrPage.anchorMiddle()), true);
    assert.equal(await page.evaluate(() => globalThis.xrPage.hasPlane()), true);
  });

  it('maps that place to where it is seen after the head has moved', async () => {
    const { mapped, seen } = await page.evaluate(() => globalThis.xrPage.move(0.15, -0.1));
    assert(mapped && seen);
    assert(
      Math.hypot((mapped[0] ?? 0) - seen.x, (mapped[1] ?? 0) - seen.y) < 1e-6,
      JSON.stringify({ mapped, seen }),
    );
    // The head went right and down by centimetres: what was in the middle is to the left and above by parts of the view.
    assert(seen.x < 0.49 && seen.y < 0.49, JSON.stringify(seen));
  });

  it('keeps nothing when it is over', async () => {
    assert.equal(await page.evaluate(() => globalThis.xrPage.end()), true);
  });
});
