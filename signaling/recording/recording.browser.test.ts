import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { openMediaPage } from '../media/testing/open-page.ts';
import { type TestClient, until } from '../media/testing/world.ts';
import type { RoomDump } from '../protocol/control.ts';
import { crew, doctor } from '../rooms/testing/people.ts';
import { Studio } from './testing/studio.ts';

/** The worker that the tap stands on. */
function tapWorker(dump: RoomDump): string | undefined {
  return dump.transports.find(({ kind }) => kind === 'tap')?.workerId;
}

/** A camera of Chromium's that nobody watches, on a worker beside the room's: its packets go by a pipe to the tap. */
describe('a real picture that is only recorded', function () {
  this.timeout(300_000);
  let browser: Browser;
  let studio: Studio;
  let page: Page | undefined;
  let ambulance: TestClient;

  before(async () => {
    browser = await openBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    studio = await Studio.open({
      config: { spreadAt: { peers: 1, consumers: 400, packetsOutPerSecond: 60_000 } },
      onTold: (peerId, name, data) => void hear(peerId, name, data),
    });
    // The first peer takes the room's own worker, so that the camera comes in on the other one.
    const specialist = await studio.world.join(doctor);
    await specialist.show();
    ambulance = await studio.world.enter(crew);
    ambulance.answers = false;
    page = await openMediaPage(browser, [ambulance]);
    await page.evaluate((id) => globalThis.mediaPage.start(id), crew.peerId);
  });
  afterEach(async () => {
    await page?.context().close();
    page = undefined;
    await studio.close();
  });

  async function hear(peerId: string, name: string, data: unknown): Promise<void> {
    if (!page || page.isClosed()) return;
    await page.evaluate(([id, what, told]) => globalThis.mediaPage.hear(id, what, told), [
      peerId,
      name,
      data,
    ] as const);
  }
  const publish = (mimeType: string) =>
    page?.evaluate(([id, mime]) => globalThis.mediaPage.publish(id, 'camera', mime), [
      crew.peerId,
      mimeType,
    ] as const);
  const track = () => studio.held()?.tracks.get('camera');
  const packets = () => track()?.packets ?? 0;

  for (const mimeType of ['video/VP9', 'video/VP8']) {
    it(`is taken as ${mimeType} with every layer and the publisher's reports, also over a new owner`, async () => {
      await publish(mimeType);
      await until('it is taken', () => packets() > 500, 60_000);
      await until('reports', () => (track()?.reports ?? 0) > 0, 30_000);
      const wanted = mimeType === 'video/VP8' ? 3 : 1;
      await until('every stream', () => track()?.ssrcs.size === wanted, 60_000);
      const made = track();
      assert.ok(made);
      made.longestGapMs = 0;
      const before = packets();
      await studio.world.takeOver();
      await until('the new owner has it', () => (studio.held()?.epoch ?? 0) > 1);
      await until('it is told again', async () => (await studio.state()).recording !== undefined);
      await until('it went on', () => packets() > before + 500, 60_000);
      assert.equal(track()?.stretches, 1);
      // A takeover that paused the tap would wait for the next keyframe: seconds, not pictures.
      assert.ok((track()?.longestGapMs ?? 9e9) < 1000, `${track()?.longestGapMs} ms without a packet`);
      assert.equal(studio.recorder.strays, 0);
      const dump = await studio.world.dump();
      const flow = dump?.producers.filter(
        ({ kind, workerId }) => kind === 'video' && workerId === tapWorker(dump),
      );
      assert.equal(flow?.length, 1, 'the camera should come to the tap over a pipe');
      assert.deepEqual((await studio.state()).recording?.stalled, {});
    });
  }

  it('goes on in the next run of a recorder that was killed', async () => {
    await publish('video/VP9');
    await until('it is taken', () => packets() > 500, 60_000);
    await studio.recorder.kill();
    await studio.recorder.listen();
    const back = performance.now();
    const before = packets();
    await until('it goes on', () => packets() > before + 10, 30_000);
    const ms = Math.round(performance.now() - back);
    assert.ok(ms < 10_000, `${ms} ms`);
    assert.equal(studio.recorder.strays, 0);
  });
});
