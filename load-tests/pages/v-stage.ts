/** One build, one fake door and one browser for the tests of the bystander's page, with phones to open it on. */
import type { Page } from 'playwright-core';
import { type Browser, type ContextOptions, openBrowser } from '../browser/chromium.ts';
import {
  buildBystanderPage,
  type FakeAnswer,
  type FakeDoor,
  linkPage,
  openFakeDoor,
  removeBuild,
} from './v-door.ts';

export interface OpenOptions extends ContextOptions {
  readonly answer?: FakeAnswer;
  readonly kind?: 'link' | 'place';
  /** `commit`: does not wait for the page's code. */
  readonly wait?: 'load' | 'commit';
  /** Runs in the page before any of its scripts: takes a feature away, or listens to one. */
  readonly before?: string;
  /** Prepares the page before it loads anything, as to slow its network. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export interface Stage {
  readonly door: FakeDoor;
  readonly errors: string[];
  /** The page as it stands before the tap. */
  open(options?: OpenOptions): Promise<Page>;
  /** The page after the tap. */
  tapped(options?: OpenOptions): Promise<Page>;
  close(): Promise<void>;
}

export const PHONE = { width: 360, height: 740 };
export const SMALL = { width: 320, height: 568 };

export async function openStage(): Promise<Stage> {
  const folder = await buildBystanderPage();
  const door = await openFakeDoor(folder);
  // As on a phone: nothing sounds before a tap.
  const browser: Browser = await openBrowser({
    extraArgs: ['--autoplay-policy=document-user-activation-required'],
  });
  const errors: string[] = [];
  const open = async (options: OpenOptions = {}): Promise<Page> => {
    const { answer = linkPage(), kind = 'link', wait = 'load', before, prepare, ...context } = options;
    door.answer(answer);
    door.asked.length = 0;
    door.sent.clear();
    const phone = await browser.newContext({
      ...{ viewport: PHONE, phone: true, locale: 'en-GB', colorScheme: 'light' },
      ...context,
    });
    const page = await phone.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) errors.push(message.text());
    });
    if (before !== undefined) await page.addInitScript(before);
    await prepare?.(page);
    await page.goto(door.address(kind), { waitUntil: wait });
    return page;
  };
  return {
    door,
    errors,
    open,
    async tapped(options) {
      const page = await open(options);
      await page.tap('#tap');
      return page;
    },
    async close() {
      await browser.close();
      await door.close();
      await removeBuild(folder);
    },
  };
}
