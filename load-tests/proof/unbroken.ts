/** Whether picture and sound went on while something died, judged by what this machine does while nothing dies. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { seen, until } from './cast.ts';

/** Longest time without a new frame or without sound, in milliseconds. */
export interface Gaps {
  readonly pictureMs: number;
  readonly silenceMs: number;
}

/** A person does not see a shorter one. */
const GAP_MS = 500;
/** The speech has pauses of its own, up to 0.7 s. */
const PAUSE_MS = 700;
/** Where the encoder gets too little of a busy processor, gaps come by themselves; a loss must stand out from them. */
const TIMES_USUAL = 3;

/** Begins to measure anew, gaps and changes of the connection. */
export async function forget(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await page.evaluate(() => {
      window.harness.resetGaps();
      window.harness.history.length = 0;
    });
  }
}

/** Resolves once so many more frames of the first picture were shown than at the call. */
export async function flowing(page: Page, frames = 5): Promise<void> {
  const [first] = await page.evaluate(seen);
  const from = first?.frames ?? 0;
  await until(page, seen, ([now]) => (now?.frames ?? 0) >= from + frames, `${frames} more frames`);
}

/** The gaps of some seconds in which nothing happens; forgets what was measured before, and what it measures. */
export async function usualGaps(page: Page): Promise<Gaps> {
  await forget(page);
  await flowing(page, 90);
  const usual = await gapsOf(page);
  await forget(page);
  return usual;
}

/** Fails when the picture stood still since `forget` longer than a person may notice and this machine does by itself. */
export async function assertPictureWentOn(page: Page, usual: Gaps): Promise<void> {
  const { pictureMs } = await gapsOf(page);
  const most = Math.max(GAP_MS, TIMES_USUAL * usual.pictureMs);
  assert.ok(pictureMs < most, `the picture stood still for ${pictureMs} ms, usually ${usual.pictureMs} ms`);
}

/** The same of the sound. */
export async function assertSoundWentOn(page: Page, usual: Gaps): Promise<void> {
  const { silenceMs } = await gapsOf(page);
  const most = Math.max(GAP_MS + PAUSE_MS, TIMES_USUAL * usual.silenceMs);
  assert.ok(silenceMs < most, `silent for ${silenceMs} ms, usually ${usual.silenceMs} ms`);
}

async function gapsOf(page: Page): Promise<Gaps> {
  const [picture] = await page.evaluate(seen);
  assert.ok(picture, 'there is no picture');
  const { longestSilenceMs } = await page.evaluate(() => window.harness.sound());
  return { pictureMs: picture.longestGapMs, silenceMs: longestSilenceMs };
}
