import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { newId } from '../../platform/ids.ts';
import { SYSTEM } from '../../signaling/rooms/types.ts';
import { clean } from './axe.ts';
import { openPages, type Pages } from './open-pages.ts';

const PATIENCE_MS = 60_000;

/** Shortcuts are heard when no field has the focus. */
async function press(page: Page, key: string): Promise<void> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await page.keyboard.press(key);
}

/** The dispatcher's page against the whole service, with the bystander's real page on its own listener. */
describe('The page of dispatchers', function () {
  this.timeout(300_000);
  let pages: Pages;
  let dispatcher: Page;
  let phone: Page;
  let own: Page;
  let roomId = '';
  let url = '';

  const openPhone = async (address = url): Promise<Page> => {
    const browser = dispatcher.context().browser();
    assert(browser);
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
      locale: 'zh-CN',
      permissions: ['camera'],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(address);
    await page.tap('#tap');
    return page;
  };
  const bystander = async () => (await pages.stack.signaling.rooms.at(roomId).state()).bystander;
  const step = (name: string) => dispatcher.locator('.link-strip .link-step.is-done', { hasText: name });

  before(async () => {
    pages = await openPages({ phones: true });
    dispatcher = await pages.open({ viewport: { width: 1280, height: 800 } });
    await pages.signIn(dispatcher, 'dispatcher');
    await dispatcher.getByRole('link', { name: 'Dispatch' }).click();
    await dispatcher.waitForSelector('.new-incident input');
  });
  after(() => pages?.close());

  it('makes an incident and sends its link by keyboard, and asks once for a second helper', async () => {
    await dispatcher.waitForFunction(() => document.activeElement?.getAttribute('name') === 'title');
    await clean(dispatcher);
    await dispatcher.keyboard.type('Collapse, Renmin Road 12');
    await dispatcher.keyboard.press('Tab');
    await dispatcher.keyboard.press('1');
    await dispatcher.keyboard.press('Tab');
    await dispatcher.keyboard.insertText('来电 138-0013 8000');
    await dispatcher.keyboard.press('Enter');
    await dispatcher.waitForSelector('.choice.wanted');
    await clean(dispatcher);
    await dispatcher.keyboard.press('2');
    await dispatcher.waitForURL(/\/dispatch\/[^/]+$/);
    roomId = new URL(dispatcher.url()).pathname.split('/')[2] ?? '';
    await step('Delivered').waitFor();
    await clean(dispatcher);
    const { links, address } = await bystander();
    const [link] = Object.values(links);
    assert.deepEqual(
      [link?.need, link?.helpers, link?.phone, link?.use],
      ['arrest', 'two', '+8613800138000', 'camera'],
    );
    assert.deepEqual(address, { text: 'Collapse, Renmin Road 12', source: 'caller' });
    const { timeNodes } = await pages.stack.signaling.rooms.at(roomId).state();
    assert.deepEqual(
      timeNodes.map(({ node }) => node),
      ['call-answered'],
    );
  });

  it('shows the link as a code, and comes back to the incident after a reload', async () => {
    await press(dispatcher, 'l');
    await dispatcher.locator('dialog').getByRole('button', { name: 'QR code' }).click();
    url = await dispatcher.locator('dialog input[readonly]').inputValue();
    assert.match(url, /\/v#[A-Za-z0-9_-]{22}$/);
    await clean(dispatcher);
    await dispatcher.keyboard.press('Escape');
    await dispatcher.reload();
    await step('Delivered').waitFor();
    assert.equal(new URL(dispatcher.url()).pathname, `/dispatch/${roomId}`);
    assert.doesNotMatch(await dispatcher.evaluate(() => JSON.stringify(sessionStorage)), /v#/);
  });

  it('follows the link to a picture that is blurred until somebody looks', async () => {
    phone = await openPhone();
    await step('Opened').waitFor();
    await dispatcher.waitForSelector('.phone-controls');
    await clean(dispatcher);
    await phone.tap('.camera .key.main:not([disabled])');
    await step('Live').waitFor();
    await dispatcher.waitForSelector('.stage-picture.veiled .veil');
    await dispatcher.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await clean(dispatcher);
    await press(dispatcher, 'b');
    await dispatcher.waitForSelector('.stage-picture:not(.veiled)');
    await dispatcher.reload();
    await dispatcher.waitForSelector('.stage-picture:not(.veiled)');
  });

  it('asks the phone by one key and shows what it answered', async () => {
    await dispatcher.waitForSelector('.phone-controls');
    await press(dispatcher, 'i');
    await dispatcher.waitForSelector('.phone-key.is-asked, .phone-key.is-done');
    await dispatcher.waitForSelector('.phone-key.is-done >> text=Photo');
    // The photo itself follows at the pace of the phone's link.
    await dispatcher.waitForSelector('[data-tab=photos] .badge');
    assert.equal((await bystander()).photos.length, 1);
    const torch = dispatcher.locator('.phone-key', { hasText: 'Torch' });
    assert.equal(await torch.isDisabled(), true);
  });

  it('says a phrase in the language of the phone, and calls it read when it was', async () => {
    await press(dispatcher, 'c');
    await dispatcher.getByRole('button', { name: 'Push harder' }).click();
    const message = dispatcher.locator('.message.mine', { hasText: 'Push harder' });
    await message.locator('text=再用力按').waitFor();
    const large = phone.locator('.live-large');
    await large.getByText('再用力按').waitFor();
    assert.equal(await message.locator('.receipt.read').count(), 0);
    await large.getByRole('button').tap();
    await message.locator('.receipt.read').waitFor();
    await phone.getByRole('button', { name: '我按不动了' }).tap();
    await dispatcher.locator('.message:not(.mine)', { hasText: "I'm too tired" }).waitFor();
  });

  it('refuses one browser and lets another one in, each by one key', async () => {
    const stranger = await openPhone();
    await dispatcher.waitForSelector('.ask-banner');
    await clean(dispatcher);
    await press(dispatcher, 'd');
    await dispatcher.waitForSelector('.ask-banner', { state: 'detached' });
    await stranger.context().close();
    // The same person goes on in another browser; the page that gives way asks nothing by itself.
    own = await openPhone();
    await dispatcher.waitForSelector('.ask-banner');
    await press(dispatcher, 'y');
    await dispatcher.waitForSelector('.ask-banner', { state: 'detached' });
    const [link] = Object.values((await bystander()).links);
    const states = Object.values(link?.openings ?? {}).map(({ state }) => state);
    assert.deepEqual(states.sort(), ['ended', 'live', 'refused']);
    await phone.getByRole('button', { name: '请求重新加入' }).waitFor();
    assert.equal(await dispatcher.locator('.ask-banner').count(), 0);
    await phone.context().close();
  });

  it('chooses between two phones by a key, shows them how it is done, and thanks one at the end', async () => {
    await own.tap('.camera .key.main:not([disabled])');
    await own.waitForSelector('[data-live=live]');
    const wish = { use: 'camera', need: 'arrest', helpers: 'two', language: 'zh-CN' } as const;
    const organisationId = Object.values(pages.stack.demo.organisations)[0] ?? '';
    const asked = { roomId, actor: SYSTEM, organisationId, commandId: newId() };
    const second = await openPhone((await pages.stack.signaling.links.links.create(asked, wish)).url);
    await second.tap('.camera .key.main:not([disabled])');
    await second.waitForSelector('[data-live=live]');
    await dispatcher.waitForFunction(() => document.querySelectorAll('.strip > li').length >= 2);
    const shown = () => dispatcher.locator('.phone-controls').getAttribute('aria-label');
    await press(dispatcher, '1');
    const first = await shown();
    await press(dispatcher, '2');
    await dispatcher.waitForFunction(
      (name) => document.querySelector('.phone-controls')?.getAttribute('aria-label') !== name,
      first,
    );
    await press(dispatcher, 'v');
    await own.waitForSelector('.live-demonstration video');
    await press(dispatcher, 'v');
    await own.waitForSelector('.live-demonstration video', { state: 'detached' });
    await dispatcher.locator('.controls-bar .button.danger').click();
    await dispatcher.waitForSelector('dialog .release');
    await clean(dispatcher);
    await dispatcher.locator('dialog .release button').first().click();
    await own.getByText('谢谢您').first().waitFor();
    await dispatcher.keyboard.press('Escape');
    assert.equal((await pages.stack.signaling.rooms.at(roomId).state()).phase, 'open');
    await second.context().close();
    await own.context().close();
  });

  it('rings for the code of a place until somebody answers, and the phone there says how far it is', async () => {
    const place = {
      name: 'AED, west hall',
      address: { text: 'West hall', source: 'place' },
      kind: 'aed',
    } as const;
    const { fragment } = await pages.stack.signaling.site.places.add(place);
    const scanned = await openPhone(`${pages.stack.bystanderOrigin}/v#${fragment}`);
    await dispatcher.waitForSelector('.incident.ringing');
    await scanned.waitForSelector('.place.nobody, .place.seen');
    await clean(dispatcher);
    await dispatcher.locator('.call .call-answer').click();
    await scanned.getByText('急救中心已接手').waitFor();
    await dispatcher.waitForSelector('.incident.ringing', { state: 'detached' });
    await dispatcher.waitForURL((address) => !address.pathname.endsWith(roomId));
    await scanned.context().close();
    await dispatcher.locator(`.incident[href$="${roomId}"]`).click();
    await dispatcher.waitForURL((address) => address.pathname.endsWith(roomId));
  });

  it('states the basis by one key, and shows every panel and the keys without a fault', async () => {
    await press(dispatcher, 'e');
    await dispatcher.waitForSelector('.basis button[aria-pressed=true] >> text=Emergency');
    for (const key of ['g', 'h', 'a', '#', 'u', 'c']) {
      await press(dispatcher, key);
      await clean(dispatcher);
    }
    await press(dispatcher, '?');
    await dispatcher.waitForSelector('dialog .keys');
    await clean(dispatcher);
    await dispatcher.keyboard.press('Escape');
  });

  it('sends a link again, withdraws it, and leads back from an incident that has ended', async () => {
    await press(dispatcher, 'n');
    await dispatcher.waitForSelector('dialog .new-incident');
    await clean(dispatcher);
    await dispatcher.keyboard.type('Second call');
    await dispatcher.keyboard.press('Enter');
    await dispatcher.waitForURL((address) => !address.pathname.endsWith(roomId));
    await dispatcher.locator('.link-board input[name=phone]').fill('13900139000');
    await dispatcher.locator('.link-board').getByText('Alone').click();
    await dispatcher.getByRole('button', { name: 'Send the link' }).click();
    await dispatcher.waitForSelector('.link-strip');
    const second = new URL(dispatcher.url()).pathname.split('/')[2] ?? '';
    const room = pages.stack.signaling.rooms.at(second);
    const [link] = Object.values((await room.state()).bystander.links);
    await dispatcher.getByRole('button', { name: 'Send again' }).click();
    await dispatcher.waitForFunction(() => document.querySelector('.notice.good') !== null);
    const now = Object.values((await room.state()).bystander.links).find(({ ended }) => ended === undefined);
    assert.notEqual(now?.linkId, link?.linkId);
    await dispatcher.locator('.link-board').getByRole('button', { name: 'Withdraw' }).click();
    await dispatcher.locator('.board-headline', { hasText: 'Withdrawn' }).waitFor();
    await clean(dispatcher);
    await room.execute('room.close', { reason: 'handed over' }, SYSTEM);
    await dispatcher.waitForSelector('.room-end');
    await dispatcher.getByRole('button', { name: 'Back to the incidents' }).waitFor();
    await clean(dispatcher);
  });

  it('throws nothing in all this', () => {
    assert.deepEqual(pages.errors, []);
  });
});
