import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../proof/cast.ts';
import { CALLS, cameraFails, compressions, NO_CAMERA_API, OLD_ENGINE, phoneCamera } from './pretended.ts';
import { film, openScene, type PhoneOptions, type Scene, secondAddress } from './scene.ts';

/** A picture of one green pixel, as the phone's own camera app would hand it over. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('Phones of every kind on the bystander page', function () {
  this.timeout(300_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene();
  });
  after(() => scene?.close());

  /** A phone on a link of its own, with the peer it became. */
  async function onLink(options?: PhoneOptions, use: 'camera' | 'volunteer' = 'camera') {
    const known = Object.keys((await scene.bystander()).pages);
    const { linkId, url } = await scene.link({ use });
    const page = await scene.phone(url, options);
    const fresh = (pages: object) => Object.keys(pages).find((peerId) => !known.includes(peerId));
    const { pages } = await scene.until(({ pages }) => fresh(pages) !== undefined, 'the first report');
    return { page, linkId, url, peerId: fresh(pages) ?? '' };
  }
  const leave = async (page: Page) => {
    await page.context().close();
  };

  for (const [name, state, words] of [
    ['NotAllowedError', 'refused', 'The camera was not allowed'],
    ['NotFoundError', 'missing', 'No camera was found'],
    ['NotReadableError', 'busy', 'Another app is using the camera'],
  ] as const) {
    it(`tells both sides of a camera that fails as ${name}, and takes a photo instead`, async () => {
      const { page, peerId } = await onLink({ before: cameraFails(name) });
      await page.tap('.camera .key.main:not([disabled])');
      await page.getByText(words).waitFor();
      await scene.until(({ pages }) => pages[peerId]?.camera === state, state);
      const { photos } = await scene.bystander();
      await page
        .locator('.live-photo input')
        .first()
        .setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: PNG });
      await scene.until((now) => now.photos.length === photos.length + 1, 'the photo');
      await page.locator('[data-photo=sent]').first().waitFor();
      await leave(page);
    });
  }

  it('asks for a photo by a key where the camera is off, and answers the ask with it', async () => {
    const { page, peerId } = await onLink({ before: NO_CAMERA_API });
    const asked = scene.ask(peerId, 'photo');
    await page
      .locator('[data-ask=photo] input')
      .setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: PNG });
    const { outcome, askId } = await asked;
    assert.equal(outcome, 'done');
    await scene.until(({ photos }) => photos.some((photo) => photo.askId === askId), 'the photo of the ask');
    assert.equal((await scene.ask(peerId, 'torch', { on: true })).outcome, 'failed');
    await leave(page);
  });

  it('films on an engine that lacks what the newer ones have', async () => {
    const { page, peerId } = await onLink({ before: OLD_ENGINE });
    await film(page);
    const { pages } = await scene.until(({ pages }) => pages[peerId]?.camera === 'live', 'live');
    assert.equal(pages[peerId]?.wakeLock, 'unsupported');
    assert.equal(pages[peerId]?.battery, undefined);
    assert.equal((await scene.ask(peerId, 'photo')).outcome, 'done');
    // Without a permission that the browser tells, a reload asks for one tap, and for no more.
    await page.reload();
    await page.getByRole('button', { name: 'Press to show the picture again' }).tap();
    await page.waitForSelector('[data-live=live]');
    await leave(page);
  });

  it('switches light and zoom from afar, and the person can put the light out', async () => {
    const { page, peerId } = await onLink({ before: phoneCamera(false) });
    await film(page);
    assert.equal((await scene.ask(peerId, 'torch', { on: true })).outcome, 'done');
    await page.locator('.live-did').getByText('turned the light on').waitFor();
    assert.equal((await scene.ask(peerId, 'zoom', { zoom: 20 })).outcome, 'done');
    const { pages } = await scene.until(({ pages }) => pages[peerId]?.zoom?.now === 8, 'the zoom');
    assert.equal(pages[peerId]?.torch, 'on');
    await page.getByRole('button', { name: 'Turn the light off' }).tap();
    await scene.until(({ pages }) => pages[peerId]?.torch === 'off', 'dark');
    assert.deepEqual(await page.evaluate('window.controls'), [
      '[{"torch":true},{"zoom":1}]',
      '[{"torch":true},{"zoom":8}]',
      '[{"torch":false},{"zoom":8}]',
    ]);
    await leave(page);
  });

  it('opens the camera anew where its light does not go out', async () => {
    const { page, peerId } = await onLink({ before: phoneCamera(true) });
    await film(page);
    await scene.ask(peerId, 'torch', { on: true });
    const sources = () =>
      scene.dispatcher.evaluate(() => Object.keys(window.harness.session?.state.sources ?? {}));
    const before = await sources();
    assert.equal((await scene.ask(peerId, 'torch', { on: false })).outcome, 'done');
    await scene.until(({ pages }) => pages[peerId]?.torch === 'off', 'dark');
    await page.waitForSelector('[data-live=live]');
    assert.deepEqual(await sources(), before);
    await leave(page);
  });

  it('goes on by itself after a call that took the camera, and opens it anew after one that ended it', async () => {
    const { page, peerId } = await onLink({ before: CALLS });
    await film(page);
    const cameraIs = (wanted: string) =>
      scene.until(({ pages }) => pages[peerId]?.camera === wanted, `the camera ${wanted}`);
    await page.evaluate('takeAway("mute")');
    await cameraIs('paused');
    await page.evaluate('giveBack()');
    await cameraIs('live');
    const sources = () =>
      scene.dispatcher.evaluate(() => Object.keys(window.harness.session?.state.sources ?? {}));
    const before = await sources();
    assert.equal(await page.evaluate('opened.length'), 1);
    await page.evaluate('takeAway("ended")');
    await eventually(
      () => page.evaluate('opened.length'),
      (opened) => opened === 2,
      'a new track',
    );
    await cameraIs('live');
    assert.deepEqual(await sources(), before, 'the same source');
    await leave(page);
  });

  it('brings a second phone in by the code on the first, which measures on the chest', async () => {
    const { page } = await onLink();
    await film(page);
    await page.getByRole('button', { name: 'A second phone measures on the chest' }).tap();
    await page.locator('.live-qr').waitFor();
    const chest = await scene.phone(secondAddress(page), {
      before: compressions(110),
      permissions: ['accelerometer', 'gyroscope'],
    });
    await chest.getByRole('button', { name: 'Start measuring' }).tap();
    await chest.getByText('Estimate. Too high on a soft bed.').waitFor();
    const rate = chest.locator('.live-big strong').first();
    await eventually(
      async () => Number(await rate.textContent({ timeout: 20_000 })),
      (shown) => Math.abs(shown - 110) <= 3,
      'the rate',
    );
    await chest.getByRole('button', { name: 'Stop measuring' }).tap();
    const { cpr } = await scene.until(({ cpr }) => cpr.summaries.length > 0, 'the summary');
    assert.equal(cpr.summaries[0]?.source, 'chest');
    await leave(chest);
    await leave(page);
  });

  it('keeps a second browser outside until the dispatcher lets it in', async () => {
    const { page, linkId, url } = await onLink();
    await film(page);
    const other = await scene.phone(url);
    await other.getByText('Asking to be let in').waitFor();
    const { links } = await scene.until(
      (state) => Object.values(state.links[linkId]?.openings ?? {}).some(({ state: at }) => at === 'asking'),
      'the asking browser',
    );
    const [openingId] =
      Object.entries(links[linkId]?.openings ?? {}).find(([, { state: at }]) => at === 'asking') ?? [];
    await scene.dispatcher.evaluate(
      (answer) => window.harness.session?.request('link.answer', { ...answer, admitted: true }),
      { linkId, openingId: openingId ?? '' },
    );
    await film(other);
    // The one that gave way asks only by its key, also after a reload: until then nobody at dispatch is asked again.
    await page.reload();
    const again = page.getByRole('button', { name: 'Ask to be let in again' });
    await again.waitFor();
    assert.equal(await page.locator('[data-live=live]').count(), 0);
    const asks = ({ links: now }: Awaited<ReturnType<Scene['bystander']>>) =>
      Object.values(now[linkId]?.openings ?? {}).some(({ state: at }) => at === 'asking');
    assert.equal(asks(await scene.bystander()), false);
    await again.tap();
    await scene.until(asks, 'the key asks');
    await page.getByText('Asking to be let in').waitFor();
    await leave(other);
    await leave(page);
  });

  it('shows the demonstration of the dispatch room without a sound, while it is shown', async () => {
    const { page } = await onLink();
    const producerId = await scene.dispatcher.evaluate(async () => {
      await window.harness.publishCamera({ role: 'demonstration', label: 'Manikin' });
      return window.harness.session?.localSources.at(-1)?.producerId ?? '';
    });
    const video = page.locator('.live-demonstration video');
    await video.waitFor();
    await eventually(
      () => video.evaluate((element) => (element instanceof HTMLVideoElement ? element.videoWidth : 0)),
      (width) => width > 0,
      'a picture',
    );
    assert.equal(
      await video.evaluate((element) => element instanceof HTMLVideoElement && element.muted),
      true,
    );
    await scene.dispatcher.evaluate(
      (id) => window.harness.session?.localSources.find((source) => source.producerId === id)?.close(),
      producerId,
    );
    await video.waitFor({ state: 'detached' });
    await leave(page);
  });

  it('shows a pushed card to whoever it was pushed to, and says that it was shown', async () => {
    const { page, peerId } = await onLink();
    const pushId = await scene.dispatcher.evaluate(async (to) => {
      const pushed = { cardId: 'burns', version: 1, peerId: to } as const;
      return (await window.harness.session?.request('guidance.push', pushed))?.pushId;
    }, peerId);
    await page.locator('.pushed').waitFor();
    await scene.until(
      ({ guidance }) => guidance?.pushId === pushId && (guidance?.shownBy.includes(peerId) ?? false),
      'shown',
    );
    await leave(page);
  });

  it('threw no error on any phone', () => {
    assert.deepEqual(scene.errors, []);
  });
});
