/** Before a room: what is loaded, signing in, a first password, a first room. */
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';
import { tabTo } from '../keyboard.ts';

/** Signing in must not wait for the media library. Texts of all pages in both languages are two thirds of it. */
const MOST_INITIAL_BYTES = 66 * 1024;
const FIRST_PASSWORD = 'made by the operator';
const OWN_PASSWORD = 'four quiet blue harbours';

async function signInByKeyboard(page: Page, password: string): Promise<void> {
  await page.evaluate(() => document.body.focus());
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.getAttribute('name') === 'username')) break;
  }
  await page.keyboard.type('dispatcher');
  await page.keyboard.press('Tab');
  await page.keyboard.type('wrong');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=alert] >> text=wrong');
  await clean(page);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/rooms$/);
}

export function tellOfDoors(cast: Cast): void {
  it('need at most 66 KiB of script, compressed, to sign in', async () => {
    const { folder } = cast.pages;
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
    assert(scripts.length > 0);
    const sizes = await Promise.all(scripts.map((path) => stat(join(folder, `${path}.br`))));
    const all = sizes.reduce((sum, { size }) => sum + size, 0);
    assert(all <= MOST_INITIAL_BYTES, `${all} bytes`);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`are free of accessibility faults before a room, in both languages, ${colorScheme}`, async () => {
      for (const locale of ['zh-CN', 'en-GB']) {
        const page = await cast.pages.open({ locale, colorScheme, viewport: { width: 390, height: 844 } });
        await clean(page);
        for (const path of ['/trust', '/join#AAAAAAAAAAAAAAAAAAAAAAAA', '/enrol', '/consult']) {
          await page.goto(`${cast.pages.stack.origin}${path}`);
          await page.waitForSelector('h1');
          await clean(page);
        }
        await page.context().close();
      }
    });
  }

  it('ask for a password of one’s own at the first sign-in, and for nothing else before', async () => {
    const { people } = cast.pages.stack.signaling;
    await people.persons.add({
      username: 'new-nurse',
      name: 'New nurse',
      organisationId: cast.demo.organisations.receiving,
      roles: ['observer'],
      password: FIRST_PASSWORD,
      mustChangePassword: true,
    });
    const page = await cast.pages.open();
    await page.fill('input[name=username]', 'new-nurse');
    await page.fill('input[name=password]', FIRST_PASSWORD);
    await page.press('input[name=password]', 'Enter');
    await page.waitForSelector('input[name=next]');
    await page.goto(`${cast.pages.stack.origin}/rooms`);
    await page.waitForSelector('input[name=next]');
    await page.fill('input[name=current]', FIRST_PASSWORD);
    await page.fill('input[name=next]', OWN_PASSWORD);
    await page.fill('input[name=again]', `${OWN_PASSWORD}s`);
    await page.press('input[name=again]', 'Enter');
    await page.waitForSelector('[role=alert] >> text=differ');
    await clean(page);
    await page.fill('input[name=again]', OWN_PASSWORD);
    await page.press('input[name=again]', 'Enter');
    await page.waitForSelector('.empty');
    await page.context().close();
  });

  tellOfFirstSteps(cast);
}

function tellOfFirstSteps(cast: Cast): void {
  it('sign a person in by keyboard alone, after saying what was wrong', async () => {
    const page = await cast.pages.open();
    const person = cast.demo.people.find((each) => each.username === 'dispatcher');
    await signInByKeyboard(page, person?.password ?? '');
    await page.waitForSelector('.empty');
    await clean(page);
    cast.keep('dispatcher', page);
  });

  it('start a room by keyboard for a hospital that then finds it in its list', async () => {
    const dispatcher = await cast.person('dispatcher');
    await tabTo(dispatcher, (label) => label === 'New room');
    await dispatcher.keyboard.press('Enter');
    await dispatcher.waitForSelector('dialog fieldset input');
    await clean(dispatcher);
    await dispatcher.waitForFunction(() => document.activeElement instanceof HTMLInputElement);
    await dispatcher.keyboard.type('Chest pain, 人民路 12 号');
    for (const box of await dispatcher.locator('dialog fieldset input').all()) await box.check();
    await dispatcher.locator('dialog select').selectOption({ index: 1 });
    await dispatcher.locator('dialog [type=submit]').press('Enter');
    await dispatcher.waitForURL(/\/consult\//);
    cast.roomId = new URL(dispatcher.url()).pathname.split('/')[2] ?? '';
    await dispatcher.waitForSelector('.stage-empty');
    await clean(dispatcher);
  });
}
