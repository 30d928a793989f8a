/** Opens the page of the browser tests in Chromium, wired to a world. */
import type { Page } from 'playwright-core';
import { openBundledPage } from '../../../load-tests/browser/bundled-page.ts';
import type { Browser } from '../../../load-tests/browser/chromium.ts';
import { MEDIA_METHODS } from '../../protocol/methods.ts';
import type { MediaMethod } from '../types.ts';
import type { TestClient } from './world.ts';

/** Opens a page that may act as any of these peers. */
export function openMediaPage(browser: Browser, clients: readonly TestClient[]): Promise<Page> {
  return openBundledPage(browser, {
    entry: new URL('page.ts', import.meta.url),
    ready: 'mediaPage',
    ask: {
      name: 'askMedia',
      answer: async (peerId: string, method: string, params: unknown) => {
        const client = clients.find(({ person }) => person.peerId === peerId);
        if (!client || !isMediaMethod(method)) throw new Error(`nobody asks ${method} as ${peerId}`);
        return client.ask(method, MEDIA_METHODS[method].params.parse(params));
      },
    },
  });
}

function isMediaMethod(name: string): name is MediaMethod {
  return Object.hasOwn(MEDIA_METHODS, name);
}
