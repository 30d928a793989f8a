/**
 * The beginning of the demo: a dispatcher opens the incident and sends a link, a bystander taps it and films, help is sent,
 * and the bystander is thanked and let go when the ambulance is there. All of it through the pages that people use.
 */
import type { Page } from 'playwright-core';
import type { Browser } from '../browser/chromium.ts';

const PHONE = { width: 390, height: 844 };

export interface BystanderStory {
  readonly roomId: string;
  readonly dispatcher: Page;
  readonly phone: Page;
  /** From the phone's opening of the link to the first frame on the dispatcher's screen, in milliseconds. */
  readonly firstFrameMs: number;
}

export interface StoryParts {
  readonly browser: Browser;
  /** Signed in, at the list of rooms. */
  readonly dispatcher: Page;
  readonly onStep: (text: string) => void;
}

/** What a dispatcher types and picks, as it stands on the English page. */
export interface Call {
  readonly title: string;
  readonly need: 'Cardiac arrest' | 'Bleeding';
}

export const COLLAPSE: Call = { title: 'Collapse, Station Road 1', need: 'Cardiac arrest' };

/** Plays it up to the dispatcher's first frame. */
export async function beginWithBystander({
  browser,
  dispatcher,
  onStep,
}: StoryParts): Promise<BystanderStory> {
  onStep('A call comes in: the dispatcher opens the incident and sends a link by SMS');
  await dispatcher.getByRole('link', { name: 'Dispatch' }).click();
  await fillIncident(dispatcher, COLLAPSE);
  const { roomId, url } = await sendIncident(dispatcher);
  onStep('The bystander taps the link: the beat starts at once, then the camera');
  const phone = await (await browser.newContext({ viewport: PHONE, locale: 'en-GB' })).newPage();
  const shown = dispatcher.evaluate(untilFrame);
  const startedAt = Date.now();
  await phone.goto(url);
  await phone.click('#tap');
  await phone.click('.camera .key.main:not([disabled])');
  const firstFrameMs = (await shown) - startedAt;
  onStep(`The dispatcher sees the patient after ${firstFrameMs} ms`);
  return { roomId, dispatcher, phone, firstFrameMs };
}

/** Fills in the form of a new incident, a drill with two helpers, on a page that shows it. */
export async function fillIncident(dispatcher: Page, { title, need }: Call): Promise<void> {
  const form = dispatcher.locator('.new-incident');
  await form.getByLabel('What and where').fill(title);
  await form.getByText(need).click();
  await form.getByLabel('Phone of the caller').fill('138 0013 8000');
  await form.getByText('This is a drill').click();
  await form.getByText('Two or more').click();
}

/** Sends what was filled in; answers the room, and the address that the message led to. */
export async function sendIncident(dispatcher: Page): Promise<{ roomId: string; url: string }> {
  await dispatcher.getByRole('button', { name: 'Open and send the link' }).click();
  await dispatcher.waitForURL(/\/dispatch\/[^/]+$/);
  const roomId = new URL(dispatcher.url()).pathname.split('/')[2] ?? '';
  return { roomId, url: await linkOf(dispatcher) };
}

/** The unit is assigned and every hospital of the demo is let in. */
export async function sendHelp({ dispatcher }: BystanderStory, unitName: string): Promise<void> {
  await dispatcher.getByRole('tab', { name: 'People' }).click();
  await dispatcher.getByRole('button', { name: 'Assign a unit' }).click();
  const dialog = dispatcher.locator('dialog[open]');
  await dialog.getByRole('combobox').selectOption({ label: unitName });
  await dialog.getByRole('button', { name: 'Assign', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await letHospitalsIn(dispatcher);
}

async function letHospitalsIn(dispatcher: Page): Promise<void> {
  const open = dispatcher.getByRole('button', { name: 'Let a hospital in' });
  const dialog = dispatcher.locator('dialog[open]');
  for (;;) {
    await open.click();
    const choice = dialog.getByRole('combobox').first();
    const names = await choice.locator('option').allTextContents();
    const [name] = names.filter((each) => /hospital/i.test(each));
    if (name === undefined) break;
    await choice.selectOption({ label: name });
    await dialog.getByRole('button', { name: 'Let in' }).click();
    await dialog.waitFor({ state: 'detached' });
  }
  await dispatcher.keyboard.press('Escape');
}

/** The ambulance is there: the phone says thank you, and the room goes on without it. */
export async function thankBystander({ dispatcher, phone }: BystanderStory): Promise<void> {
  await dispatcher.getByRole('button', { name: 'End …' }).click();
  await dispatcher
    .getByRole('button', { name: /^Thank and release/ })
    .first()
    .click();
  await phone.getByText('Thank you').first().waitFor();
  await phone.context().close();
  await dispatcher.context().close();
}

/** As the dispatcher shows it: the message itself went to the terminal. */
async function linkOf(dispatcher: Page): Promise<string> {
  await dispatcher.locator('.link-strip .link-step.is-done', { hasText: 'Delivered' }).waitFor();
  await dispatcher.evaluate(
    () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
  );
  await dispatcher.keyboard.press('l');
  await dispatcher.locator('dialog').getByRole('button', { name: 'QR code' }).click();
  const url = await dispatcher.locator('dialog input[readonly]').inputValue();
  await dispatcher.keyboard.press('Escape');
  return url;
}

/** Runs in the dispatcher's page: answers when a picture was shown, in milliseconds since 1970. */
function untilFrame(): Promise<number> {
  return new Promise((resolve) => {
    const look = () => {
      const shown = [...document.querySelectorAll('video')].some(
        (video) => video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0,
      );
      if (shown) resolve(Date.now());
      else requestAnimationFrame(look);
    };
    look();
  });
}
