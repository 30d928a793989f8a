/** Stories of a reviewer's work: events, facts, links, verify, export, long and live recordings, and what cannot be played. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { clean } from '../axe.ts';
import { tabTo } from '../keyboard.ts';
import { burntIn, FRAME_MS, openRecording, position, untilShown } from './review-looking.ts';
import type { ReviewStage } from './review-stage.ts';

export function tellOfWorking(stage: ReviewStage): void {
  tellOfEvents(stage);
  tellOfRecord(stage);
  tellOfLong(stage);
  tellOfLive(stage);
  tellOfOdd(stage);
}

function tellOfEvents(stage: ReviewStage): void {
  it('go from event to event by keyboard, past kinds that are switched off', async () => {
    const page = await stage.page();
    await openRecording(page, stage.origin, 'room-1', 11_000);
    await page.getByText('Aspirin 300 mg by mouth').first().waitFor();
    await page.keyboard.press('n');
    assert.equal(await position(page), 12_000);
    await page.locator('.fact.current', { hasText: 'Order given' }).waitFor();
    await page.keyboard.press('p');
    assert.equal(await position(page), 10_000);
    await tabTo(page, (label) => label.startsWith('Orders'));
    await page.keyboard.press('Enter');
    await page.evaluate(() =>
      document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined,
    );
    await page.keyboard.press('n');
    assert.equal(await position(page), 15_000);
    await page.context().close();
  });

  it('say on the time bar where it stands, in room time and time of day', async () => {
    const page = await stage.page();
    await openRecording(page, stage.origin, 'room-1');
    await tabTo(page, (label) => label === 'Time');
    await page.keyboard.press('PageUp');
    await page.waitForFunction(() =>
      /^0:30 of 1:00, \d\d:\d\d:\d\d$/.test(
        document.querySelector('.time-bar')?.getAttribute('aria-valuetext') ?? '',
      ),
    );
    await page.locator('.time-preview img').waitFor();
    await page.keyboard.press('End');
    assert.equal(await position(page), 63_000);
    await page.context().close();
  });

  it('show who was there and what was ordered and written at that moment, not later', async () => {
    const page = await stage.page();
    await openRecording(page, stage.origin, 'room-1', 29_000);
    await page.getByRole('tab', { name: 'Then' }).click();
    const panel = page.getByRole('tabpanel');
    await panel.getByText('Aspirin 300 mg by mouth').waitFor();
    await panel.getByText('Dr Lin').first().waitFor();
    assert.equal(await panel.getByText('Dr Chen').count(), 0);
    await page.getByRole('tab', { name: 'Messages' }).click();
    await panel.getByText('What is the blood pressure now?').waitFor();
    assert.equal(await panel.getByText('108 over 64').count(), 0);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'On 5 seconds' }).click();
    await panel.getByText('108 over 64').waitFor();
    await page.context().close();
  });
}

function tellOfRecord(stage: ReviewStage): void {
  let opened: Page | undefined;
  after(() => opened?.context().close());
  const page = () => {
    if (opened === undefined) throw new Error('The first story of the record opens it.');
    return opened;
  };

  it('copy a link to the moment that asks for a reason of its own', async () => {
    opened = await stage.page();
    await openRecording(page(), stage.origin, 'room-1', 26_000);
    await page().getByRole('button', { name: 'Copy a link to this moment' }).click();
    await page().getByText('The link is copied').first().waitFor();
    const link = await page().evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${stage.origin}/review/room-1?t=26000`);
    await page().goto('about:blank');
    await page().goto(link);
    await page().waitForSelector('dialog[open]');
    assert.equal(await page().locator('video').count(), 0);
    await page().fill('dialog input[name=reason]', 'Second look');
    await page().press('dialog input[name=reason]', 'Enter');
    await untilShown(page());
    assert.equal(await burntIn(page(), 'cam-patient'), 26_000 / FRAME_MS);
  });

  it('verify, and say in words what came of it', async () => {
    await page().getByRole('tab', { name: 'Record' }).click();
    await page().getByText('Sealed, signed, timestamped').waitFor();
    await page().getByRole('button', { name: 'Verify now' }).click();
    await page().getByText('Verified: nothing was changed').first().waitFor();
    await clean(page());
  });

  it('export what was chosen, with parts blanked, and offer the file', async () => {
    await page().getByRole('button', { name: 'Export', exact: true }).click();
    const dialog = page().locator('dialog');
    await dialog.getByRole('button', { name: 'Blank a part' }).click();
    await dialog.getByLabel('Part of the picture').selectOption('left');
    await dialog.getByLabel('To', { exact: true }).first().fill('0:30');
    await clean(page());
    await dialog.getByLabel('What it is for').fill('Court');
    await dialog.getByRole('button', { name: 'Start the export' }).click();
    await page().getByRole('link', { name: 'Download the export' }).waitFor();
    const request = stage.server.asked.findLast(({ path }) => path.endsWith('/exports'))?.body;
    assert.deepEqual(request, {
      ...{
        trackIds: ['cam-patient', 'voice-1'],
        from: 26_000,
        to: 33_000,
        language: 'en',
        captions: true,
        showMarks: true,
      },
      blank: [
        {
          ...{ trackId: 'cam-patient', from: 26_000, to: 63_000, kind: 'video' },
          area: { x: 0, y: 0, width: 0.5, height: 1 },
        },
      ],
      reason: 'Court',
    });
  });

  tellOfKeeping(stage, page);
}

function tellOfKeeping(stage: ReviewStage, page: () => Page): void {
  it('put it on hold with a reason, and mark it as reviewed', async () => {
    await page().getByRole('button', { name: 'Put on legal hold' }).click();
    await page().locator('dialog input').fill('Claim by the family');
    await page().locator('dialog [type=submit]').click();
    await page().getByText('The legal hold stands').first().waitFor();
    await page().getByRole('button', { name: 'Mark as reviewed' }).click();
    await page().getByText('Marked as reviewed').first().waitFor();
    const { asked } = stage.server;
    assert.deepEqual(asked.findLast(({ path }) => path.endsWith('/hold'))?.body, {
      reason: 'Claim by the family',
    });
    assert(asked.some(({ path }) => path.endsWith('/reviewed')));
  });

  it('stop when what is looked at cannot be written down', async () => {
    stage.server.refuse = { path: '/seeks', status: 503, code: 'store-unavailable' };
    await page().getByRole('button', { name: 'Play', exact: true }).click();
    await page().getByText('cannot be written down now').waitFor({ timeout: 15_000 });
    await page().getByRole('button', { name: 'Play', exact: true }).waitFor();
    stage.server.refuse = undefined;
  });
}

function tellOfLong(stage: ReviewStage): void {
  it('open a recording of three hours with few requests, and jump within it', async () => {
    const page = await stage.page();
    stage.server.asked.length = 0;
    await openRecording(page, stage.origin, 'room-long');
    await untilShown(page);
    const opening = stage.server.asked.filter(({ path }) => path.startsWith('/api/recordings/room-long'));
    const files = opening.filter(({ path }) => path.includes('/files/'));
    // The view, the facts, one window of each track; and of each track its init and what is near the playhead.
    assert(opening.length - files.length <= 6, opening.map(({ path }) => path).join('\n'));
    assert(files.length <= 30, `${files.length} files`);
    await page.locator('.time-bar').click({ position: { x: 600, y: 60 } });
    await untilShown(page);
    const at = await position(page);
    assert(at > 3600_000);
    // The picture repeats every 10 s.
    assert.equal(await burntIn(page, 'cam-patient'), Math.floor((at % 10_000) / FRAME_MS + 0.01));
    const segments = stage.server.asked.filter(({ path }) => path.endsWith('/segments'));
    assert(segments.length <= 6, `${segments.length} windows`);
    await page.context().close();
  });

  it('keep little in memory however long it plays', async () => {
    const page = await stage.page();
    await openRecording(page, stage.origin, 'room-long', 5_000_000);
    await page.getByLabel('Speed').selectOption('4');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.waitForFunction(
      () => Number(document.querySelector('[data-position]')?.getAttribute('data-position')) > 5_060_000,
      undefined,
      { timeout: 60_000 },
    );
    const seconds = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLMediaElement>('video.own, audio')].map((element) => {
        let sum = 0;
        for (let n = 0; n < element.buffered.length; n += 1)
          sum += element.buffered.end(n) - element.buffered.start(n);
        return sum;
      }),
    );
    for (const each of seconds) assert(each <= 130, `${each} s are buffered`);
    await page.context().close();
  });
}

function tellOfLive(stage: ReviewStage): void {
  it('follow a room that goes on, and let it be rewound meanwhile', async () => {
    const page = await stage.page();
    stage.liveUntil = 24_000;
    await openRecording(page, stage.origin, 'room-live');
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    const grow = setInterval(() => {
      stage.liveUntil = Math.min(62_000, stage.liveUntil + 1000);
    }, 1000);
    try {
      await page.waitForFunction(
        () => Number(document.querySelector('[data-position]')?.getAttribute('data-position')) > 25_000,
      );
      assert((await position(page)) < stage.liveUntil);
      await page.getByRole('button', { name: 'Back 30 seconds' }).click();
      await page.waitForFunction(
        () => Number(document.querySelector('[data-position]')?.getAttribute('data-position')) < 8000,
      );
      assert.equal(
        await page.getByRole('button', { name: 'Live', exact: true }).getAttribute('aria-pressed'),
        'false',
      );
      await page.getByRole('button', { name: 'Live', exact: true }).click();
      await page.waitForFunction(
        () => Number(document.querySelector('[data-position]')?.getAttribute('data-position')) > 26_000,
      );
    } finally {
      clearInterval(grow);
      await page.context().close();
    }
  });
}

function tellOfOdd(stage: ReviewStage): void {
  it('say of a track that it cannot be played here, and play the others', async () => {
    const page = await stage.page({
      locale: 'zh-CN',
      colorScheme: 'light',
      viewport: { width: 390, height: 844 },
    });
    await openRecording(page, stage.origin, 'room-odd', 12_000);
    await page.locator('[data-track=cam-patient]', { hasText: '此浏览器无法播放该轨道的格式' }).waitFor();
    await page.locator('[data-track=cam-overview]', { hasText: '服务器没有应答' }).waitFor();
    await page.locator('[data-track=cam-glasses] .tile-key').click();
    await page.waitForFunction(() => {
      const video = document.querySelector<HTMLVideoElement>('[data-track=cam-glasses] video.own');
      return video !== null && video.readyState >= 2 && !video.seeking;
    });
    assert.equal(await burntIn(page, 'cam-glasses'), 12_000 / FRAME_MS);
    await clean(page);
    await page.context().close();
  });
}
