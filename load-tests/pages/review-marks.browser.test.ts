import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openRecording, untilShown } from './stories/review-looking.ts';
import { ADDED_AT, LOST, marked, swingAt } from './stories/review-marked.ts';
import { ReviewStage } from './stories/review-stage.ts';

/** One white pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGfrYzgAAAABJRU5ErkJggg==',
  'base64',
);

interface Seen {
  /** Room time of the frame, in seconds. */
  readonly seconds: number;
  /** Middle of the first author's colour, in parts of the width; undefined where there is none. */
  readonly x: number | undefined;
}

/** What stands on the canvas above the picture, with the time of the frame under it. */
function look(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('[data-track="cam-glasses"] video.own');
    const canvas = document.querySelector<HTMLCanvasElement>(
      '[data-track="cam-glasses"] canvas.review-drawn',
    );
    const context = canvas?.getContext('2d');
    if (!video || !canvas || !context || canvas.width === 0) return { seconds: -1, x: undefined };
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let [pixels, sum] = [0, 0];
    for (let n = 0; n < data.length; n += 4) {
      const [r = 0, g = 0, b = 0, a = 0] = data.subarray(n, n + 4);
      if (a < 200 || r < 200 || g < 190 || b > 110) continue;
      pixels += 1;
      sum += (n / 4) % canvas.width;
    }
    return { seconds: video.currentTime, x: pixels > 0 ? sum / pixels / canvas.width : undefined };
  });
}

/** Where the mark belongs in a frame, in parts of the width. */
const placeAt = (seconds: number) => 0.5 - swingAt(seconds) / 640;

async function until(page: Page, is: (seen: Seen) => boolean): Promise<Seen> {
  const end = Date.now() + 20_000;
  for (;;) {
    const seen = await look(page);
    if (is(seen)) return seen;
    assert.ok(Date.now() < end, `it never came: ${JSON.stringify(seen)}`);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.GOLDENHOUR_SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

describe('Marks in the player of a recording', function () {
  this.timeout(180_000);
  const stage = new ReviewStage();
  let page: Page;
  before(async () => {
    await stage.open();
    stage.server.recordings.set('room-marked', await marked(PICTURE));
    page = await stage.page({ viewport: { width: 1440, height: 900 } });
    await openRecording(page, stage.origin, 'room-marked', ADDED_AT + 1500);
    await untilShown(page);
  });
  after(() => stage.close());

  it('lie on a picture that stands where the device held them', async () => {
    const { x, seconds } = await until(page, (seen) => seen.x !== undefined);
    assert.ok(Math.abs((x ?? 9) - placeAt(seconds)) < 0.03, `${x} at ${seconds}, not ${placeAt(seconds)}`);
    await keep(page, 'review-marks');
  });

  it('can be hidden and shown by a key', async () => {
    await page.keyboard.press('h');
    await page.waitForSelector('canvas.review-drawn', { state: 'detached' });
    await page.keyboard.press('h');
    await until(page, (seen) => seen.x !== undefined);
  });

  it('are not shown while the device had lost them, nor before they were drawn', async () => {
    for (const at of [(LOST.from + LOST.to) / 2, ADDED_AT - 1500]) {
      await openRecording(page, stage.origin, 'room-marked', at);
      await untilShown(page);
      await page.waitForSelector('canvas.review-drawn[data-marks="0"]');
      assert.equal((await look(page)).x, undefined);
    }
  });

  it('stand in the list of events, which jumps to them, and on shared images', async () => {
    const row = page.locator('.fact', { hasText: 'Mark drawn' }).first();
    assert.match(await row.innerText(), /Ellipse · Dr Lin/);
    await row.locator('button').click();
    await until(page, (seen) => seen.x !== undefined);
    await page.getByRole('tab', { name: 'Then' }).click();
    await page.waitForSelector('text=No picture was shared');
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Events' }).click();
    await page.locator('.fact', { hasText: 'Mark drawn' }).nth(1).locator('button').click();
    await page.getByRole('tab', { name: 'Then' }).click();
    await page.waitForSelector('.review-shared canvas[data-marks="1"]');
    await keep(page, 'review-marks-pictures');
  });

  it('throw nothing in all this', () => {
    assert.deepEqual(stage.errors, []);
  });
});
