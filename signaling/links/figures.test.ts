import assert from 'node:assert/strict';
import { SYSTEM } from '../rooms/types.ts';
import { type LinkScene, openLinkScene } from './testing/link-scene.ts';

describe('the figures of links', () => {
  let scene: LinkScene;
  before(async () => {
    scene = await openLinkScene({ use: 'camera', need: 'arrest', helpers: 'two', language: 'en' });
  });
  after(() => scene.close());

  /** The lines of one metric, without its name: labels and value. */
  async function figures(name: string): Promise<string[]> {
    const text = await scene.city.stage.registry.getSingleMetricAsString(`goldenhour_${name}_total`);
    return text
      .split('\n')
      .filter((line) => line.startsWith('goldenhour_'))
      .map((line) => line.replace(/^\w+/, '').replace(/,?role="test"/, ''))
      .sort();
  }

  it('count links from their making to their end, by reason', async () => {
    const first = await scene.make({ phone: '+8613800000000' });
    const second = await scene.make();
    const { client } = await scene.goLive(first.url);
    await client.request('link.goLive', {}, { roomId: scene.roomId });
    await scene.city.stage.phone().open(second.url);
    await scene.office.request('link.revoke', { linkId: second.linkId }, { roomId: scene.roomId });
    assert.deepEqual(await figures('links_created'), ['{use="camera"} 2']);
    assert.deepEqual(await figures('link_openings'), ['{} 2']);
    assert.deepEqual(await figures('links_live'), ['{} 1'], 'live once, however often it is said');
    assert.deepEqual(await figures('links_ended'), ['{reason="revoked"} 1']);
    assert.deepEqual((await figures('links_sent')).at(-1), '{way="sms"} 1');
  });

  it('count what is reported of messages, with the reason of a failure', async () => {
    const room = scene.city.stage.rooms.at(scene.roomId);
    const { linkId } = await scene.make({ phone: '+8613800000001' });
    const messageId = (await scene.linkOf(linkId)).sent?.messageId ?? '';
    const reports = [{ state: 'accepted' }, { state: 'failed', failure: 'absent' }] as const;
    for (const report of [...reports, ...reports])
      await room.execute('link.deliver', { linkId, messageId, ...report }, SYSTEM);
    const told = await figures('sms_reports');
    assert.ok(told.some((line) => /failure="none"/.test(line) && /state="accepted"/.test(line)));
    assert.ok(told.includes('{state="failed",failure="absent"} 1'), told.join(' '));
  });
});
