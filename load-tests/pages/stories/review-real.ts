/** The player on what the whole system has recorded: a vehicle and a doctor in a room, watched while it goes on and after. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';
import { collectFrames, percentile, position, skews } from './review-looking.ts';

const PATIENCE_MS = 120_000;
const MOST_SKEW_MS = 40;

/** Signs in somebody who works outside rooms; ends on their first page. */
async function signIn(cast: Cast, username: string): Promise<Page> {
  const page = await cast.pages.open();
  page.setDefaultTimeout(PATIENCE_MS);
  const person = cast.demo.people.find((each) => each.username === username);
  await page.fill('input[name=username]', username);
  await page.fill('input[name=password]', person?.password ?? '');
  await page.press('input[name=password]', 'Enter');
  return page;
}

async function giveReason(page: Page, reason: string): Promise<void> {
  await page.fill('dialog input[name=reason]', reason);
  await page.press('dialog input[name=reason]', 'Enter');
  await page.waitForSelector('.review-tile');
}

const isShown = () => {
  const video = document.querySelector<HTMLVideoElement>('.review-tile.large video.own');
  return video !== null && video.readyState >= 2 && video.videoWidth > 0;
};

const isPlaying = () => {
  const video = document.querySelector<HTMLVideoElement>('.review-tile.large video.own');
  return video !== null && !video.paused && video.readyState >= 3 && video.videoWidth > 0;
};

export function tellOfReal(cast: Cast): void {
  it('record what a vehicle and a doctor send', async () => {
    cast.roomId = await cast.room({ title: 'Chest pain, recorded' });
    const crew = await cast.person('paramedic');
    await crew.goto(`${cast.pages.stack.origin}/ambulance/${cast.roomId}`);
    await crew.locator('.precheck-keys .primary >> text="Go live"').click({ timeout: PATIENCE_MS });
    await crew.waitForSelector('.camera-card .rung', { timeout: PATIENCE_MS });
    const doctor = await cast.person('doctor');
    await doctor.goto(`${cast.pages.stack.origin}/consult/${cast.roomId}`);
    await doctor.waitForSelector('.stage-picture video', { timeout: PATIENCE_MS });
    await doctor.getByRole('textbox', { name: /message/i }).fill('What is the blood pressure?');
    await doctor.keyboard.press('Enter');
  });

  it('rewind the room while it goes on', async () => {
    const reviewer = await signIn(cast, 'reviewer');
    cast.keep('reviewer', reviewer);
    await reviewer.waitForURL(/\/review$/);
    const row = reviewer.locator('.recording-row', { hasText: 'Chest pain, recorded' });
    await row.getByText('Going on now').waitFor({ timeout: PATIENCE_MS });
    await clean(reviewer);
    await row.getByRole('link').click();
    await giveReason(reviewer, 'Called by the coordinator');
    await reviewer.getByRole('button', { name: 'Live', exact: true }).click();
    await reviewer.waitForFunction(isPlaying, undefined, { timeout: PATIENCE_MS });
    await reviewer.getByText('What is the blood pressure?').first().waitFor();
    await clean(reviewer);
    const at = await position(reviewer);
    await reviewer.waitForFunction(
      (from) =>
        Number(document.querySelector('[data-position]')?.getAttribute('data-position')) > from + 4000,
      at,
      { timeout: PATIENCE_MS },
    );
  });

  it('let the doctor rewind from the room, in a tab beside it', async () => {
    const doctor = await cast.person('doctor');
    const [tab] = await Promise.all([
      doctor.context().waitForEvent('page'),
      doctor.getByRole('link', { name: /Rewind/ }).click(),
    ]);
    tab.setDefaultTimeout(PATIENCE_MS);
    await giveReason(tab, 'Did the patient speak before?');
    await tab.waitForFunction(isShown, undefined, { timeout: PATIENCE_MS });
    await tab.getByRole('tab', { name: 'Record' }).click();
    assert.equal(await tab.getByRole('button', { name: 'Export', exact: true }).count(), 0);
    await tab.getByRole('link', { name: 'To the list of rooms' }).waitFor();
    await tab.close();
  });

  tellOfAfterwards(cast);
}

function tellOfAfterwards(cast: Cast): void {
  it('play it after its end, its tracks in step', async () => {
    const room = cast.pages.stack.signaling.rooms.at(cast.roomId);
    const doctor = Object.values((await room.state()).peers).find(({ role }) => role === 'coordinator');
    assert(doctor !== undefined);
    await room.execute('room.close', { reason: 'Handed over' }, doctor);
    const reviewer = await cast.person('reviewer');
    await reviewer.goto(`${cast.pages.stack.origin}/review/${cast.roomId}`);
    await giveReason(reviewer, 'Monthly review');
    await reviewer
      .getByRole('button', { name: 'Live', exact: true })
      .waitFor({ state: 'detached', timeout: PATIENCE_MS });
    await reviewer.locator('.time-bar').focus();
    await reviewer.keyboard.press('Home');
    await reviewer.getByRole('button', { name: 'Play', exact: true }).click();
    await reviewer.waitForFunction(isPlaying, undefined, { timeout: PATIENCE_MS });
    const shown = (await collectFrames(reviewer, 5000)).filter(({ frames }) => frames.length > 20);
    assert(shown.length >= 1);
    for (const other of shown.slice(1)) {
      const [first] = shown;
      const found = first === undefined ? [] : skews(other, first);
      assert(percentile(found, 0.95) <= MOST_SKEW_MS, `${other.trackId}: ${percentile(found, 0.95)} ms`);
    }
  });

  it('verify it once it is sealed', async () => {
    const reviewer = await cast.person('reviewer');
    await reviewer.getByRole('tab', { name: 'Record' }).click();
    await reviewer.waitForFunction(
      () => /Sealed and signed|Sealed, signed/.test(document.querySelector('.tab-panel')?.textContent ?? ''),
      undefined,
      { timeout: PATIENCE_MS },
    );
    await reviewer.getByRole('button', { name: 'Verify now' }).click();
    await reviewer.getByText('Verified: nothing was changed').first().waitFor({ timeout: PATIENCE_MS });
  });

  tellOfExport(cast);
}

function tellOfExport(cast: Cast): void {
  it('export a part of it as a file that holds film, originals and proofs', async () => {
    const reviewer = await cast.person('reviewer');
    await reviewer.getByRole('button', { name: 'Export', exact: true }).click();
    const dialog = reviewer.locator('dialog');
    await dialog.getByLabel('From', { exact: true }).first().fill('0:02');
    await dialog.getByLabel('To', { exact: true }).first().fill('0:06');
    await dialog.getByLabel('What it is for').fill('Teaching the crew');
    await dialog.getByRole('button', { name: 'Start the export' }).click();
    const link = reviewer.getByRole('link', { name: 'Download the export' });
    await link.waitFor({ timeout: PATIENCE_MS });
    const [download] = await Promise.all([reviewer.waitForEvent('download'), link.click()]);
    assert.match(download.suggestedFilename(), /^recording-.+\.zip$/);
    const file = await readFile(await download.path());
    assert.equal(file.subarray(0, 2).toString('latin1'), 'PK');
    for (const name of ['.mp4', 'verify.html', 'custody'])
      assert(file.includes(name), `${name} is not in the file`);
  });

  it('have every look in the audit, for the auditor to read', async () => {
    const auditor = await signIn(cast, 'auditor');
    await auditor.waitForURL(/\/audit$/);
    await auditor.getByText('The chain of all records is whole').waitFor();
    await auditor.getByText('Teaching the crew').first().waitFor();
    const only = auditor.getByTitle('Only this room').first();
    await only.click();
    for (const action of ['recording.seek', 'recording.verify', 'recording.export', 'recording.download'])
      await auditor.locator('code', { hasText: action }).first().waitFor();
    await clean(auditor);
    // Two visits of one recording fill more than a page.
    const first = auditor.getByText('Called by the coordinator').first();
    for (let turned = 0; turned < 5 && !(await first.isVisible()); turned += 1) {
      const top = await auditor.locator('.audit-table tbody tr').first().innerText();
      await auditor.getByRole('button', { name: 'Older' }).click();
      await auditor.waitForFunction(
        (before) => {
          const row = document.querySelector<HTMLElement>('.audit-table tbody tr');
          return row !== null && row.innerText !== before;
        },
        top,
        { timeout: PATIENCE_MS },
      );
    }
    await first.waitFor();
    await auditor.context().close();
  });
}
