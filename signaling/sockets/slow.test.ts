import assert from 'node:assert/strict';
import { newId } from '../../platform/ids.ts';
import { BareClient } from './testing/bare-client.ts';
import { type City, openCity } from './testing/city.ts';
import { until } from './testing/client.ts';

/** About 90 KB of a notification. */
const LARGE = {
  rungs: Array.from({ length: 1_000 }, () => ({
    peerId: newId(),
    producerId: newId(),
    rung: '540' as const,
  })),
};

describe('a consumer that stops reading', () => {
  let city: City;
  let roomId: string;
  let slow: BareClient;
  beforeEach(async () => {
    city = await openCity({ volatileQueueBytes: 200_000, maxQueueBytes: 400_000, linkLostMs: 20 });
    roomId = await city.openRoom();
    slow = new BareClient(city.stage.url, city.specialist.cookie);
    const params = { token: await city.specialist.token(roomId), peerId: 'slow', speaksHere: false };
    await slow.request(0, { method: 'room.join', roomId, params });
    slow.ws.pause();
  });
  afterEach(async () => {
    slow.ws.terminate();
    await city.stage.close();
  });

  const metric = async (name: string) =>
    (await city.stage.registry.metrics()).match(new RegExp(`^${name}.* (\\d+)$`, 'm'))?.[1];

  /**
   * Sends until something has happened; kernels buffer megabytes before a reader's silence is felt. Little at a time,
   * so that whoever reads keeps up.
   */
  async function sendUntil(happened: () => Promise<boolean>, volatile: boolean): Promise<void> {
    const { notifier } = city.stage.live;
    await until(async () => {
      notifier.notifyRoom(roomId, 'media.rungs', LARGE, { volatile });
      return happened();
    }, 'the queue to fill');
  }

  it('loses what is volatile and keeps its connection', async () => {
    await sendUntil(async () => (await metric('goldenhour_dropped_notifications_total')) !== '0', true);
    assert.equal(await metric('goldenhour_sockets'), '2');
    slow.ws.resume();
    await slow.request(1, { method: 'clock.sync', params: {} });
  });

  it('loses its connection when more waits than may, so that it comes back and resumes', async () => {
    const crew = await city.crew.enter(roomId);
    await sendUntil(async () => (await metric('goldenhour_socket_cuts_total')) === '1', false);
    await crew.stateWhere(roomId, ({ peers }) => peers.slow?.link === 'lost', 'the lost link');
    slow.ws.resume();
    await until(() => slow.closed, 'the end of the connection');
  });
});
