import assert from 'node:assert/strict';
import { LinkPage } from '../protocol/links.ts';
import { SAME_INCIDENT_MS } from './place-door.ts';
import { openSceneStage, type SceneStage } from './testing/scene-stage.ts';

const ADDRESS = { text: 'Main station, hall 2', point: { lat: 39.9, lon: 116.4 } };

describe('the fixed code of a place', function () {
  this.timeout(60_000);
  let stage: SceneStage;
  let secret: string;
  let placeId: string;
  before(async () => {
    stage = await openSceneStage();
    const made = await stage.site.places.add({ name: 'AED, main station', address: ADDRESS, kind: 'aed' });
    assert.match(made.fragment, /^p\.[A-Za-z0-9_-]{22}$/);
    secret = made.fragment.slice(2);
    placeId = made.place.placeId;
  });
  after(() => stage.close());

  const open = async (code = secret, cookie?: string) => {
    const sent = { method: 'POST', path: '/api/place/open', body: { secret: code, language: 'en' } };
    return stage.toPhones({ ...sent, ...(cookie === undefined ? {} : { cookie }) });
  };
  const page = async (cookie?: string) => {
    const answer = await open(secret, cookie);
    assert.equal(answer.status, 200, answer.text);
    return { ...LinkPage.parse(answer.json), cookies: answer.cookies };
  };
  const stateOf = (roomId: string) => stage.rooms.at(roomId).state();
  const callsOf = async (roomId: string) => Object.values((await stateOf(roomId)).help);

  it('changes nothing until it is posted', async () => {
    const before = (await stage.rooms.openRooms()).length;
    assert.equal((await stage.toPhones({ path: '/api/place/open' })).status, 405);
    assert.equal((await stage.rooms.openRooms()).length, before);
  });

  it('opens an incident with the address, which rings, and lets whoever scanned it in', async () => {
    const { roomId, place, opening, emergencyPhone, cookies } = await page();
    assert.deepEqual([place, opening, emergencyPhone], [ADDRESS, 'open', '120']);
    const state = await stateOf(roomId);
    assert.equal(state.title, 'AED, main station');
    assert.deepEqual(state.bystander.address, { ...ADDRESS, source: 'place' });
    const [call] = await callsOf(roomId);
    assert.deepEqual([call?.by, call?.answeredBy, call?.ended], ['system', undefined, undefined]);
    const token = await stage.toPhones({
      method: 'POST',
      path: '/api/link/token',
      cookie: cookies.join('; '),
      body: {},
    });
    assert.equal(token.status, 200, token.text);
  });

  it('leads everyone into the same incident for half an hour, and rings once', async () => {
    const pages = await Promise.all([page(), page(), page()]);
    const [first] = pages;
    assert.equal(new Set(pages.map(({ roomId }) => roomId)).size, 1);
    assert.equal(new Set(pages.map(({ openingId }) => openingId)).size, 3);
    assert.equal((await callsOf(first?.roomId ?? '')).length, 1);
  });

  it('is the same guest for the same browser', async () => {
    const first = await page();
    const again = await page(first.cookies.join('; '));
    assert.deepEqual([again.openingId, again.cookies], [first.openingId, []]);
  });

  it('leaves no earlier session of the same browser good', async () => {
    const first = await page();
    stage.clock.advance(SAME_INCIDENT_MS);
    const cookie = first.cookies.join('; ');
    const second = await page(cookie);
    assert.notEqual(second.roomId, first.roomId);
    assert.equal((await stage.toPhones({ path: '/api/link/me', cookie })).status, 401);
    const own = await stage.toPhones({ path: '/api/link/me', cookie: second.cookies.join('; ') });
    assert.equal(own.status, 200);
  });

  it('tells the bystander when dispatch has seen it and when it has answered, and rings no more then', async () => {
    const { roomId, openingId } = await page();
    const room = stage.rooms.at(roomId);
    const [call] = await callsOf(roomId);
    const callId = call?.callId ?? '';
    const dispatcher = {
      principalId: 'd1',
      role: 'dispatcher' as const,
      name: 'Dispatch',
      organisationId: 'o',
    };
    const viewer = {
      peerId: 'phone',
      principalId: openingId,
      role: 'bystander',
      organisationId: 'o',
    } as const;
    const reads = async () => {
      const { entries, unsubscribe } = await room.subscribe(viewer, 0, () => {});
      unsubscribe();
      const events = entries.flatMap((entry) => ('events' in entry ? entry.events : []));
      return events.map(({ type }) => type).filter((type) => type.startsWith('Help'));
    };
    assert.deepEqual(await reads(), ['HelpCalled']);
    await room.execute('help.seen', { callId }, dispatcher);
    assert.deepEqual(await reads(), ['HelpCalled', 'HelpSeen']);
    await room.execute('help.answer', { callId }, dispatcher);
    assert.deepEqual(await reads(), ['HelpCalled', 'HelpSeen', 'HelpAnswered', 'HelpEnded']);
    assert.equal((await page()).roomId, roomId);
    assert.equal((await callsOf(roomId)).length, 1, 'it is in hand');
  });

  it('rings again when the call was taken back and somebody scans once more', async () => {
    stage.clock.advance(SAME_INCIDENT_MS);
    const { roomId } = await page();
    const room = stage.rooms.at(roomId);
    const [call] = await callsOf(roomId);
    const dispatcher = { principalId: 'd1', role: 'dispatcher' as const };
    await room.execute('help.cancel', { callId: call?.callId ?? '' }, dispatcher);
    assert.equal((await page()).roomId, roomId);
    assert.equal((await callsOf(roomId)).filter(({ ended }) => ended === undefined).length, 1);
  });

  it('opens another incident after half an hour, and after the first one was closed', async () => {
    const first = await page();
    stage.clock.advance(SAME_INCIDENT_MS);
    const second = await page();
    assert.notEqual(second.roomId, first.roomId);
    const room = stage.rooms.at(second.roomId);
    await room.execute('room.close', { reason: 'over' }, { principalId: 'd1', role: 'dispatcher' });
    assert.notEqual((await page()).roomId, second.roomId);
    assert.equal((await stage.site.places.list())[0]?.incidents, 5);
  });

  it('opens nothing when it is unknown or revoked, in the same words', async () => {
    const unknown = await open('A'.repeat(22));
    await stage.site.places.revoke(placeId);
    const revoked = await open();
    assert.deepEqual([unknown.status, revoked.status, revoked.text], [410, 410, unknown.text]);
    await assert.rejects(stage.site.places.revoke('none-such'), { code: 'not-found' });
    const refusals = await stage.people.audit.list({ limit: 10 });
    assert.ok(refusals.some(({ action, allowed }) => action === 'place.open' && !allowed));
  });
});

describe('a place that is scanned again and again', function () {
  this.timeout(60_000);
  it('is refused for a while, so that nobody floods dispatch', async () => {
    const stage = await openSceneStage();
    try {
      const { fragment } = await stage.site.places.add({
        name: 'Door 3',
        address: { text: 'x' },
        kind: 'door',
      });
      const body = { secret: fragment.slice(2) };
      const statuses: number[] = [];
      for (let n = 0; n < 21; n += 1)
        statuses.push((await stage.toPhones({ method: 'POST', path: '/api/place/open', body })).status);
      assert.deepEqual([...new Set(statuses)], [200, 429]);
    } finally {
      await stage.close();
    }
  });
});
