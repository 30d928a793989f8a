import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { buildBystanderPage, removeBuild } from '../pages/v-door.ts';
import { PHONE } from '../pages/v-stage.ts';
import { eventually, seen } from '../proof/cast.ts';
import { openSplitCast, type SplitCast } from '../proof/split-cast.ts';
import { film } from './scene.ts';

/** The page as it is in the sources, in place of the built one that the service has. */
async function serveFresh(page: Page, folder: string): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === '/v' || pathname.startsWith('/v/'),
    async (route) => {
      const { pathname } = new URL(route.request().url());
      const file = pathname === '/v' ? 'index.html' : pathname.slice('/v/'.length);
      const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css' };
      const contentType = types[extname(file)] ?? 'text/html';
      await route.fulfill({ body: await readFile(join(folder, file)), contentType });
    },
  );
}

describe('A phone that films while signaling is killed', function () {
  this.timeout(240_000);
  let cast: SplitCast;
  let folder: string;

  before(async () => {
    folder = await buildBystanderPage();
    cast = await openSplitCast();
  });
  after(async () => {
    await cast?.close();
    await removeBuild(folder);
  });

  it('is connected again by itself and its picture moves, as the same peer, with nothing asked again', async () => {
    const roomId = await cast.room('Collapse in the station');
    const dispatcher = await cast.person('dispatcher');
    await dispatcher.evaluate((room) => window.harness.join(room), roomId);
    const url = await dispatcher.evaluate(async () => {
      const wish = { use: 'camera', need: 'other', helpers: 'two', language: 'en' } as const;
      return (await window.harness.session?.request('link.create', wish))?.url ?? '';
    });
    const context = await cast.browser.newContext({ viewport: PHONE, phone: true, locale: 'en-GB' });
    await context.grantPermissions(['camera']);
    const phone = await context.newPage();
    await serveFresh(phone, folder);
    await phone.goto(url);
    await phone.tap('#tap');
    await film(phone);
    const frames = async () => (await dispatcher.evaluate(seen)).at(0)?.frames ?? 0;
    await eventually(frames, (count) => count > 10, 'a moving picture');
    const pages = () =>
      dispatcher.evaluate(() => Object.keys(window.harness.session?.state.bystander.pages ?? {}));
    const before = await pages();
    await cast.stack.signaling.kill();
    await phone.getByText('Connected to the emergency centre').waitFor({ state: 'detached' });
    await cast.stack.signaling.start();
    await phone.getByText('Connected to the emergency centre').waitFor();
    await phone.waitForSelector('[data-live=live]');
    const after = await frames();
    await eventually(frames, (count) => count > after + 10, 'a picture that moves again', 60_000);
    assert.deepEqual(await pages(), before);
    assert.equal(await phone.locator('.camera .notice').count(), 0);
  });
});
