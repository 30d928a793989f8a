/** Opens the page of the browser tests in Chromium, wired to a world. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import type { Browser } from '../../../load-tests/browser/chromium.ts';
import { MEDIA_METHODS } from '../../protocol/methods.ts';
import type { MediaMethod } from '../types.ts';
import type { TestClient } from './world.ts';

/** A name that is never looked up: the answer is made here. Chromium gives cameras to localhost without TLS. */
const PAGE_URL = 'http://localhost/media-rooms-test';

/** Opens a page that may act as any of these peers. */
export async function openMediaPage(browser: Browser, clients: readonly TestClient[]): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route(PAGE_URL, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.exposeFunction('askMedia', (peerId: string, method: string, params: unknown) => {
    const client = clients.find(({ person }) => person.peerId === peerId);
    if (!client || !isMediaMethod(method)) throw new Error(`nobody asks ${method} as ${peerId}`);
    return client.ask(method, MEDIA_METHODS[method].params.parse(params));
  });
  await page.goto(PAGE_URL);
  await page.addScriptTag({ content: await bundle(), type: 'module' });
  await page.waitForFunction(() => 'mediaPage' in globalThis);
  return page;
}

function isMediaMethod(name: string): name is MediaMethod {
  return Object.hasOwn(MEDIA_METHODS, name);
}

async function bundle(): Promise<string> {
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
