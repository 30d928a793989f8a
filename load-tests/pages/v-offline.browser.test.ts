import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { linkPage, SECRET } from './v-door.ts';
import { openStage, type Stage } from './v-stage.ts';

describe('The bystander page, reloaded without the network', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  /** The page once it is kept on the phone. */
  async function kept(need: 'arrest' | 'birth'): Promise<Page> {
    const page = await stage.tapped({ answer: linkPage({ need }) });
    await page.waitForSelector('.help');
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    return page;
  }

  it('still helps: the beat for arrest, and every card', async () => {
    const page = await kept('arrest');
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector('.help .beat');
    await page.getByText(/No internet: help goes on/).waitFor();
    await page.getByRole('button', { name: 'Moves or breathes' }).tap();
    await page.waitForSelector('.card .card-drawing');
    await page.context().close();
    const birth = await kept('birth');
    await birth.context().setOffline(true);
    await birth.reload();
    await birth.waitForSelector('.help .card ol .card-drawing');
    await birth.context().close();
  });

  it('shows what the door has now as soon as it answers again', async () => {
    const page = await kept('birth');
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector('.help .card');
    await page.context().setOffline(false);
    stage.door.sent.clear();
    await page.reload();
    await page.waitForSelector('.help .card');
    assert.ok(stage.door.sent.has('index.html'), 'the page came from the door');
    await page.context().close();
  });

  it('keeps files of the build and nothing else: no secret, no answer of the door', async () => {
    const page = await kept('arrest');
    const found = await page.evaluate(async () => {
      const all: { name: string; paths: string[]; texts: string[] }[] = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        const requests = await cache.keys();
        const answers = await Promise.all(requests.map((request) => cache.match(request)));
        const texts = await Promise.all(answers.map((answer) => answer?.text() ?? ''));
        all.push({ name, paths: requests.map(({ url }) => url.slice(location.origin.length)), texts });
      }
      return all;
    });
    assert.equal(found.length, 1, 'one version');
    const [{ name, paths, texts } = { name: '', paths: [], texts: [] }] = found;
    assert.match(name, /^goldenhour-v-[0-9a-f]{16}$/);
    for (const path of paths) assert.match(path, /^\/v(?:\/old\.js|\/assets\/[\w-]+\.(?:js|css))?$/);
    assert.ok(paths.includes('/v') && paths.some((path) => /\/cpr-child-/.test(path)));
    assert.ok(!paths.some((path) => /\/live-/.test(path)), 'the live part needs the network anyway');
    assert.ok(!texts.some((text) => text.includes(SECRET)));
    await page.context().close();
  });

  it('is never brought in before help is on the screen', async () => {
    const page = await stage.open();
    await page.waitForSelector('html[data-page=new]');
    assert.equal(
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length),
      0,
    );
    assert.ok(!stage.door.sent.has('sw.js'));
  });

  it('throws nothing in all this, and breaks no rule of the Content-Security-Policy', () => {
    assert.deepEqual(stage.errors, []);
  });
});
