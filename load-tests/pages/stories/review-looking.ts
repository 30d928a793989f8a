/** What the tests of the player read off the page: burnt-in frame numbers, times of frames, and the playhead. */
import type { Page } from 'playwright-core';
import { BITS, FPS } from './review-media.ts';

export const FRAME_MS = 1000 / FPS;

/** Opens a recording with a reason, at a room time where one is given. */
export async function openRecording(page: Page, origin: string, id: string, at?: number): Promise<void> {
  await page.goto(`${origin}/review/${id}${at === undefined ? '' : `?t=${at}`}`);
  await page.waitForSelector('dialog[open]');
  await page.fill('dialog input[name=reason]', 'Monthly review');
  await page.press('dialog input[name=reason]', 'Enter');
  await page.waitForSelector('.review-tile');
}

/** Room time of the playhead as the page knows it. */
export async function position(page: Page): Promise<number> {
  return Number(await page.locator('[data-position]').getAttribute('data-position'));
}

/** Waits until every picture that has media stands still with a decoded frame. */
export async function untilShown(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll('.review-tile')];
    return (
      tiles.length > 0 &&
      tiles.every((tile) => {
        if (tile.querySelector('.review-loading') !== null) return false;
        const filled = tile.querySelector('.review-pictures.filled') !== null;
        const covered = tile.querySelector('.review-pictures.covered') !== null;
        const video = tile.querySelector<HTMLVideoElement>(filled ? 'video.fill' : 'video.own');
        return covered || (video !== null && !video.seeking && video.readyState >= 2);
      })
    );
  });
}

/** Number burnt into what a tile shows, in frames of room time; undefined for a covered tile. */
export async function burntIn(page: Page, trackId: string): Promise<number | undefined> {
  return page.evaluate(
    async ({ trackId, bits }) => {
      const tile = document.querySelector(`[data-track="${trackId}"]`);
      const filled = tile?.querySelector('.review-pictures.filled') !== null;
      const video = tile?.querySelector<HTMLVideoElement>(filled ? 'video.fill' : 'video.own');
      if (!video || getComputedStyle(video).visibility === 'hidden') return undefined;
      // The frame of a seek is handed to the canvas one repaint later.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const canvas = document.createElement('canvas');
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      const context = canvas.getContext('2d');
      if (!context) return undefined;
      context.drawImage(video, 0, 0);
      const strip = Math.round(canvas.height / 16) * 2;
      const y = Math.round(canvas.height - strip / 2);
      let number = 0;
      for (let bit = 0; bit < bits; bit += 1) {
        const x = Math.round(((bit + 0.5) * canvas.width) / bits);
        const [red = 0] = context.getImageData(x, y, 1, 1).data;
        number = number * 2 + (red > 127 ? 1 : 0);
      }
      return number;
    },
    { trackId, bits: BITS },
  );
}

export interface Shown {
  readonly trackId: string;
  /** When a frame was put on the screen, and its room time in ms. */
  readonly frames: readonly (readonly [number, number])[];
}

/** Frames of each picture that say something about how far apart they are. */
const ENOUGH_FRAMES = 15;

/**
 * Collects what is put on the screen for some time; `requestVideoFrameCallback` says when and which frame. On a busy
 * machine, which shows few of them, for up to three times as long.
 */
export function collectFrames(page: Page, forMs: number): Promise<readonly Shown[]> {
  return page.evaluate(
    async ({ ms, enough }) => {
      const collected: { trackId: string; frames: [number, number][] }[] = [];
      const began = performance.now();
      const isOver = () => {
        const passed = performance.now() - began;
        return passed > 3 * ms || (passed > ms && collected.every(({ frames }) => frames.length >= enough));
      };
      for (const tile of document.querySelectorAll('.review-tile')) {
        const video = tile.querySelector<HTMLVideoElement>('video.own');
        const frames: [number, number][] = [];
        collected.push({ trackId: tile.getAttribute('data-track') ?? '', frames });
        const next = () =>
          video?.requestVideoFrameCallback((_, { expectedDisplayTime, mediaTime }) => {
            frames.push([expectedDisplayTime, mediaTime * 1000]);
            if (!isOver()) next();
          });
        next();
      }
      while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 50));
      return collected;
    },
    { ms: forMs, enough: ENOUGH_FRAMES },
  );
}

/** Room time that a track shows at a moment: its last frame and the time that has gone since. */
function shownAt({ frames }: Shown, time: number, rate: number): number | undefined {
  const last = frames.findLast(([at]) => at <= time);
  const age = last === undefined ? 0 : time - last[0];
  return last === undefined || age > 200 ? undefined : last[1] + age * rate;
}

/** Differences between two tracks whenever one of them shows a new frame, in ms of room time, sorted. */
export function skews(a: Shown, b: Shown, rate = 1): readonly number[] {
  return a.frames
    .flatMap(([at, mediaTime]) => {
      const other = shownAt(b, at, rate);
      return other === undefined ? [] : [Math.abs(other - mediaTime)];
    })
    .sort((x, y) => x - y);
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
