/** The built pages served by the whole system, and people who sign in on them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { type Browser, type ContextOptions, openBrowser } from '../browser/chromium.ts';
import { cameraFile, HD, type Picture, speechFile } from '../media/fixtures.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { buildBystanderPage, removeBuild } from './v-door.ts';

export interface Pages {
  readonly stack: Stack;
  /** Where the built files are. */
  readonly folder: string;
  /** A page of a browser profile of its own, not signed in; errors thrown in it are collected. */
  open(options?: ContextOptions): Promise<Page>;
  /** One more tab of the profile a page stands in. */
  tab(beside: Page, path: string): Promise<Page>;
  /** Signs a demo person in through the form; ends on the page that follows. */
  signIn(page: Page, username: string): Promise<void>;
  /** Errors thrown in any page so far. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export interface PagesOptions {
  /** Address of the service, for browsers on a host of their own; loopback unless told. */
  readonly host?: string;
  /** Program that starts Chromium, on that host. */
  readonly executablePath?: string;
  /** Whether links lead to the bystander's page, freshly built. */
  readonly phones?: boolean;
  /** The size of the pattern that every camera shows; HD unless told. */
  readonly picture?: Picture;
  /** File that every camera shows instead of the pattern. */
  readonly camera?: string;
  /** More of the service's configuration. */
  readonly args?: readonly string[];
}

/** The telephone number that stands in for an answer. */
export const HELP_PHONE = '120';

/** Vite calls this process a production once it has built; the stack that follows is a test's. */
async function buildPages(configFile: string, folder: string): Promise<void> {
  await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
}

export async function openPages(options: PagesOptions = {}): Promise<Pages> {
  const { host, executablePath, phones = false, picture = HD } = options;
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-pages-'));
  const configFile = join(import.meta.dirname, '..', '..', 'clients', 'vite.config.ts');
  await buildPages(configFile, folder);
  const phoneFolder = phones ? await buildBystanderPage() : undefined;
  const stack = await startStack({
    pagesFolder: folder,
    args: ['--help.phoneNumber', HELP_PHONE, ...(options.args ?? [])],
    ...(host === undefined ? {} : { host }),
    ...(phoneFolder === undefined ? {} : { bystanderPagesFolder: phoneFolder }),
  });
  const browser: Browser = await openBrowser({
    camera: options.camera ?? (await cameraFile(picture)),
    microphone: await speechFile(),
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const errors: string[] = [];
  const newPage = async (context: BrowserContext) => {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    return page;
  };
  const open = async (options?: ContextOptions) => {
    const page = await newPage(await browser.newContext(options));
    await page.goto(`${stack.origin}/`);
    await page.waitForSelector('input[name=username]');
    return page;
  };
  return {
    stack,
    folder,
    errors,
    open,
    async tab(beside, path) {
      const page = await newPage(beside.context());
      await page.goto(`${stack.origin}${path}`);
      return page;
    },
    async signIn(page, username) {
      const person = stack.demo.people.find((each) => each.username === username);
      if (person === undefined) throw new Error(`the demo has no ${username}`);
      await page.fill('input[name=username]', username);
      await page.fill('input[name=password]', person.password);
      await page.press('input[name=password]', 'Enter');
      await page.waitForURL(/\/rooms$/);
      await page.waitForSelector('.room-grid:not([role]), .empty');
    },
    async close() {
      await browser.close();
      await stack.close();
      await rm(folder, { recursive: true, force: true });
      if (phoneFolder !== undefined) await removeBuild(phoneFolder);
    },
  };
}
