/** Opens the page of these tests in Chromium, wired to a node's control link. */
import type { Page } from 'playwright-core';
import { CONTROL, type ControlClient, type ControlMethod } from '../../signaling/protocol/control.ts';
import { openBundledPage } from '../browser/bundled-page.ts';
import type { Browser } from '../browser/chromium.ts';

/** Opens a page with a fake camera; its control requests go to this client. */
export function openTestPage(browser: Browser, client: ControlClient): Promise<Page> {
  return openBundledPage(browser, {
    entry: new URL('page.ts', import.meta.url),
    ready: 'testPage',
    ask: {
      name: 'control',
      answer: async (method: string, params: unknown) => {
        if (!isControlMethod(method)) throw new Error(`there is no method ${method}`);
        return client.request(method, CONTROL[method].params.parse(params));
      },
    },
  });
}

function isControlMethod(name: string): name is ControlMethod {
  return Object.hasOwn(CONTROL, name);
}
