/** A stack with people at browsers: what every proof begins with. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Browser, type BrowserOptions, openBrowser } from '../browser/chromium.ts';
import { harnessPages } from '../harness/build.ts';
import type { Harness } from '../harness/harness.ts';
import { cameraFile, type Picture, speechFile, UHD } from '../media/fixtures.ts';
import { type Stack, type StackOptions, startStack } from '../stack/stack.ts';

export interface CastOptions extends StackOptions {
  /** What every camera shows; 4K unless told. */
  readonly picture?: Picture;
  readonly browser?: BrowserOptions;
}

export interface Cast {
  readonly stack: Stack;
  readonly browser: Browser;
  /** Signs a demo person in on a browser profile of its own; `elsewhere` opens it in another browser. */
  person(username: string, elsewhere?: Browser): Promise<Page>;
  /** A room of all demo organisations. */
  room(dispatcher: Page, title: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens it; whoever opens closes. */
export async function openCast(options: CastOptions = {}): Promise<Cast> {
  const stack = await startStack({ ...options, pagesFolder: await harnessPages() });
  const browser = await openBrowser({
    camera: await cameraFile(options.picture ?? UHD),
    microphone: await speechFile(),
    ...options.browser,
  });
  return {
    stack,
    browser,
    person: (username, elsewhere = browser) => signIn(stack, elsewhere, username),
    room: (dispatcher, title) =>
      dispatcher.evaluate(([name, organisations]) => window.harness.create(name, organisations), [
        title,
        Object.values(stack.demo.organisations),
      ] as const),
    close: async () => {
      await browser.close();
      await stack.close();
    },
  };
}

/** Opens the harness in a profile of its own as a demo person; `prepare` sees the page before it goes anywhere. */
export async function signIn(
  stack: Pick<Stack, 'origin' | 'demo'>,
  browser: Browser,
  username: string,
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Page> {
  const person = stack.demo.people.find((each) => each.username === username);
  if (!person) throw new Error(`the demo has no ${username}`);
  const page = await (await browser.newContext()).newPage();
  await prepare(page);
  await openHarness(page, stack.origin);
  await page.evaluate(([name, password]) => window.harness.signIn(name, password), [
    username,
    person.password,
  ] as const);
  return page;
}

export async function openHarness(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/`);
  await page.waitForFunction(() => 'harness' in window);
}

/** Waits until what the page says fits; fails with what it said last. */
export function until<T>(
  page: Page,
  look: () => T,
  fits: (value: T) => boolean,
  what: string,
  deadlineMs?: number,
): Promise<T> {
  return eventually(() => page.evaluate<T>(look), fits, what, deadlineMs);
}

/** Asks until the answer fits; fails with the last answer. The deadline is for machines much slower than this. */
export async function eventually<T>(
  ask: () => Promise<T>,
  fits: (value: T) => boolean,
  what: string,
  deadlineMs = 60_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await ask();
    if (fits(value)) return value;
    if (performance.now() > end) throw new Error(`${what}: after ${deadlineMs} ms ${JSON.stringify(value)}`);
    await delay(100);
  }
}

export const seen = () => window.harness.seen();
export const status = () => window.harness.status();
export const local = () => window.harness.local();
export type Seen = ReturnType<Harness['seen']>[number];
