import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { openSceneStage, ROOM, type SceneStage } from '../bystander/testing/scene-stage.ts';
import { CARD_IDS, CardStanding } from '../protocol/guidance.ts';
import { VolunteersNear } from '../protocol/links.ts';
import { SYSTEM } from '../rooms/types.ts';

const HERE = { lat: 39.9, lon: 116.4 };

describe("what a dispatcher's page asks beside the live connection", function () {
  this.timeout(60_000);
  let stage: SceneStage;
  let cookie: string;
  before(async () => {
    stage = await openSceneStage();
    cookie = await stage.signIn('dispatcher');
    const add = (name: string, phone: string, near?: { lat: number; lon: number }) =>
      stage.site.volunteers.add({ name, phone, language: 'en', ...(near ? { near } : {}) });
    await add('Far', '+8613800000001', { lat: 39.95, lon: 116.4 });
    await add('Unknown', '+8613800000002');
    await add('Near', '+8613800000003', { lat: 39.901, lon: 116.4 });
  });
  after(() => stage.close());
  const volunteers = (as: string) => stage.toStaff({ path: `/api/rooms/${ROOM}/volunteers`, cookie: as });

  it('tells how each card stands, to whoever is signed in', async () => {
    await stage.site.guidance.approve('aed', 'Dr Li');
    const answer = await stage.toStaff({ path: '/api/guidance', cookie });
    const cards = z.parse(z.array(CardStanding), answer.json);
    assert.deepEqual(
      cards.map(({ cardId }) => cardId),
      [...CARD_IDS],
    );
    assert.equal(cards.find(({ cardId }) => cardId === 'aed')?.approval?.approver, 'Dr Li');
    assert.ok(
      cards.every(({ pushable }) => pushable),
      'this is no production',
    );
    assert.equal((await stage.toStaff({ path: '/api/guidance' })).status, 401);
  });

  it('tells the limits of the clocks of telephone CPR', async () => {
    const answer = await stage.toStaff({ path: '/api/tcpr', cookie });
    assert.deepEqual(answer.json, { recognisedSeconds: 90, compressingSeconds: 150 });
  });

  it('lists volunteers by name, nearest to the address first, without numbers', async () => {
    const list = async () => VolunteersNear.parse((await volunteers(cookie)).json).volunteers;
    assert.ok(
      (await list()).every(({ distanceM }) => distanceM === undefined),
      'no address yet',
    );
    const address = { text: 'North Road 5', point: HERE };
    await stage.room.execute('incident.setAddress', { address, source: 'dispatch' }, SYSTEM);
    const found = await list();
    assert.deepEqual(
      found.map(({ name, distanceM }) => [name, distanceM]),
      [
        ['Near', 111],
        ['Far', 5560],
        ['Unknown', undefined],
      ],
    );
    assert.ok(!(await volunteers(cookie)).text.includes('+86'));
  });

  it('shows volunteers to the centre alone', async () => {
    for (const username of ['paramedic', 'admin', 'cardiologist', 'observer']) {
      assert.equal((await volunteers(await stage.signIn(username))).status, 404, username);
    }
    assert.equal((await volunteers((await stage.guest()).cookie)).status, 401);
  });

  it('keeps none of it at the door of phones', async () => {
    const { cookie: phone } = await stage.guest();
    for (const path of [
      '/api/guidance',
      '/api/tcpr',
      `/api/rooms/${ROOM}/volunteers`,
      `/api/rooms/${ROOM}/photos/p1`,
    ]) {
      assert.equal((await stage.toPhones({ path, cookie: phone })).status, 404, path);
    }
  });

  it('stores names, numbers and places of volunteers sealed', async () => {
    const [first] = await stage.site.volunteers.list();
    assert.equal(first?.name, 'Far');
    const rows = await stage.database
      .withTables<{ volunteers: { sealed: string } }>()
      .query.selectFrom('volunteers')
      .selectAll()
      .execute();
    assert.ok(!/Far|1380000|39\.9/.test(JSON.stringify(rows)));
  });
});
