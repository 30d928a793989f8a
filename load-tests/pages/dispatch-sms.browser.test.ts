import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type MessageCentre, startMessageCentre } from '../../integration/sms/testing/message-centre.ts';
import { NO_DATA_HINT_MS } from '../../signaling/protocol/links.ts';
import { clean } from './axe.ts';
import { openPages, type Pages } from './open-pages.ts';

/** `ESME_RINVDSTADR` of SMPP 3.4 section 5.1.3: the network does not know the number. */
const NO_SUCH_NUMBER = 0x0b;

/** The dispatcher's page while a real message centre takes, refuses and reports what it sends. */
describe('The page of dispatchers and the text message', function () {
  this.timeout(180_000);
  let centre: MessageCentre;
  let pages: Pages;
  let dispatcher: Page;

  before(async () => {
    centre = await startMessageCentre();
    const smpp = ['--sms.kind', 'smpp', '--sms.smpp.host', '127.0.0.1', '--sms.smpp.port', `${centre.port}`];
    pages = await openPages({ args: smpp });
    dispatcher = await pages.open({ viewport: { width: 1280, height: 800 } });
    dispatcher.setDefaultTimeout(60_000);
    await pages.signIn(dispatcher, 'dispatcher');
    await dispatcher.getByRole('link', { name: 'Dispatch' }).click();
    await dispatcher.waitForSelector('.new-incident input');
  });
  after(async () => {
    await pages?.close();
    await centre?.close();
  });
  const board = () => dispatcher.locator('.link-board');

  it('says at once that a message failed, why, in whose code, and what to do', async () => {
    centre.behaviour.submitStatuses = [NO_SUCH_NUMBER];
    await dispatcher.keyboard.type('Collapse at the station');
    await dispatcher.keyboard.press('Enter');
    await board().locator('input[name=phone]').fill('13900139000');
    await board().getByText('Alone').click();
    await dispatcher.getByRole('button', { name: 'Send the link' }).click();
    await board().locator('.board-headline.bad', { hasText: 'Not delivered' }).waitFor();
    const hints = board().locator('.link-hints');
    const failure = await hints.locator('.bad').innerText();
    assert.match(failure, /The network does not know this number.*ESME_RINVDSTADR/);
    await hints.getByText('Read the number back to the caller').waitFor();
    await clean(dispatcher);
  });

  it('says 20 s after delivery, not before, that the phone may have no data during calls', async () => {
    await board().getByRole('button', { name: 'Send again' }).click();
    await board().locator('.board-headline', { hasText: 'On the phone, not opened yet' }).waitFor();
    const hint = dispatcher.locator('.link-hints', { hasText: 'The phone may have no data during calls' });
    assert.equal(await hint.count(), 0);
    await hint.waitFor();
    const roomId = new URL(dispatcher.url()).pathname.split('/')[2] ?? '';
    const { bystander } = await pages.stack.signaling.rooms.at(roomId).state();
    const delivered = Object.values(bystander.links).find(({ ended }) => ended === undefined)?.deliveredUtc;
    assert.ok(delivered !== undefined && Date.now() - delivered >= NO_DATA_HINT_MS);
    await clean(dispatcher);
  });

  it('throws nothing in all this', () => {
    assert.deepEqual(pages.errors, []);
  });
});
