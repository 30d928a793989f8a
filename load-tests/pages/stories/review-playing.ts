/** Stories of the player: in step, frame by frame, through gaps, at every speed. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  burntIn,
  collectFrames,
  FRAME_MS,
  openRecording,
  percentile,
  position,
  skews,
  untilShown,
} from './review-looking.ts';
import type { ReviewStage } from './review-stage.ts';

/** Target R8: all tracks in step. */
const MOST_SKEW_MS = 40;
const TRACKS = ['cam-patient', 'cam-overview', 'cam-glasses'];

export function tellOfPlaying(stage: ReviewStage): void {
  let shown: Page | undefined;
  const page = () => {
    if (shown === undefined) throw new Error('The first story opens the player.');
    return shown;
  };
  after(() => shown?.context().close());

  it('show nothing before a reason was given, and write it down', async () => {
    shown = await stage.page();
    stage.server.asked.length = 0;
    await openRecording(page(), stage.origin, 'room-1', 11_000);
    const visits = stage.server.asked.filter(({ path }) => path.startsWith('/api/recordings/'));
    assert.equal(visits[0]?.path, '/api/recordings/room-1/visits');
    assert.deepEqual(visits[0]?.body, { purpose: 'quality', reason: 'Monthly review' });
    assert.equal(visits[1]?.query.get('visit'), 'visit-1');
  });

  tellOfFrames(page);
  tellOfStep(page);
  tellOfGaps(page);
  tellOfSpeed(page, stage);
}

function tellOfFrames(page: () => Page): void {
  it('open at the moment of the link with the frame of that moment on every track', async () => {
    await untilShown(page());
    for (const trackId of TRACKS) assert.equal(await burntIn(page(), trackId), 11_000 / FRAME_MS, trackId);
  });

  it('show the same moment on every track after a jump', async () => {
    for (const keys of [['ArrowRight'], ['Shift+ArrowRight'], ['ArrowLeft', 'ArrowLeft']]) {
      for (const key of keys) await page().keyboard.press(key);
      await untilShown(page());
      const at = Math.floor((await position(page())) / FRAME_MS + 0.01);
      for (const trackId of TRACKS) {
        const number = await burntIn(page(), trackId);
        if (number !== undefined) assert.equal(number, at, `${trackId} after ${keys.join()}`);
      }
    }
  });

  it('step frame by frame, forwards and backwards', async () => {
    const first = await burntIn(page(), 'cam-patient');
    assert(first !== undefined);
    for (const [key, expected] of [
      ['.', 1],
      ['.', 2],
      ['.', 3],
      [',', 2],
      [',', 1],
    ] as const) {
      await page().keyboard.press(key);
      await untilShown(page());
      assert.equal(await burntIn(page(), 'cam-patient'), first + expected, `${key} to ${expected}`);
      assert.equal(await burntIn(page(), 'cam-overview'), first + expected);
    }
  });
}

function tellOfStep(page: () => Page): void {
  for (const speed of [1, 2, 0.5]) {
    it(`keep all tracks within ${MOST_SKEW_MS} ms at speed ${speed}`, async () => {
      await page().getByLabel('Speed').selectOption(String(speed));
      await page().locator('.time-bar').focus();
      await page().keyboard.press('Home');
      for (let n = 0; n < 4; n += 1) await page().keyboard.press('ArrowRight');
      await page().getByRole('button', { name: 'Play', exact: true }).click();
      // Elements begin to play one after another and are in step a second later.
      await page().waitForFunction(
        (from) => Number(document.querySelector('[data-position]')?.getAttribute('data-position')) > from,
        23_000 + 1500 * speed,
      );
      const [patient, ...others] = await collectFrames(page(), 1500 / Math.max(1, speed));
      await page().keyboard.press(' ');
      for (const other of others) {
        const found = patient === undefined ? [] : skews(other, patient, speed);
        assert(found.length >= 10, `${other.trackId} showed ${found.length} frames`);
        const p95 = percentile(found, 0.95);
        // In time of the person who watches: at speed 2, twice as much of the room goes by in 40 ms.
        assert(p95 <= MOST_SKEW_MS * Math.max(1, speed), `${other.trackId}: p95 ${p95} ms`);
      }
    });
  }

  it('keep the sound within the same bound of the picture', async () => {
    await page().getByLabel('Speed').selectOption('1');
    await page().locator('.time-bar').focus();
    await page().keyboard.press('Home');
    for (let n = 0; n < 5; n += 1) await page().keyboard.press('ArrowRight');
    await page().getByRole('button', { name: 'Play', exact: true }).click();
    await page().waitForFunction(
      () => Number(document.querySelector('[data-position]')?.getAttribute('data-position')) > 30_000,
    );
    const offs = await page().evaluate(async () => {
      const audio = document.querySelector('audio');
      const video = document.querySelector<HTMLVideoElement>('[data-track=cam-patient] video.own');
      const found: number[] = [];
      while (found.length < 60 && audio && video && !audio.paused) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        found.push(Math.abs(audio.currentTime - video.currentTime) * 1000);
      }
      return found.sort((a, b) => a - b);
    });
    assert.equal(offs.length, 60);
    assert(percentile(offs, 0.95) <= MOST_SKEW_MS, `p95 ${percentile(offs, 0.95)} ms`);
    await page().keyboard.press(' ');
  });
}

function tellOfGaps(page: () => Page): void {
  const goTo = async (clock: string) => {
    await page().getByRole('tab', { name: 'Tracks' }).click();
    await page()
      .getByRole('button', { name: `Go to the gap at ${clock}` })
      .click();
    await untilShown(page());
  };

  it('cover a gap with words instead of the last picture', async () => {
    await goTo('0:37–0:41');
    const tile = page().locator('[data-track=cam-patient]');
    await tile.getByText('No picture 0:37–0:41').waitFor();
    await tile.getByText('link of the sender down').waitFor();
    assert.equal(await burntIn(page(), 'cam-patient'), undefined);
    assert.notEqual(await burntIn(page(), 'cam-overview'), undefined);
  });

  it('go on with the right frame behind a gap, at another size and after a new init', async () => {
    await page().keyboard.press('Escape');
    await page().getByRole('button', { name: 'On 5 seconds' }).click();
    await untilShown(page());
    assert.equal(await burntIn(page(), 'cam-patient'), 45_000 / FRAME_MS);
  });

  it('play the vehicle’s own copy in the place of a gap and say so', async () => {
    await goTo('0:12–0:19');
    await page().locator('[data-track=cam-patient]').getByText('Vehicle’s own copy').waitFor();
    assert.equal(await burntIn(page(), 'cam-patient'), 15_000 / FRAME_MS);
    await page().getByRole('button', { name: 'On 5 seconds' }).click();
    await untilShown(page());
    assert.equal(await burntIn(page(), 'cam-patient'), 20_000 / FRAME_MS);
  });

  it('play across the end of a filled gap into the track again', async () => {
    await page().getByRole('button', { name: 'Play', exact: true }).click();
    const badge = page().locator('[data-track=cam-patient] .fill-badge');
    await badge.waitFor({ state: 'detached' });
    await page().getByRole('button', { name: 'Pause', exact: true }).click();
    await untilShown(page());
    const at = await position(page());
    const number = (await burntIn(page(), 'cam-patient')) ?? 0;
    assert(Math.abs(number * FRAME_MS - at) <= 2 * FRAME_MS, `${number * FRAME_MS} at ${at}`);
  });
}

function tellOfSpeed(page: () => Page, stage: ReviewStage): void {
  it('play at four times the speed without sound, and say that', async () => {
    await page().getByLabel('Speed').selectOption('4');
    await page().getByText('No sound above 2 ×').waitFor();
    await page().getByRole('button', { name: 'Play', exact: true }).click();
    const before = await position(page());
    const started = performance.now();
    await page().waitForFunction(
      (from) =>
        Number(document.querySelector('[data-position]')?.getAttribute('data-position')) > from + 8000,
      before,
    );
    assert(performance.now() - started < 6000);
    assert.equal(await page().evaluate(() => document.querySelector('audio')?.muted), true);
    await page().getByRole('button', { name: 'Pause', exact: true }).click();
    await page().getByLabel('Speed').selectOption('1');
    assert.equal(await page().evaluate(() => document.querySelector('audio')?.muted), false);
  });

  it('report what was looked at', async () => {
    await page().waitForFunction(() => performance.now() > 0);
    const isReport = (path: string) => path === '/api/recordings/room-1/seeks';
    await page()
      .waitForRequest((request) => isReport(new URL(request.url()).pathname), { timeout: 15_000 })
      .catch(() => undefined);
    const reports = stage.server.asked.filter(({ path }) => isReport(path));
    assert(reports.length > 0);
    assert.match(JSON.stringify(reports[0]?.body), /"ranges":\[\{"from":\d+,"to":\d+\}/);
  });
}
