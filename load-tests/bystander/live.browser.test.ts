import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PageState } from '../../signaling/protocol/state-bystander.ts';
import { eventually } from '../proof/cast.ts';
import { HIDING } from './pretended.ts';
import { film, openScene, type Scene } from './scene.ts';

describe('The live part of the bystander page', function () {
  this.timeout(300_000);
  let scene: Scene;
  let phone: Page;
  let linkId: string;
  let peerId: string;

  const readBy = (messageId: string) =>
    scene.dispatcher.evaluate(
      (id) => window.harness.session?.state.messages.find((each) => each.messageId === id)?.readBy ?? [],
      messageId,
    );

  before(async () => {
    scene = await openScene();
    const link = await scene.link();
    linkId = link.linkId;
    phone = await scene.phone(link.url, { before: HIDING });
  });
  after(() => scene?.close());

  it('joins as soon as the link is open, before any camera', async () => {
    const { pages } = await scene.until(({ pages }) => Object.keys(pages).length === 1, 'the first report');
    peerId = Object.keys(pages)[0] ?? '';
    assert.equal(pages[peerId]?.camera, 'not-asked');
    await phone.getByText('Connected to the emergency centre').waitFor();
  });

  it('shows the dispatcher a moving picture after one tap', async () => {
    await film(phone);
    await scene.moving();
    const { pages, links } = await scene.until(
      ({ pages }) => pages[peerId]?.camera === 'live',
      'the camera reported as live',
    );
    assert.ok(links[linkId]?.boundTo !== undefined);
    assert.equal(pages[peerId]?.noticeVersion !== undefined, true);
    assert.equal(pages[peerId]?.torch, 'unsupported');
    assert.equal(pages[peerId]?.zoom?.supported, false);
  });

  it('answers what this phone cannot do, and shows the person what was wanted', async () => {
    assert.equal((await scene.ask(peerId, 'torch', { on: true })).outcome, 'unsupported');
    await phone.locator('.live-did').getByText('This phone cannot').waitFor();
    assert.equal((await scene.ask(peerId, 'zoom', { zoom: 2 })).outcome, 'unsupported');
    assert.equal((await scene.ask(peerId, 'flip')).outcome, 'unsupported');
    await scene.moving();
  });

  it('takes a photo at full resolution when asked, beside the live picture', async () => {
    const asked = await scene.ask(peerId, 'photo');
    assert.equal(asked.outcome, 'done');
    const { photos } = await scene.until(({ photos }) => photos.length === 1, 'the photo');
    assert.equal(photos[0]?.askId, asked.askId);
    assert.ok((photos[0]?.bytes ?? 0) > 10_000);
    await scene.moving();
  });

  it('lets the person decide about microphone and location, and answers a refusal', async () => {
    const microphone = scene.ask(peerId, 'microphone', { on: true });
    await phone.tap('[data-ask=microphone] .key:not(.main)');
    assert.equal((await microphone).outcome, 'refused');
    const location = scene.ask(peerId, 'location');
    await phone.waitForSelector('[data-ask=location]');
    await phone.context().grantPermissions(['camera', 'microphone', 'geolocation']);
    await phone.context().setGeolocation({ latitude: 31.2304, longitude: 121.4737, accuracy: 12 });
    await phone.tap('[data-ask=location] .key.main');
    assert.equal((await location).outcome, 'done');
    const { pages } = await scene.until(({ pages }) => pages[peerId]?.position !== undefined, 'the place');
    assert.deepEqual(pages[peerId]?.position?.point, { lat: 31.2304, lon: 121.4737 });
    assert.equal(pages[peerId]?.position?.datum, 'wgs84');
  });

  it('speaks only after the person said yes, and stops when told to', async () => {
    const asked = scene.ask(peerId, 'microphone', { on: true });
    await phone.tap('[data-ask=microphone] .key.main');
    assert.equal((await asked).outcome, 'done');
    await phone.getByText('The emergency centre hears you.').waitFor();
    await eventually(
      () => scene.dispatcher.evaluate(() => window.harness.sound()),
      ({ peak }) => peak > 0.05,
      'a voice',
    );
    assert.equal((await scene.ask(peerId, 'microphone', { on: false })).outcome, 'done');
    await phone.getByText('The emergency centre hears you.').waitFor({ state: 'detached' });
  });

  it('shows a word of dispatch over the whole screen, and calls it read when it was', async () => {
    const messageId = await scene.say('Kneel beside the chest');
    const large = phone.locator('.live-large');
    await large.getByText('Kneel beside the chest').waitFor();
    assert.deepEqual(await readBy(messageId), []);
    await large.getByRole('button').tap();
    await large.waitFor({ state: 'detached' });
    await eventually(
      () => readBy(messageId),
      (by) => by.includes(peerId),
      'read',
    );
  });

  it('answers by a phrase that each side reads in its own language', async () => {
    await phone.getByRole('button', { name: "I'm too tired" }).tap();
    const phrases = () =>
      scene.dispatcher.evaluate(
        () => window.harness.session?.state.messages.map(({ phrase }) => phrase) ?? [],
      );
    await eventually(phrases, (all) => all.at(-1) === 'too-tired', 'the phrase');
    await phone.fill('.live-write input', 'the door is green');
    await phone.press('.live-write input', 'Enter');
    await phone.locator('.live-words').getByText('the door is green').waitFor();
  });

  it('comes back by itself after a reload, as the same peer, with nothing asked again', async () => {
    // A photo that the door did not take yet, and an ask of the time between, wait for the page to come back.
    await phone.route('**/api/link/photos/**', (route) => route.abort());
    const { askId } = await scene.ask(peerId, 'photo');
    await phone.locator('[data-photo=waiting]').first().waitFor();
    const address = phone.url();
    await phone.goto('about:blank');
    const light = await scene.askOnly(peerId, 'torch', { on: true });
    await phone.goto(address);
    await phone.waitForSelector('[data-live=live]');
    await phone.unroute('**/api/link/photos/**');
    await scene.moving();
    await scene.until(({ photos }) => photos.some((photo) => photo.askId === askId), 'the photo that waited');
    const { asks } = await scene.until(
      (state) => state.asks.find((each) => each.askId === light)?.outcome !== undefined,
      'the ask of the time between',
    );
    assert.equal(asks.find((each) => each.askId === light)?.outcome, 'unsupported');
    const { pages, links } = await scene.bystander();
    assert.deepEqual(Object.keys(pages), [peerId]);
    assert.equal(Object.keys(links[linkId]?.openings ?? {}).length, 1);
    const sources = await scene.dispatcher.evaluate(() =>
      Object.keys(window.harness.session?.state.sources ?? {}),
    );
    assert.equal(sources.length, 1);
  });

  it('says when the phone shows something else, and when the screen may go dark', async () => {
    const page = (fits: (report: PageState) => boolean, what: string) =>
      scene.until(({ pages }) => {
        const report = pages[peerId];
        return report !== undefined && fits(report);
      }, what);
    await page(({ wakeLock }) => wakeLock === 'held', 'the screen kept awake');
    await phone.evaluate('releaseWakeLock()');
    await page(({ wakeLock }) => wakeLock === 'lost', 'the lock taken away');
    await phone.evaluate('hidePage(true)');
    await page(({ visible }) => visible === false, 'hidden');
    const messageId = await scene.say('Watch the chest');
    const large = phone.locator('.live-large');
    await large.getByText('Watch the chest').waitFor();
    assert.deepEqual(await readBy(messageId), [], 'nobody reads what is not seen');
    await phone.evaluate('hidePage(false)');
    await page(({ visible, wakeLock }) => visible === true && wakeLock === 'held', 'seen and awake again');
    await eventually(
      () => readBy(messageId),
      (by) => by.includes(peerId),
      'read for having stood there',
    );
    await large.getByRole('button').tap();
    await scene.moving();
  });

  it('comes back by itself after ten seconds without a network', async () => {
    await phone.context().setOffline(true);
    await phone.getByText('No internet').first().waitFor();
    const outage = Date.now() + 10_000;
    await eventually(
      async () => Date.now(),
      (now) => now > outage,
      'ten seconds',
    );
    await phone.context().setOffline(false);
    await phone.getByText('Connected to the emergency centre').waitFor();
    await scene.moving();
  });

  it('stops with one tap, and asks the notice again before it goes on', async () => {
    await phone.getByRole('button', { name: 'Stop the picture' }).tap();
    await scene.until(({ pages }) => pages[peerId]?.camera === 'stopped', 'stopped');
    await phone.locator('.camera .notice').waitFor();
    await film(phone);
    await scene.moving();
  });

  it('thanks the bystander whom the dispatcher releases, and the room goes on', async () => {
    await scene.dispatcher.evaluate(
      (peer) => window.harness.session?.request('bystander.release', { peerId: peer }),
      peerId,
    );
    await phone.getByText('Thank you').first().waitFor();
    assert.equal(await scene.dispatcher.evaluate(() => window.harness.session?.connection.status), 'live');
    assert.deepEqual(scene.errors, []);
  });
});
