/** Two incidents at once: watching a second room, moving a patient, merging, and the units on an incident. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { clean } from '../axe.ts';
import type { Cast } from '../cast.ts';

/** The other incident, and the tab it is watched in. */
class Second {
  roomId = '';
  #tab: Page | undefined;

  get tab(): Page {
    if (this.#tab === undefined) throw new Error('Nobody watches the second room.');
    return this.#tab;
  }
  set tab(page: Page) {
    this.#tab = page;
  }
}

export function tellOfIncidents(cast: Cast): void {
  const second = new Second();
  tellOfWatching(cast, second);
  tellOfMoving(cast, second);
  tellOfMerging(cast, second);
}

function tellOfWatching(cast: Cast, second: Second): void {
  it('let one person watch a second room and speak visibly into one', async () => {
    const doctor = await cast.person('doctor');
    second.roomId = await cast.room({ title: 'Second case' });
    const watching = await cast.pages.tab(doctor, '/rooms');
    second.tab = watching;
    const card = watching.locator('.room-card', { hasText: 'Second case' });
    await card.getByRole('link', { name: 'Watch' }).click();
    await watching.waitForSelector('.banner >> text=You only watch here');
    await clean(watching);
    assert.equal(await doctor.locator('text=You only watch here').count(), 0);
    await watching.getByRole('button', { name: 'Speak here' }).click();
    await doctor.waitForSelector('.banner >> text=You only watch here');
    await watching.waitForSelector('text=You only watch here', { state: 'detached' });
    await watching.waitForURL(({ search }) => search === '');
    await doctor.getByRole('button', { name: 'Speak here' }).click();
    await watching.waitForSelector('.banner >> text=You only watch here');
    await doctor.waitForSelector('text=You only watch here', { state: 'detached' });
  });

  it('keep the voice where it is over a reload of the room that is only watched', async () => {
    const doctor = await cast.person('doctor');
    const watching = second.tab;
    await watching.reload();
    await watching.waitForSelector('.banner >> text=You only watch here');
    assert.equal(await doctor.locator('text=You only watch here').count(), 0);
  });
}

function tellOfMoving(cast: Cast, second: Second): void {
  it('move a patient to the room of another incident', async () => {
    const dispatcher = await cast.person('dispatcher');
    await dispatcher.keyboard.press('k');
    await dispatcher.getByRole('button', { name: 'Add a patient' }).click();
    await dispatcher.getByRole('button', { name: 'Move P2' }).click();
    const choice = dispatcher.locator('dialog select');
    await dispatcher.waitForSelector('dialog option >> text=/Second case/', { state: 'attached' });
    await choice.selectOption(second.roomId);
    await clean(dispatcher);
    await dispatcher.locator('dialog [type=submit]').click();
    await dispatcher.waitForSelector('.notice >> text=/P2 is now P1 in “Second case”/');
    await dispatcher.waitForSelector('.panel >> text=P2 was moved to another room');
    await second.tab.keyboard.press('k');
    await second.tab.waitForSelector('.patient-row >> text=P1');
    await clean(dispatcher);
  });

  it('assign a unit by its name and release it again after a question', async () => {
    const dispatcher = await cast.person('dispatcher');
    await dispatcher.keyboard.press('u');
    await dispatcher.getByRole('button', { name: 'Assign a unit' }).click();
    await dispatcher.waitForSelector('dialog option >> text=Ambulance 2', { state: 'attached' });
    await dispatcher.locator('dialog select').selectOption({ label: 'Ambulance 2' });
    await clean(dispatcher);
    await dispatcher.locator('dialog [type=submit]').click();
    const release = dispatcher.getByRole('button', { name: 'Release Ambulance 2' });
    await release.click();
    await dispatcher.waitForSelector('dialog >> text=/Handed over/');
    await clean(dispatcher);
    await dispatcher.locator('dialog [type=submit]').click();
    await release.waitFor({ state: 'detached' });
  });
}

function tellOfMerging(cast: Cast, second: Second): void {
  it('merge an incident and lead its people to the room that goes on', async () => {
    const dispatcher = await cast.person('dispatcher');
    await dispatcher.getByRole('button', { name: 'Merge an incident' }).click();
    await dispatcher.waitForSelector('dialog option >> text=/Second case/', { state: 'attached' });
    await dispatcher.locator('dialog select').selectOption(second.roomId);
    await clean(dispatcher);
    await dispatcher.locator('dialog [type=submit]').click();
    const watching = second.tab;
    await watching.waitForSelector('.room-end >> text=This incident goes on in another room');
    await clean(watching);
    await watching.waitForURL(new RegExp(`/consult/${cast.roomId}`));
    await watching.waitForSelector('.banner >> text=You only watch here');
    await dispatcher.keyboard.press('k');
    await dispatcher.waitForSelector('.patient-row >> text=P3');
    await watching.getByRole('button', { name: 'Leave' }).click();
    await watching.getByRole('button', { name: 'Leave now' }).click();
    await watching.waitForURL(/\/rooms$/);
    await watching.close();
  });
}
