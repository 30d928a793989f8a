/** Listens to the metronome of the bystander's page: when each click and each light comes, on the page's own clock. */
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    readonly heard: { readonly clicks: number[]; readonly lights: number[]; readonly stopped: number[] };
  }
}

/**
 * Runs before the page. A click's time is the one it was scheduled for on the audio clock, which is exact to a sample;
 * both clocks are laid beside each other once, so that a drift of the page's own reckoning is seen and not repeated.
 */
export const LISTEN = `
  window.heard = { clicks: [], lights: [], stopped: [] };
  let offset;
  const offsetOf = (context) => {
    const { contextTime, performanceTime } = context.getOutputTimestamp();
    return contextTime > 0.5 ? performanceTime - contextTime * 1000 : undefined;
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    offset = offset ?? offsetOf(this.context);
    window.heard.clicks.push(offset === undefined ? NaN : when * 1000 + offset);
    return start.call(this, when);
  };
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.hasAttribute('data-lit')) window.heard.lights.push(performance.now());
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-lit'] });
`;

/** Waits until so many beats have come, by what the page keeps of them. */
export async function waitForBeats(page: Page, which: 'clicks' | 'lights', count: number): Promise<number[]> {
  await page.waitForFunction(
    ([name, least]) => window.heard[name].filter(Number.isFinite).length >= least,
    [which, count] as const,
    { polling: 200, timeout: 30_000 },
  );
  return page.evaluate((name) => window.heard[name].filter(Number.isFinite), which);
}

/** How far each time is from an even beat of this rate through all of them, in milliseconds, sorted by size. */
export function offBeat(times: readonly number[], rate: number): number[] {
  const period = 60_000 / rate;
  const first = times[0] ?? 0;
  const errors = times.map((time) => time - first - Math.round((time - first) / period) * period);
  const middle = [...errors].sort((a, b) => a - b)[errors.length >> 1] ?? 0;
  return errors.map((error) => Math.abs(error - middle)).sort((a, b) => a - b);
}
