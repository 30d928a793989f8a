/** A page of a test at an address that is never looked up: its code built in memory, its questions answered by the test. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import type { Browser } from './chromium.ts';

export interface BundledPage {
  /** The page's code, as an address of a file. */
  readonly entry: URL;
  /** What the code sets on `globalThis` once it runs. */
  readonly ready: string;
  /** Function of the page's `globalThis` that asks the test. Arguments and answer are JSON. */
  readonly ask: { readonly name: string; readonly answer: (...args: never[]) => Promise<unknown> };
}

/** Opens it in a context of its own, and waits until its code runs. */
export async function openBundledPage(browser: Browser, { entry, ready, ask }: BundledPage): Promise<Page> {
  // The answer is made here. Chromium gives cameras to localhost without TLS.
  const url = `http://localhost/${ready}`;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.exposeFunction(ask.name, ask.answer);
  await page.goto(url);
  await page.addScriptTag({ content: await bundled(entry), type: 'module' });
  await page.waitForFunction((name) => name in globalThis, ready);
  return page;
}

const bundles = new Map<string, Promise<string>>();

/** Built once per test run. */
function bundled(entry: URL): Promise<string> {
  const built = bundles.get(entry.href) ?? bundle(fileURLToPath(entry));
  bundles.set(entry.href, built);
  return built;
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry, formats: ['es'] } },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) =>
    'output' in result ? [...result.output] : [],
  );
  const chunk = outputs.find((output) => output.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error('the test page was not built');
  return chunk.code;
}
