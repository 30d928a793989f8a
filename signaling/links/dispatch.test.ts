import assert from 'node:assert/strict';
import type { z } from 'zod/mini';
import { newId } from '../../platform/ids.ts';
import type { DispatchIncident } from '../protocol/links.ts';
import { type City, openCity } from '../sockets/testing/city.ts';
import type { TestClient } from '../sockets/testing/client.ts';

const CAD = { name: 'cad', principalId: 'service-cad' };
const LINK = { use: 'camera', need: 'arrest', helpers: 'alone', language: 'zh-CN' } as const;

describe("an incident of dispatch's system", () => {
  let city: City;
  let office: TestClient;
  before(async () => {
    city = await openCity();
    office = await city.dispatcher.connect();
  });
  after(() => city.stage.close());

  const incident = (more: Partial<z.infer<typeof DispatchIncident>> = {}) => ({
    incidentId: newId(),
    title: 'Collapse',
    drill: false,
    organisations: [],
    ...more,
  });
  const open = (wanted: z.infer<typeof DispatchIncident>, key?: string) =>
    city.stage.links.dispatch.open(CAD, wanted, key);
  const stateOf = (roomId: string) => city.stage.rooms.at(roomId).state();

  it('is one room with its address, the time of the call and a link that is sent', async () => {
    const callAnsweredAt = Date.now() - 30_000;
    const address = { text: 'Gate 3, South Station' };
    const before = city.stage.messages.length;
    const wanted = incident({ address, callAnsweredAt, link: { ...LINK, phone: '+8613800000000' } });
    const made = await open(wanted);
    assert.equal(made.url, undefined, 'the link is on its way to the phone and shown to nobody else');
    const state = await stateOf(made.roomId);
    assert.deepEqual([state.incidentId, state.bystander.address?.text], [wanted.incidentId, address.text]);
    assert.equal(state.timeNodes.find(({ node }) => node === 'call-answered')?.at, callAnsweredAt);
    assert.deepEqual(Object.keys(state.bystander.links), [made.linkId]);
    const url = city.stage.messages[before]?.url ?? '';
    assert.equal((await city.stage.phone().open(url)).need, 'arrest');
    const { rooms } = await office.request('rooms.list', {});
    assert.ok(
      rooms.some(({ roomId }) => roomId === made.roomId),
      'the centre sees it',
    );
  });

  it('may be repeated, also by two at once, and makes nothing twice', async () => {
    const wanted = incident({ link: LINK });
    const [first, second] = await Promise.all([open(wanted), open(wanted)]);
    assert.deepEqual(second, first);
    assert.deepEqual(await open(wanted), first);
    const { seq, bystander } = await stateOf(first.roomId);
    assert.equal(Object.keys(bystander.links).length, 1);
    await open(wanted);
    assert.equal((await stateOf(first.roomId)).seq, seq);
    const other = await open(wanted, 'second-caller');
    assert.equal(other.roomId, first.roomId);
    assert.notEqual(other.linkId, first.linkId);
  });

  it('goes on in the room that a dispatcher made for it, and where that was merged to', async () => {
    const wanted = incident();
    const { roomId } = await office.request('room.create', {
      ...{ incidentId: wanted.incidentId, title: 'By hand', drill: false, organisations: [] },
    });
    assert.equal((await open(wanted)).roomId, roomId);
    const drill = open({ ...wanted, drill: true });
    await assert.rejects(drill, { code: 'conflict' });
    const into = await open(incident());
    const lead = await city.dispatcher.enter(into.roomId);
    await city.dispatcher.enter(roomId);
    await lead.request('incident.merge', { fromRoomId: roomId }, { roomId: into.roomId });
    assert.equal((await open(wanted)).roomId, into.roomId);
  });

  it('that is over is opened again only by another wish', async () => {
    const wanted = incident();
    const { roomId } = await open(wanted);
    const lead = await city.dispatcher.enter(roomId);
    await lead.request('room.close', { reason: 'over' }, { roomId });
    await assert.rejects(open(wanted), { code: 'closed' });
    const again = await open(wanted, 'reopened');
    assert.notEqual(again.roomId, roomId);
  });

  it('names only organisations that exist', async () => {
    await assert.rejects(open(incident({ organisations: ['nowhere'] })), { code: 'bad-request' });
  });
});
