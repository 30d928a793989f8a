import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { nextEvent, type OwnedNode, startOwnedNode } from '../../sfu/testing/owner.ts';
import type { ControlEventData } from '../../signaling/protocol/control.ts';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { openRelay, type Relay } from '../network/relay.ts';
import { ownAddress } from '../servers/own-address.ts';
import { openTestPage } from './open-page.ts';
import { until } from './until.ts';

const room = { roomId: 'room-1', epoch: 1 };

/**
 * The node listens on loopback and announces another address of the machine, where a relay stands: closing the relay is
 * what a tunnel does to an ambulance.
 */
describe('a send transport whose network is cut', function () {
  this.timeout(300_000);
  let owned: OwnedNode;
  let browser: Browser;
  let page: Page;
  let relay: Relay;
  const silences: ControlEventData<'transport.silence'>[] = [];

  const openPath = () => {
    const [{ port } = { port: 0 }] = owned.node.workers;
    return openRelay({
      listen: ownAddress(),
      target: '127.0.0.1',
      udpPorts: [port],
      tcpPorts: [],
      delayMs: 0,
    });
  };

  /** The node reports its load once a second: the watch for silence runs beside it, four times as often. */
  const seconds = async (count: number) => {
    for (let n = 0; n < count; n += 1) await nextEvent(owned.client, 'node.status');
  };

  before(async () => {
    owned = await startOwnedNode({
      workers: 1,
      listenAddresses: [{ ip: '127.0.0.1', announced: ownAddress() }],
    });
    owned.client.on('transport.silence', (event) => void silences.push(event));
    relay = await openPath();
    browser = await openBrowser();
    page = await openTestPage(browser, owned.client);
    const [{ workerId } = { workerId: '' }] = owned.node.workers;
    const connected = nextEvent(owned.client, 'transport.state', ({ state }) => state === 'connected');
    await page.evaluate((options) => globalThis.testPage.publish(options), {
      ...room,
      workerId,
      transportId: 'send-camera',
      producerId: 'camera',
      mimeType: 'video/VP8',
    });
    await connected;
  });
  after(async () => {
    await browser.close();
    await relay.close();
    await owned.close();
  });

  it('is silent within moments, and no longer when the network is back', async () => {
    // Beats must have been heard before their absence means anything.
    await until(
      () => page.evaluate(() => globalThis.testPage.beatsSent('send-camera')),
      (count) => count >= 2,
    );
    await seconds(2);
    const silent = nextEvent(owned.client, 'transport.silence', (event) => event.silent);
    await relay.close();
    assert.deepEqual(await silent, {
      roomId: 'room-1',
      transportId: 'send-camera',
      peerId: 'peer-of-send-camera',
      silent: true,
    });
    const { rooms } = await owned.client.request('node.dump', {});
    assert.deepEqual(
      rooms[0]?.transports.map((transport) => transport.silent),
      [true],
    );
    const back = nextEvent(owned.client, 'transport.silence', (event) => !event.silent);
    relay = await openPath();
    await back;
    assert.deepEqual(
      silences.map((event) => event.silent),
      [true, false],
    );
  });

  it('is not silent while media comes without beats', async () => {
    await page.evaluate(() => globalThis.testPage.stopBeats('send-camera'));
    await seconds(4);
    assert.equal(silences.length, 2);
  });
});
