/** Runs axe-core in a page and gives what it found as lines that name rule, element and how to mend it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}
declare global {
  interface Window {
    readonly axe: {
      run(context: Document, options: object): Promise<{ violations: readonly Violation[] }>;
    };
  }
}

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** All rules of WCAG 2.2 A and AA and the best practices; an empty list is a pass. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, so the Content-Security-Policy of the server stays as it is.
  await page.evaluate(source);
  const violations = await page.evaluate(async () => (await window.axe.run(document, {})).violations);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} – ${node.failureSummary ?? ''}`),
  );
}

/** Fails with what axe found on the page as it stands now. */
export async function clean(page: Page): Promise<void> {
  // A key that becomes usable changes its colours over 120 ms; in between they contrast with nothing.
  await page.evaluate(async () => {
    const changing = document.getAnimations().filter((each) => each instanceof CSSTransition);
    await Promise.allSettled(changing.map((each) => each.finished));
  });
  assert.deepEqual(await violationsOf(page), []);
}
