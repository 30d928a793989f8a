import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { systemClock } from '../../platform/clock.ts';
import { newSecret } from '../../platform/ids.ts';
import { createMetricsRegistry } from '../../platform/metrics.ts';
import type { WebsocketRpcServer } from '../../platform/rpc/websocket-server.ts';
import { connectRecorder } from '../../recorder/link-client.ts';
import { serveRecorder } from '../../recorder/link-server.ts';
import { createRecorder, type Recorder } from '../../recorder/recorder.ts';
import { openMediaPage } from '../media/testing/open-page.ts';
import { type Owner, until, World } from '../media/testing/world.ts';
import type { RecorderClient } from '../protocol/recorder.ts';
import { crew, dispatcher } from '../rooms/testing/people.ts';
import { quiet, TEST_MASTER_KEY } from '../rooms/testing/stores.ts';
import { createRecordingService } from './service.ts';

const secret = newSecret(256);
const metrics = () => createMetricsRegistry({ role: 'test', processMetrics: false });

/** The real recorder, without a packager: what it writes down is the journal. */
describe('a real picture in a real recorder', function () {
  this.timeout(300_000);
  let browser: Browser;
  let page: Page | undefined;
  let world: World;
  let folder: string;
  let recorder: Recorder;
  let server: WebsocketRpcServer;
  const clients: RecorderClient[] = [];

  before(async () => {
    browser = await openBrowser();
    folder = await mkdtemp(join(tmpdir(), 'real-recorder-test-'));
    await run(0);
    world = await World.start({ beside: follow });
  });
  after(async () => {
    await page?.context().close();
    await browser.close();
    await world.close();
    await Promise.all(clients.map((client) => client.close('end of test')));
    await server.close('end of test');
    await recorder.close('end of test');
    await rm(folder, { recursive: true, force: true });
  });

  async function run(port: number): Promise<void> {
    recorder = await createRecorder({
      dataDir: folder,
      nodeId: 'node-1',
      masterKey: TEST_MASTER_KEY,
      logger: quiet,
      metrics: metrics(),
      ready: true,
      reserveBytes: 0,
    });
    server = await serveRecorder({ recorder, host: '127.0.0.1', port, secret, logger: quiet });
  }

  function follow({ rooms, service, store, notifier }: Owner) {
    const url = `ws://127.0.0.1:${server.port}`;
    const client = connectRecorder({ nodeId: 'node-1', url, secret, logger: quiet });
    clients.push(client);
    const made = createRecordingService({
      ...{ rooms, store, media: service, notifier, recorders: [client], clock: systemClock },
      registry: metrics(),
      logger: quiet,
    });
    return { close: () => made.close('end of test') };
  }

  const dump = async () => (await recorder.handle('recorder.dump', {})).rooms[0];
  const track = async () => (await dump())?.tracks.find(({ trackId }) => trackId === 'camera');

  it('becomes durable within a second or so of room time, and nothing rings', async () => {
    const ambulance = await world.enter(crew);
    page = await openMediaPage(browser, [ambulance]);
    await page.evaluate((id) => globalThis.mediaPage.start(id), crew.peerId);
    await page.evaluate((id) => globalThis.mediaPage.publish(id, 'camera', 'video/VP9'), crew.peerId);
    await until('it is being recorded', async () => (await track())?.state === 'recording', 60_000);
    let behind = Number.POSITIVE_INFINITY;
    await until('it is near to now', async () => {
      behind = (await world.room.roomTime()) - ((await track())?.durableUntil ?? 0);
      return behind < 2500;
    });
    assert.ok(behind > -100, `durable ${-behind} ms ahead of room time`);
    await until('people are told', () => world.tellings('recording.status', crew.peerId).length > 2);
    assert.deepEqual((await world.room.state()).recording?.stalled, {});
  });

  it('goes on in its next run, and under the next owner', async () => {
    const { port } = server;
    await server.close('killed');
    await recorder.close('killed');
    await run(port);
    await until('it is being recorded again', async () => (await track())?.state === 'recording', 30_000);
    await world.takeOver();
    await until('the new owner has it', async () => ((await dump())?.epoch ?? 0) > 1);
    const before = (await track())?.durableUntil ?? 0;
    await until('it went on', async () => ((await track())?.durableUntil ?? 0) > before + 2000, 30_000);
    const journals = await readdir(join(folder, 'recordings', world.room.roomId, 'tracks', 'camera'));
    assert.ok(journals.length >= 2, journals.join(' '));
  });

  it('ends with the room', async () => {
    await world.room.execute('room.close', { reason: 'handed over' }, dispatcher);
    await until('it has ended', async () => (await dump()) === undefined);
    const state = recorder.stateOf(world.room.roomId);
    // What a person wrote stands in the encrypted log alone.
    assert.equal(state?.finished?.reason, 'the room was closed');
  });
});
