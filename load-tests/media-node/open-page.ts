/** Opens the page of these tests in Chromium, wired to a node's control link. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { CONTROL, type ControlClient, type ControlMethod } from '../../signaling/protocol/control.ts';
import type { Browser } from '../browser/chromium.ts';

/** A name that is never looked up: the answer is made here. Chromium gives cameras to localhost without TLS. */
const PAGE_URL = 'http://localhost/media-node-test';

/** Opens a page with a fake camera; its control requests go to this client. */
export async function openTestPage(browser: Browser, client: ControlClient): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route(PAGE_URL, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.exposeFunction('control', (method: string, params: unknown) => {
    if (!isControlMethod(method)) throw new Error(`there is no method ${method}`);
    return client.request(method, CONTROL[method].params.parse(params));
  });
  await page.goto(PAGE_URL);
  await page.addScriptTag({ content: await bundled(), type: 'module' });
  await page.waitForFunction(() => 'testPage' in globalThis);
  return page;
}

function isControlMethod(name: string): name is ControlMethod {
  return Object.hasOwn(CONTROL, name);
}

let bundle: Promise<string> | undefined;

/** Built once per test run. */
function bundled(): Promise<string> {
  bundle ??= bundlePage();
  return bundle;
}

async function bundlePage(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('page.ts', import.meta.url)), formats: ['es'] },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) =>
    'output' in result ? [...result.output] : [],
  );
  const chunk = outputs.find((output) => output.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error('the test page was not built');
  return chunk.code;
}
