/**
 * The pictures of the bystander's page and of the dispatcher's: two calls, worked as the demo works its one. They have a
 * service of their own, since a camera of 4K beside them would take the machine's whole time.
 */
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { COLLAPSE, fillIncident, sendIncident } from '../demo/bystander.ts';
import { HD, patientFile } from '../media/fixtures.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { SIZES, shoot } from './shoot.ts';

const PATIENCE_MS = 60_000;

/** Opens service and browser, takes all pictures into the folder, and closes both. */
export async function takeBystander(folder: string): Promise<void> {
  const stack = await startStack();
  try {
    const browser = await openBrowser({ camera: await patientFile(HD) });
    try {
      await shootCalls(stack, browser, folder);
    } finally {
      await browser.close();
    }
  } finally {
    await stack.close();
  }
}

async function shootCalls(stack: Stack, browser: Browser, folder: string): Promise<void> {
  const dispatcher = await openDispatcher(stack, browser);
  await fillIncident(dispatcher, { title: 'Cut by glass, Renmin Road 12', need: 'Bleeding' });
  const bleeding = await openPhone(browser, (await sendIncident(dispatcher)).url);
  await bleeding.click('#tap');
  await bleeding.waitForSelector('.camera .key.main:not([disabled])');
  await shoot(bleeding, 'v-bleeding', folder);
  await bleeding.context().close();

  await dispatcher.goto(`${stack.origin}/dispatch`);
  await fillIncident(dispatcher, COLLAPSE);
  await shoot(dispatcher, 'dispatch-new', folder);
  await dispatcher.setViewportSize(SIZES.desktop);
  const phone = await openPhone(browser, (await sendIncident(dispatcher)).url);
  await shoot(phone, 'v-tap', folder);
  await phone.click('#tap');
  await phone.waitForSelector('.camera .key.main:not([disabled])');
  await shoot(phone, 'v-arrest', folder);
  await phone.click('.camera .key.main');
  await phone.waitForSelector('.filming');
  await untilSeen(dispatcher);
  await dispatcher.getByRole('tab', { name: 'CPR' }).click();
  // The key stood below the edge of a small screen, and whoever pressed it scrolled there.
  await phone.evaluate(() => scrollTo(0, 0));
  await shoot(phone, 'v-live', folder);
  await shoot(dispatcher, 'dispatch-live', folder);
}

/** Signed in, at the list of incidents. */
async function openDispatcher({ origin, demo }: Stack, browser: Browser): Promise<Page> {
  const person = demo.people.find(({ username }) => username === 'dispatcher');
  if (person === undefined) throw new Error('the demo has no dispatcher');
  const page = await openPage(browser);
  await page.goto(`${origin}/`);
  await page.getByLabel('User name').fill(person.username);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Dispatch' }).click();
  return page;
}

/** The page of a link as it stands before the tap. */
async function openPhone(browser: Browser, url: string): Promise<Page> {
  const page = await openPage(browser);
  await page.goto(url);
  await page.waitForSelector('#tap');
  return page;
}

async function openPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext({ viewport: SIZES.desktop, colorScheme: 'light' })).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** Waits for the picture of the phone, and takes the blur from it, as a dispatcher does who looks. */
async function untilSeen(dispatcher: Page): Promise<void> {
  await dispatcher.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
  await dispatcher.click('.stage-picture.veiled .veil');
  await dispatcher.waitForSelector('.stage-picture:not(.veiled)');
}
