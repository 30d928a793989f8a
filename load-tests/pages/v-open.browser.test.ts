import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { linkPage, refusal } from './v-door.ts';
import { openStage, type Stage } from './v-stage.ts';

const BUDGET_BYTES = 100_000;
/** Emulated 4G of the target: 1.5 Mbit/s, 100 ms. */
const FOUR_G = { offline: false, latency: 100, downloadThroughput: 187_500, uploadThroughput: 187_500 };

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Network.emulateNetworkConditions', FOUR_G);
}

/** Runs in the page before its scripts: one tap, in the first frame in which the key is there. */
function tapAtOnce(): void {
  const look = () => {
    const key = document.getElementById('tap');
    if (key) key.click();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

describe('The bystander page, opening', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  const words = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

  it('changes nothing before a tap, however often it is looked at', async () => {
    const page = await stage.open();
    await page.waitForSelector('html[data-page=new]');
    await page.reload();
    await page.waitForSelector('html[data-page=new] #tap');
    assert.deepEqual(stage.door.asked, []);
    await page.tap('#tap');
    await page.waitForSelector('.help');
    assert.equal(stage.door.asked[0], 'POST /api/link/open');
  });

  it('paints within a second on emulated 4G with a cold cache, within 100 KB in all', async () => {
    const page = await stage.open({ prepare: slowDown, answer: linkPage({ need: 'arrest' }) });
    const painted = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    );
    assert.ok(painted <= 1000, `first paint after ${Math.round(painted)} ms`);
    await page.waitForSelector('html[data-page=new]');
    await page.tap('#tap');
    await page.waitForSelector('.camera .key:not([disabled])');
    await page.waitForLoadState('networkidle');
    const files = [...stage.door.sent];
    const bytes = files.reduce((sum, [, size]) => sum + size, 0);
    assert.ok(files.length >= 5, 'the page and its parts were loaded');
    assert.ok(bytes <= BUDGET_BYTES, `${bytes} bytes: ${files.map((file) => file.join(' ')).join(', ')}`);
  });

  it('finds the tap again that came before its code', async () => {
    let pass = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      pass = resolve;
    });
    const page = await stage.open({
      wait: 'commit',
      prepare: (it) =>
        it.route(/assets\/index-.*\.js$/, async (route) => {
          await held;
          await route.continue();
        }),
    });
    await page.waitForSelector('#tap');
    await page.tap('#tap');
    await page.waitForSelector('html[data-tapped]');
    pass();
    await page.waitForSelector('.help .beat');
  });

  it('keeps a tap of the moment in which the key appears, on a slow link', async () => {
    const page = await stage.open({
      wait: 'commit',
      before: `(${tapAtOnce})()`,
      prepare: async (it) => {
        await slowDown(it);
        const painted = it.waitForEvent('requestfinished', (request) => request.url().endsWith('.css'));
        await it.route(/old\.js$/, async (route) => {
          await painted;
          await route.continue();
        });
      },
    });
    await page.waitForSelector('.help .beat');
    assert.deepEqual(stage.door.asked.slice(0, 1), ['POST /api/link/open']);
  });

  it('says that the link is weak, and opens when the answer comes', async () => {
    const page = await stage.tapped({ answer: { ...linkPage(), afterMs: 6000 } });
    await words(page, /Weak link, still connecting/);
    await page.waitForSelector('.help .beat');
  });

  it('says that there is no network, and opens by itself when there is', async () => {
    const page = await stage.open();
    await page.waitForLoadState('networkidle');
    await page.context().setOffline(true);
    await page.tap('#tap');
    await words(page, /no internet now/);
    await page.context().setOffline(false);
    await page.waitForSelector('.help .beat');
  });

  it('tries again where the door is busy, or a portal answers in its place', async () => {
    const page = await stage.tapped({ answer: refusal(503, 'store-unavailable') });
    await words(page, /Very busy/);
    stage.door.answer({ status: 200, body: '<html>Welcome to our hotel</html>' });
    await words(page, /no internet now/);
    stage.door.answer(linkPage({ need: 'birth' }));
    await page.waitForSelector('.help .card');
  });

  it('says why a link has ended, and whom to call', async () => {
    const ends = {
      unopened: /has expired/,
      revoked: /closed this link/,
      replaced: /newer message/,
      released: /12320-5/,
      'room-closed': /has ended/,
    };
    for (const [reason, text] of Object.entries(ends)) {
      const details = { reason, emergencyPhone: '999', supportPhone: '12320-5' };
      const page = await stage.tapped({ answer: refusal(410, 'closed', details) });
      await words(page, text);
      const called = reason === 'released' ? 'tel:123205' : 'tel:999';
      assert.equal(await page.locator('a.call').getAttribute('href'), called, reason);
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1');
      await page.close();
    }
  });

  it('says that a link is unknown, or that its address was cut off', async () => {
    const unknown = await stage.tapped({ answer: refusal(404, 'not-found') });
    await words(unknown, /does not work/);
    const cut = await stage.open();
    await cut.goto('about:blank');
    await cut.goto(`${stage.door.origin}/v#abc`);
    await words(cut, /not complete/);
  });

  it('opens a place by its fixed code: the call first, and that nobody has seen it yet', async () => {
    const place = { text: 'Hall of the north station, AED 3' };
    const page = await stage.open({ kind: 'place', answer: linkPage({ need: 'none', place }) });
    await words(page, 'Call 120 first');
    assert.deepEqual(stage.door.asked, []);
    await page.tap('#tap');
    await words(page, 'Nobody has seen this yet.');
    await words(page, /AED 3/);
    assert.equal(stage.door.asked[0], 'POST /api/place/open');
    assert.equal(await page.locator('.beat').count(), 0);
  });

  it('helps again after a reload without a second tap, also without the door', async () => {
    const page = await stage.tapped();
    await page.waitForSelector('.help .beat');
    stage.door.answer({ ...linkPage(), afterMs: 60_000 });
    await page.reload();
    await page.waitForSelector('.help .beat');
  });

  it('helps while it asks to be let in, and says how that went', async () => {
    const page = await stage.tapped({ answer: linkPage({ opening: 'asking' }) });
    await words(page, 'Asking to be let in');
    await page.waitForSelector('.beat');
    assert.equal(await page.locator('.camera').count(), 0, 'no camera before it is let in');
    stage.door.answer({ status: 200, body: { opening: 'refused' } });
    await words(page, /did not let this browser in/);
    await page.waitForSelector('.beat');
  });

  it('says the number where no script runs', async () => {
    const page = await stage.open({ javaScript: false });
    await words(page, /Call 120 and do what they say/);
  });

  it('throws nothing in all this, and breaks no rule of the Content-Security-Policy', () => {
    assert.deepEqual(stage.errors, []);
  });
});
