/** What a person without a mouse does. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** Label or text of what has the focus. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });
}

/** Waits until the focus is on what has this label or text. */
export async function focusIs(page: Page, label: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const element = document.activeElement;
    return (element?.getAttribute('aria-label') ?? element?.textContent?.trim()) === wanted;
  }, label);
}

/** Presses Tab until the focus fits; fails after a whole round. */
export async function tabTo(page: Page, fits: (label: string) => boolean): Promise<void> {
  const met: string[] = [];
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    const label = await focused(page);
    if (fits(label)) return;
    met.push(label);
  }
  assert.fail(`not reached by Tab; met ${met.join(' | ')}`);
}
