import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type OwnedNode, startOwnedNode } from '../../sfu/testing/owner.ts';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { type CoturnServer, hasCoturn, startCoturn, turnCredentials } from '../servers/coturn.ts';
import { ownAddress } from '../servers/own-address.ts';
import { openTestPage } from './open-page.ts';
import { until } from './until.ts';

const room = { roomId: 'room-1', epoch: 1 };

describe('Chromium that may use TURN only', function () {
  this.timeout(300_000);
  let owned: OwnedNode;
  let browser: Browser;
  let page: Page;
  let turn: CoturnServer | undefined;
  let workerId = '';

  before(async function () {
    if (!(await hasCoturn())) this.skip();
    turn = await startCoturn();
    owned = await startOwnedNode({ workers: 1, listenAddresses: [{ ip: ownAddress() }] });
    workerId = owned.node.workers[0]?.workerId ?? '';
    browser = await openBrowser();
    page = await openTestPage(browser, owned.client);
  });
  after(async () => {
    if (turn === undefined) return;
    await browser.close();
    await owned.close();
    await turn.close();
  });

  for (const transport of ['udp', 'tcp'] as const) {
    it(`publishes and watches through coturn over ${transport}`, async () => {
      assert.ok(turn !== undefined);
      const through = {
        ...room,
        workerId,
        producerId: `camera-${transport}`,
        iceServers: [turn.iceServer(transport)],
        iceTransportPolicy: 'relay',
      } as const;
      const sendId = `send-${transport}`;
      const recvId = `recv-${transport}`;
      await page.evaluate((options) => globalThis.testPage.publish(options), {
        ...through,
        transportId: sendId,
        mimeType: 'video/VP8',
      });
      await page.evaluate((options) => globalThis.testPage.watch(options), {
        ...through,
        transportId: recvId,
        consumerId: `view-${transport}`,
      });
      const look = () => page.evaluate((id) => globalThis.testPage.seen(id), `view-${transport}`);
      await until(look, ({ frames }) => frames >= 30);
      for (const id of [sendId, recvId]) {
        assert.equal(
          await page.evaluate((transportId) => globalThis.testPage.pair(transportId), id),
          'relay host',
        );
        await page.evaluate((transportId) => globalThis.testPage.close(transportId), id);
      }
    });
  }

  it('reaches nothing with credentials of another secret', async () => {
    assert.ok(turn !== undefined);
    const states: string[] = [];
    owned.client.on('transport.state', ({ transportId, state }) => {
      if (transportId === 'send-refused') states.push(state);
    });
    const iceServers = [{ ...turn.iceServer(), ...turnCredentials('another secret', 4_000_000_000) }];
    await page.evaluate((options) => globalThis.testPage.publish(options), {
      ...room,
      workerId,
      transportId: 'send-refused',
      producerId: 'camera-refused',
      mimeType: 'video/VP8',
      iceServers,
      iceTransportPolicy: 'relay',
    } as const);
    const gathering = await until(
      () => page.evaluate((id) => globalThis.testPage.gathering(id), 'send-refused'),
      ({ state }) => state === 'complete',
    );
    // 401 is STUN's "Unauthenticated" (RFC 8489, section 14.8).
    assert.ok(gathering.refusals.includes(401), `${gathering.refusals}`);
    assert.deepEqual(states, []);
  });
});
