import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../proof/cast.ts';
import { clean } from './axe.ts';
import { Cast } from './cast.ts';

const kindIs = (kind: string) => `.recording-tag[data-recording=${kind}]`;

describe('The recording on the pages of a room', function () {
  this.timeout(600_000);
  const cast = new Cast();
  let crew: Page;
  let dispatcher: Page;

  before(async () => {
    await cast.open();
    cast.roomId = await cast.room({ title: 'Collapse in the market' });
    crew = await cast.person('paramedic');
    await crew.goto(`${cast.pages.stack.origin}/ambulance/${cast.roomId}`);
    await crew.locator('.precheck-keys .primary >> text="Go live"').click();
    dispatcher = await cast.person('dispatcher');
    await dispatcher.goto(`${cast.pages.stack.origin}/consult/${cast.roomId}`);
  });
  after(() => cast.close());

  it('is safe until a time that moves on, for crew and centre', async () => {
    for (const page of [crew, dispatcher]) {
      const tag = page.locator(kindIs('recording'));
      await tag.waitFor({ timeout: 120_000 });
      const first = await tag.textContent();
      assert.match(first ?? '', /safe until \d\d:\d\d:\d\d/);
      await eventually(
        () => tag.textContent(),
        (text) => text !== first,
        'a later time',
      );
    }
    await dispatcher.locator('.catch-up button').first().click();
    await dispatcher.locator('.recording-tag').click();
    await dispatcher.waitForSelector('.recording-tracks li');
    await clean(dispatcher);

    await dispatcher.keyboard.press('Escape');
  });

  it('takes the telephone line from the dispatcher, who mutes it apart from the own voice', async () => {
    await dispatcher.getByRole('button', { name: /^Telephone line/ }).click();
    await dispatcher.waitForFunction(() => document.querySelectorAll('dialog option').length > 1);
    await dispatcher.locator('dialog select').selectOption({ index: 1 });
    await dispatcher.getByRole('button', { name: 'Send the telephone line' }).click();
    await dispatcher.waitForSelector('.level-meter');
    await eventually(
      () =>
        dispatcher
          .locator('.level-meter')
          .evaluate((meter) => meter instanceof HTMLMeterElement && meter.value),
      (level) => level !== false && level > 0.1,
      'sound on the line',
    );
    await clean(dispatcher);
    await crew.getByRole('tab', { name: /People/ }).click();
    await crew.locator('.person .tag >> text="Telephone line"').waitFor();
    await dispatcher.getByRole('button', { name: 'Mute the line' }).click();
    await crew.locator('.person .tag >> text="Telephone line"').waitFor({ state: 'detached' });
    await dispatcher.getByRole('button', { name: 'Unmute the line' }).click();
    await dispatcher.keyboard.press('Escape');
    await dispatcher.reload();
    await crew.locator('.person .tag >> text="Telephone line"').waitFor({ timeout: 120_000 });
    await dispatcher.getByRole('button', { name: 'The telephone line is being sent' }).waitFor();
  });

  it('is switched off by the centre with a reason that everyone reads, and on again', async () => {
    await dispatcher.locator('.recording-tag').click();
    const off = dispatcher.getByRole('button', { name: 'Switch off' });
    assert.equal(await off.isDisabled(), true);
    await dispatcher.locator('dialog').getByLabel('Reason').fill('The patient asked for it');
    await clean(dispatcher);
    await off.click();
    const bar = crew.locator('.recording-bar');
    await bar.waitFor();
    assert.match((await bar.textContent()) ?? '', /Dispatcher.*The patient asked for it/);
    await clean(crew);
    await dispatcher.locator('.recording-tag').click();
    await dispatcher.locator('dialog').getByLabel('Reason').fill('The patient agrees now');
    await dispatcher.getByRole('button', { name: 'Switch on' }).click();
    await crew.locator(kindIs('recording')).waitFor({ timeout: 120_000 });
    await bar.waitFor({ state: 'detached' });
  });

  it("keeps the vehicle's own copy, and says so in a line", async () => {
    const line = crew.locator('.own-copy');
    await eventually(
      () => line.textContent(),
      (text) => /\d+ (?:sec|min)/.test(text ?? ''),
      'something kept',
    );
    await clean(crew);
  });
});
