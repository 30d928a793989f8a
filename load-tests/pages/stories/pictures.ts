/** The main picture: what is said of it is true, and what can be done with it is done. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Every text that the label on the main picture shows from now on, after the name of its class. */
const labelsFromNow = () => {
  const labels: string[] = [];
  const look = () => {
    const label = document.querySelector('.stage-picture .age-label');
    if (label === null) return;
    const said = `${label.className.replace('age-label', '').trim()}: ${label.textContent}`;
    if (said !== labels.at(-1)) labels.push(said);
  };
  new MutationObserver(look).observe(document.body, {
    attributes: true,
    childList: true,
    characterData: true,
    subtree: true,
  });
  return labels;
};

const widthOf = (video: Element) => (video instanceof HTMLVideoElement ? video.videoWidth : 0);

/** What the tile says, what the link panel says, and what the picture's lines amount to. */
const rungs = () => {
  const said = (where: string) => document.querySelector(`${where} .rung`)?.textContent ?? '';
  const lines = document.querySelector<HTMLVideoElement>('.stage-picture video')?.videoHeight ?? 0;
  const received = lines > 1080 ? '4K' : lines > 540 ? '1080p' : '540p';
  return { tile: said('.stage-picture'), panel: said('.source-row'), received, lines };
};

/** A ladder climbs a rung in 6 s, and one that failed to is patient: a busy machine may need several tries. */
const AGREED_MS = 120_000;

/** Waits until all three are one, and that one where a certain rung is to come; answers it. */
async function agreed(page: Page, wanted?: string): Promise<string> {
  const end = performance.now() + AGREED_MS;
  for (;;) {
    const now = await page.evaluate(rungs);
    const same = now.tile.startsWith(now.received) && now.panel.startsWith(now.received) && now.lines > 0;
    if (same && (wanted === undefined || wanted === now.received)) return now.received;
    if (performance.now() > end) assert.fail(`no agreement on ${wanted ?? 'a rung'}: ${JSON.stringify(now)}`);
    await page.waitForTimeout(100);
  }
}

export function tellOfPictures(cast: Cast): void {
  it('say the same rung on the tile and in the link panel, and it is what is received', async () => {
    const doctor = await cast.person('doctor');
    await doctor.keyboard.press('l');
    await agreed(doctor);
    await doctor.setViewportSize({ width: 390, height: 844 });
    await agreed(doctor, '540p');
    const hidden = await doctor.locator('.controls-bar button').evaluateAll((keys) =>
      keys
        .filter((key) => getComputedStyle(key).display !== 'none')
        .filter((key) => {
          const { x, y, width, height } = key.getBoundingClientRect();
          const top = document.elementFromPoint(x + width / 2, y + height / 2);
          return top === null || !key.contains(top);
        })
        .map((key) => key.textContent || key.getAttribute('aria-label')),
    );
    assert.deepEqual(hidden, [], 'every key of the bar is in sight on a phone');
    await clean(doctor);
    await doctor.setViewportSize({ width: 1440, height: 900 });
    await agreed(doctor);
  });

  it('save the picture as a PNG with a caption under it', async () => {
    const doctor = await cast.person('doctor');
    const width = () => doctor.locator('.stage-picture video').evaluate(widthOf);
    const before = await width();
    const saving = doctor.waitForEvent('download');
    await doctor.keyboard.press('s');
    const saved = await saving;
    assert.match(saved.suggestedFilename(), /^goldenhour-.*\.png$/);
    const file = await readFile(await saved.path());
    assert.deepEqual(file.subarray(0, 8), PNG);
    // IHDR: width and height are the first two numbers of the first chunk (PNG, third edition, section 11.2.1).
    const savedWidth = file.readUInt32BE(16);
    // An encoder that is short of time may change the size meanwhile.
    assert([before, await width()].includes(savedWidth), `${savedWidth} px wide`);
    assert(file.readUInt32BE(20) > (savedWidth * 9) / 16, 'the caption stands under the picture, not in it');
  });

  it('open and close picture in picture', async () => {
    const doctor = await cast.person('doctor');
    const key = doctor.getByRole('button', { name: 'Picture in picture' });
    await key.click();
    await doctor.waitForFunction(() => document.pictureInPictureElement !== null);
    await key.click();
    await doctor.waitForFunction(() => document.pictureInPictureElement === null);
    assert.equal(await doctor.locator('.notice.bad').count(), 0);
  });

  it('show the age of a picture that stands still, then NOT LIVE, and go on by themselves', async () => {
    const doctor = await cast.person('doctor');
    const [worker] = cast.pages.stack.node.workers;
    assert(worker);
    // The age stands there for 1.5 s only: whoever looks now and then may miss it, who is told of each change does not.
    const labels = await doctor.evaluateHandle(labelsFromNow);
    process.kill(worker.pid, 'SIGSTOP');
    try {
      await doctor.waitForSelector('.stage-picture .age-label.not-live >> text=NOT LIVE');
      const said = (await labels.jsonValue()).join(', ');
      assert.match(said, /\bage( large)?: \S+.*\bold\b.*not-live( large)?: NOT LIVE/);
      await doctor.waitForSelector('.stage-picture .picture-box.grey');
      await clean(doctor);
    } finally {
      process.kill(worker.pid, 'SIGCONT');
    }
    await doctor.waitForSelector('.stage-picture .picture-box:not(.grey)');
    await doctor.waitForSelector('.stage-picture .age-label', { state: 'detached' });
  });
}
