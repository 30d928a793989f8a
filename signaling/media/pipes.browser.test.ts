import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { crew, doctor } from '../rooms/testing/people.ts';
import { openMediaPage } from './testing/open-page.ts';
import { type TestClient, until, World } from './testing/world.ts';

/** Publisher and viewer in one Chromium, each on a node of its own: every packet goes through the pipe. */
describe('a real picture over two nodes', function () {
  this.timeout(300_000);
  let browser: Browser;
  let world: World;
  let page: Page | undefined;
  let ambulance: TestClient;

  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    world = await World.start({
      nodes: 2,
      workers: 1,
      config: { spreadAt: { peers: 1, consumers: 400, packetsOutPerSecond: 60_000 } },
      onTold: (peerId, name, data) => void hear(peerId, name, data),
    });
    ambulance = await world.enter(crew);
    const specialist = await world.enter(doctor);
    ambulance.answers = false;
    specialist.answers = false;
    page = await openMediaPage(browser, [ambulance, specialist]);
    for (const { peerId } of [crew, doctor]) {
      await page.evaluate((id) => globalThis.mediaPage.start(id), peerId);
    }
  });
  afterEach(async () => {
    await page?.context().close();
    page = undefined;
    await world.close();
  });

  async function hear(peerId: string, name: string, data: unknown): Promise<void> {
    if (!page || page.isClosed()) return;
    await page.evaluate(([id, what, told]) => globalThis.mediaPage.hear(id, what, told), [
      peerId,
      name,
      data,
    ] as const);
  }
  const seen = async () =>
    (await page?.evaluate((id) => globalThis.mediaPage.seen(id, 'camera'), doctor.peerId)) ?? {
      width: 0,
      frames: 0,
    };
  const show = (width: number, height: number) =>
    page?.evaluate(([id, w, h]) => globalThis.mediaPage.show(id, 'camera', w, h), [
      doctor.peerId,
      width,
      height,
    ] as const);

  for (const mimeType of ['video/VP9', 'video/VP8']) {
    it(`arrives as ${mimeType}, in the layer that fits its tile, and rests while it is out of sight`, async () => {
      await page?.evaluate(([id, mime]) => globalThis.mediaPage.publish(id, 'camera', mime), [
        crew.peerId,
        mimeType,
      ] as const);
      await show(1280, 720);
      await until('it arrives in full', async () => (await seen()).width === 1280, 120_000);
      await until(
        'it says so',
        () => world.tellings('media.consumerState', doctor.peerId).at(-1)?.reason === 'full',
      );
      await show(160, 90);
      await until('the smallest layer arrives', async () => (await seen()).width === 320, 60_000);
      await until('it is all that is asked for', () => ambulance.demands.get('camera')?.rung === '540');
      await show(0, 0);
      let frames = -1;
      await until('it rests', async () => {
        const now = (await seen()).frames;
        await new Promise((resolve) => setTimeout(resolve, 300));
        const rests = now === frames;
        frames = now;
        return rests;
      });
      await show(1280, 720);
      await until('it goes on', async () => (await seen()).frames > frames + 10, 60_000);
      const pipes = await Promise.all(
        world.nodes.map(
          async (node) => (await world.dump(node))?.transports.filter((t) => t.kind === 'pipe').length,
        ),
      );
      assert.deepEqual(pipes, [1, 1]);
    });
  }
});
