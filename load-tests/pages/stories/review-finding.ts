/** Stories of the list, the audit page, and of what is refused. */
import assert from 'node:assert/strict';
import { clean } from '../axe.ts';
import { focused, tabTo } from '../keyboard.ts';
import type { ReviewStage } from './review-stage.ts';

export function tellOfFinding(stage: ReviewStage): void {
  it('list recordings, with the conditions of a search sent to the server', async () => {
    const page = await stage.page();
    await page.goto(`${stage.origin}/review`);
    await page.waitForSelector('.recording-row h2');
    await clean(page);
    await page.getByLabel('Person in the room').fill('Lin');
    await page.getByLabel('Gaps').selectOption('with');
    await page.getByLabel('From day').fill('2025-10-01');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: 'Transfer by road' }).waitFor({ state: 'detached' });
    const asked = stage.server.asked.filter(({ path }) => path === '/api/recordings').at(-1)?.query;
    assert.equal(asked?.get('person'), 'Lin');
    assert.equal(asked?.get('gaps'), 'with');
    assert.match(asked?.get('from') ?? '', /^17592\d{8}$/);
    await page.getByLabel('Person in the room').fill('Nobody');
    await page.getByLabel('Person in the room').press('Enter');
    await page.getByText('No recording fits').waitFor();
    await clean(page);
    await page.getByRole('button', { name: 'Clear all conditions' }).first().click();
    await page.getByRole('heading', { name: 'Transfer by road' }).waitFor();
    await page.context().close();
  });

  it('turn pages, move by arrows and open one, by keyboard alone', async () => {
    await stage.withMany(30, async () => {
      const page = await stage.page();
      await page.goto(`${stage.origin}/review`);
      await page.waitForSelector('.recording-row h2');
      assert.equal(await page.locator('.recording-row').count(), 25);
      await page.getByText('Its keys were destroyed').waitFor();
      await page.getByText('by Dr Rui: Consent was withdrawn').waitFor();
      await tabTo(page, (label) => label === 'Older');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelectorAll('.recording-row').length === 9);
      await page.getByRole('button', { name: 'Newer' }).click();
      await page.waitForFunction(() => document.querySelectorAll('.recording-row').length === 25);
      await tabTo(page, (label) => label.startsWith('Open'));
      await page.keyboard.press('ArrowDown');
      assert.equal(await focused(page), 'OpenTransfer by road');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/review\/room-long$/);
      await page.waitForSelector('dialog[open]');
      await clean(page);
      await page.keyboard.press('Escape');
      await page.waitForURL(/\/review$/);
      await page.context().close();
    });
  });

  it('say when nothing is answered because the audit cannot be written', async () => {
    const page = await stage.page();
    stage.server.refuse = { path: '/visits', status: 503, code: 'store-unavailable' };
    await page.goto(`${stage.origin}/review/room-1`);
    await page.fill('dialog input[name=reason]', 'Review');
    await page.press('dialog input[name=reason]', 'Enter');
    await page.locator('dialog').getByText('The server cannot save now').waitFor();
    stage.server.refuse = { path: '/api/recordings', status: 403, code: 'forbidden' };
    await page.goto(`${stage.origin}/review`);
    await page.locator('[role=alert]', { hasText: 'Your role does not allow this' }).waitFor();
    await clean(page);
    stage.server.refuse = undefined;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('.recording-row h2');
    await page.context().close();
  });

  tellOfAudit(stage);
}

function tellOfAudit(stage: ReviewStage): void {
  it('show the audit with its filters, and shout when its chain is broken', async () => {
    const { audit } = stage.server;
    audit.entries.push({
      ...{ seq: 2, utc: 1_760_000_100_000, action: 'recording.open', allowed: true, principalId: 'p-1' },
      ...{ name: 'Mei Wong', reason: 'Monthly review', roomId: 'room-1', details: { purpose: 'quality' } },
    });
    audit.entries.push({
      ...{ seq: 1, utc: 1_760_000_000_000, action: 'recording.view', allowed: false, principalId: 'p-2' },
      details: {},
    });
    const page = await stage.page({ viewport: { width: 390, height: 844 }, colorScheme: 'light' });
    await page.goto(`${stage.origin}/audit`);
    await page.getByText('The chain of all records is whole').waitFor();
    await page.getByText('refused').waitFor();
    await clean(page);
    await page.getByRole('button', { name: 'room-1' }).click();
    await page.waitForFunction(() => document.querySelector('input')?.value === 'room-1');
    assert.equal(stage.server.asked.at(-1)?.query.get('roomId'), 'room-1');
    assert.equal(await page.locator('video, img').count(), 0);
    audit.chain = 'broken';
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('The chain is BROKEN').waitFor();
    await clean(page);
    audit.chain = 'whole';
    await page.context().close();
  });

  it('lead each role to the pages it may use', async () => {
    stage.server.roles = ['auditor'];
    const page = await stage.page();
    await page.goto(`${stage.origin}/`);
    await page.waitForURL(/\/audit$/);
    assert.equal(await page.locator('nav.ways').count(), 0);
    stage.server.roles = ['coordinator', 'reviewer'];
    await page.goto(`${stage.origin}/review`);
    await page.waitForSelector('nav.ways');
    assert.deepEqual(await page.locator('nav.ways a').allInnerTexts(), ['Rooms', 'Dispatch', 'Review']);
    stage.server.roles = ['reviewer', 'auditor'];
    await page.context().close();
  });
}
