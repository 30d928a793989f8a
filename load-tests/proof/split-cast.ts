/** People at browsers over a split installation: the node and signaling are processes of their own. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { harnessPages } from '../harness/build.ts';
import { cameraFile, HD, speechFile } from '../media/fixtures.ts';
import { type SplitOptions, type SplitStack, startSplit } from '../stack/split.ts';
import { signIn } from './cast.ts';

export interface SplitCast {
  readonly stack: SplitStack;
  readonly browser: Browser;
  /** Signs a demo person in on a browser profile of its own. */
  person(username: string): Promise<Page>;
  /** A room of all demo organisations, made by the demo's dispatcher. */
  room(title: string): Promise<string>;
  close(): Promise<void>;
}

/** Opens it with an HD camera; whoever opens closes. */
export async function openSplitCast(options: SplitOptions = {}): Promise<SplitCast> {
  const pages = await harnessPages();
  const [camera, microphone] = await Promise.all([cameraFile(HD), speechFile()]);
  const stack = await startSplit(options);
  const closers = [() => stack.close()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const browser = await openBrowser({ camera, microphone });
    closers.push(() => browser.close());
    const person = (username: string) =>
      signIn(stack, browser, username, (page) => serveHarness(page, pages));
    return { stack, browser, person, room: (title) => makeRoom(stack, person, title), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeRoom(stack: SplitStack, person: SplitCast['person'], title: string): Promise<string> {
  const dispatcher = await person('dispatcher');
  const roomId = await dispatcher.evaluate(
    ([name, organisations]) => window.harness.create(name, organisations),
    [title, Object.values(stack.demo.organisations)] as const,
  );
  await dispatcher.context().close();
  return roomId;
}

/** `main.ts` serves the pages that people use; the harness is put in their place on its way to the browser. */
async function serveHarness(page: Page, folder: string): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === '/' || pathname.startsWith('/assets/'),
    async (route) => {
      const { pathname } = new URL(route.request().url());
      const file = pathname === '/' ? 'index.html' : pathname;
      const contentType = extname(file) === '.js' ? 'text/javascript' : 'text/html';
      await route.fulfill({ body: await readFile(join(folder, file)), contentType });
    },
  );
}
