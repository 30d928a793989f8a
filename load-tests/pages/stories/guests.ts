/** Someone without an account comes by a link, sees what a guest may, and is kept out once the link is withdrawn. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';

/** Makes an invitation on the people panel and answers its path: the address of a test server is not the public one. */
async function invite(page: Page, name: string, role: string): Promise<string> {
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('button', { name: 'Invite by link' }).click();
  await page.locator('dialog').getByLabel('Who').fill(name);
  await page.locator('dialog').getByLabel('Role').selectOption(role);
  await clean(page);
  await page.locator('dialog [type=submit]').click();
  const url = new URL(await page.locator('dialog input[readonly]').inputValue());
  await clean(page);
  await page.keyboard.press('Escape');
  return `${url.pathname}${url.hash}`;
}

export function tellOfGuests(cast: Cast): void {
  it('let a guest in by a link, to what a guest may see', async () => {
    const doctor = await cast.person('doctor');
    const path = await invite(doctor, 'Fire chief', 'partner');
    await doctor.keyboard.press('c');
    await doctor.getByLabel('Write a message').fill('For those who treat only');
    await doctor.keyboard.press('Enter');
    await doctor.waitForSelector('.message >> text=For those who treat only');
    await doctor.getByLabel('Who may read it').selectOption('room');
    await doctor.getByLabel('Write a message').fill('For everyone');
    await doctor.keyboard.press('Enter');
    const guest = await cast.pages.open();
    await guest.goto('about:blank');
    await guest.goto(`${cast.pages.stack.origin}${path}`);
    await guest.getByRole('button', { name: 'Join now' }).click();
    await guest.waitForURL(new RegExp(`/consult/${cast.roomId}$`));
    await guest.waitForSelector('.message >> text=For everyone');
    await clean(guest);
    assert.equal(await guest.locator('text=For those who treat only').count(), 0);
    assert.deepEqual(await guest.getByRole('tab').allTextContents(), ['Chat', 'People', 'Link']);
    assert.equal(await guest.locator('text=/Aspirin|Morphine/').count(), 0);
    await guest.goto(`${cast.pages.stack.origin}/rooms`);
    await guest.waitForSelector('.room-grid:not([role]), .empty');
    const others = await guest.locator('.room-card').allTextContents();
    assert.equal(others.filter((text) => !text.includes('Chest pain')).length, 0, others.join(' | '));
    await guest.goBack();
    await guest.waitForSelector('.stage');
    cast.keep('guest', guest);
  });

  it('tell whoever opens a used or a withdrawn link that it is over', async () => {
    const doctor = await cast.person('doctor');
    const path = await invite(doctor, 'Neighbour', 'relative');
    await doctor.getByRole('button', { name: 'Withdraw Neighbour' }).click();
    await doctor.getByRole('button', { name: 'Withdraw Neighbour' }).waitFor({ state: 'detached' });
    const late = await cast.pages.open();
    await late.goto('about:blank');
    await late.goto(`${cast.pages.stack.origin}${path}`);
    await late.getByRole('button', { name: 'Join now' }).click();
    await late.waitForSelector('h1 >> text=This invitation is over');
    await clean(late);
    await late.context().close();
  });
}
