import assert from 'node:assert/strict';
import type { Answer } from '../http/testing/door.ts';
import { type NewLink, UNOPENED_MS } from '../protocol/links.ts';
import { MAX_OPENINGS } from '../rooms/deciders/links.ts';
import type { City } from '../sockets/testing/city.ts';
import type { TestClient } from '../sockets/testing/client.ts';
import { SECOND_PHONE_MS } from './making.ts';
import { type LinkScene, openLinkScene } from './testing/link-scene.ts';

const NEW_LINK = { use: 'camera', need: 'bleeding', helpers: 'alone', language: 'en' } as const;

function reasonOf(answer: Answer): unknown {
  const { json } = answer;
  const details = typeof json === 'object' && json !== null && 'details' in json ? json.details : undefined;
  return typeof details === 'object' && details !== null && 'reason' in details ? details.reason : undefined;
}

describe('a link ends', () => {
  let scene: LinkScene;
  let city: City;
  let roomId: string;
  let office: TestClient;
  beforeEach(async () => {
    scene = await openLinkScene(NEW_LINK);
    ({ city, roomId, office } = scene);
  });
  afterEach(() => scene.close());

  const make = (more: Partial<NewLink> = {}) => scene.make(more);
  const linkOf = (linkId: string) => scene.linkOf(linkId);
  const goLive = (url: string) => scene.goLive(url);

  it('after 15 minutes unopened, by the sweep', async () => {
    const { linkId, url } = await make();
    const opened = await make();
    await city.stage.phone().open(opened.url);
    city.stage.linkClock.advance(UNOPENED_MS - 1);
    await city.stage.links.sweep();
    assert.equal((await linkOf(linkId)).ended, undefined);
    city.stage.linkClock.advance(1);
    await city.stage.links.sweep();
    assert.equal((await linkOf(linkId)).ended, 'unopened');
    assert.equal((await linkOf(opened.linkId)).ended, undefined);
    const late = await city.stage.phone().tap(url);
    assert.deepEqual([late.status, late.code, reasonOf(late)], [410, 'closed', 'unopened']);
  });

  it('after 15 minutes unopened, by the tap that comes too late, also after a restart', async () => {
    const { linkId, url } = await make();
    await city.stage.restart();
    city.stage.linkClock.advance(UNOPENED_MS);
    const late = await city.stage.phone().tap(url);
    assert.equal(reasonOf(late), 'unopened');
    assert.equal((await linkOf(linkId)).ended, 'unopened');
  });

  it('not because the clock of the machine was set', async () => {
    const { linkId, url } = await make();
    const { linkClock } = city.stage;
    linkClock.setNow(linkClock.now() + 86_400_000);
    await city.stage.links.sweep();
    assert.equal((await linkOf(linkId)).ended, undefined);
    linkClock.setNow(linkClock.now() - 2 * 86_400_000);
    linkClock.advance(UNOPENED_MS);
    await city.stage.links.sweep();
    assert.equal((await linkOf(linkId)).ended, 'unopened');
    assert.equal((await city.stage.phone().tap(url)).status, 410);
  });

  it('when it is revoked: the peer leaves at once and its page can say why', async () => {
    const { linkId, url } = await make();
    const { phone, client } = await goLive(url);
    await office.request('link.revoke', { linkId }, { roomId });
    await client.seen('session.ended', ({ reason }) => reason === 'removed');
    for (const answer of [await phone.send({ path: '/api/link/me' }), await phone.post('/api/link/ask')]) {
      assert.deepEqual([answer.code, reasonOf(answer)], ['closed', 'revoked']);
    }
    assert.equal(reasonOf(await phone.post('/api/link/token')), 'revoked');
    assert.equal(reasonOf(await phone.tap(url)), 'revoked');
    assert.equal((await linkOf(linkId)).misused, 0, 'its own page is no stranger');
    await office.request('link.revoke', { linkId }, { roomId });
  });

  it('when the bystander is released: thanked, told whom to call, and gone with the second phone', async () => {
    const { linkId, url } = await make();
    const { phone, client } = await goLive(url);
    const second = await client.request('link.second', { use: 'chest' }, { roomId });
    const chest = await goLive(second.url);
    await office.request('bystander.release', { peerId: client.peerId }, { roomId });
    await client.seen('session.ended', ({ reason }) => reason === 'removed');
    await chest.client.seen('session.ended', ({ reason }) => reason === 'removed');
    assert.ok(
      client.state(roomId).bystander.pages[client.peerId]?.releasedBy,
      'the page hears it before it leaves',
    );
    const me = await phone.send({ path: '/api/link/me' });
    assert.equal(reasonOf(me), 'released');
    assert.match(me.text, /"supportPhone":"\+8675500000"/);
    assert.equal((await linkOf(linkId)).ended, 'released');
    assert.equal((await linkOf(second.linkId)).ended, 'released');
    assert.equal((await city.stage.rooms.at(roomId).state()).phase, 'open', 'the room goes on');
  });

  it('with the room', async () => {
    const { linkId, url } = await make();
    const { phone } = await goLive(url);
    await office.request('room.close', { reason: 'over' }, { roomId });
    assert.equal((await linkOf(linkId)).ended, 'room-closed');
    assert.equal(reasonOf(await phone.send({ path: '/api/link/me' })), 'room-closed');
    const stranger = await city.stage.phone().tap(url);
    assert.deepEqual([stranger.code, reasonOf(stranger)], ['closed', 'room-closed']);
    city.stage.linkClock.advance(UNOPENED_MS);
    await city.stage.links.sweep();
  });

  it('when it is sent again, before anybody is live', async () => {
    const { linkId, url } = await make({ phone: '+8613800000000' });
    const waiting = city.stage.phone();
    await waiting.open(url);
    const outside = await waiting.enter(roomId);
    const next = await office.request('link.resend', { linkId, way: 'sms' }, { roomId });
    assert.notEqual(next.url, url);
    assert.equal((await linkOf(linkId)).ended, 'replaced');
    await outside.seen('session.ended', ({ reason }) => reason === 'removed');
    assert.equal(reasonOf(await waiting.tap(url)), 'replaced');
    assert.deepEqual(
      city.stage.messages.map(({ url: sent }) => sent),
      [url, next.url],
    );
    const { need, helpers, phone } = await linkOf(next.linkId);
    assert.deepEqual([need, helpers, phone], ['bleeding', 'alone', '+8613800000000']);
    assert.equal(await office.refused('link.resend', { linkId, way: 'qr' }, { roomId }), 'conflict');
    await goLive(next.url);
    const third = await office.refused('link.resend', { linkId: next.linkId, way: 'qr' }, { roomId });
    assert.equal(third, 'conflict');
  });

  it('and one that nobody opened in time can be sent again', async () => {
    const { linkId } = await make();
    city.stage.linkClock.advance(UNOPENED_MS);
    await city.stage.links.sweep();
    const next = await office.request('link.resend', { linkId, way: 'qr' }, { roomId });
    assert.equal((await city.stage.phone().open(next.url)).opening, 'open');
    assert.equal((await linkOf(linkId)).ended, 'unopened');
  });

  it('refuses who comes after, and tells the dispatcher without filling the log', async () => {
    const { linkId, url } = await make();
    await office.request('link.revoke', { linkId }, { roomId });
    const before = (await city.stage.rooms.at(roomId).state()).seq;
    for (let tries = 0; tries < 9; tries += 1) {
      assert.equal((await city.stage.phone().tap(url)).code, 'closed');
    }
    const state = await city.stage.rooms.at(roomId).state();
    assert.equal(state.bystander.links[linkId]?.misused, 8);
    assert.equal(state.seq - before, 4, 'the 1st, 2nd, 4th and 8th');
  });

  it('takes so many browsers and no more, and says that it was passed around', async () => {
    const { linkId, url } = await make();
    for (let count = 0; count < MAX_OPENINGS; count += 1) await city.stage.phone().open(url);
    const more = await city.stage.phone().tap(url);
    assert.deepEqual([more.status, more.code], [409, 'conflict']);
    assert.equal(more.cookies.length, 0);
    assert.equal((await linkOf(linkId)).misused, 1);
  });
});

describe('a second phone', () => {
  let scene: LinkScene;
  let city: City;
  let roomId: string;
  let office: TestClient;
  before(async () => {
    scene = await openLinkScene(NEW_LINK);
    ({ city, roomId, office } = scene);
  });
  after(() => scene.close());

  it('comes by the code on the first, which must be live, twice at most and for ten minutes', async () => {
    const { url } = await scene.make();
    const phone = city.stage.phone();
    await phone.open(url);
    const client = await phone.enter(roomId);
    assert.equal(await client.refused('link.second', { use: 'chest' }, { roomId }), 'forbidden');
    assert.equal(await office.refused('link.second', { use: 'chest' }, { roomId }), 'forbidden');
    await client.request('link.goLive', {}, { roomId });
    const chest = await client.request('link.second', { use: 'chest' }, { roomId });
    const camera = await client.request('link.second', { use: 'camera' }, { roomId });
    assert.equal(await client.refused('link.second', { use: 'camera' }, { roomId }), 'conflict');
    const other = city.stage.phone();
    const page = await other.open(chest.url);
    assert.deepEqual([page.use, page.need, page.opening], ['chest', 'bleeding', 'open']);
    const onChest = await other.enter(roomId);
    await onChest.request('link.goLive', {}, { roomId });
    assert.equal(await onChest.refused('link.second', { use: 'camera' }, { roomId }), 'forbidden');
    city.stage.linkClock.advance(SECOND_PHONE_MS);
    await city.stage.links.sweep();
    const { links } = (await city.stage.rooms.at(roomId).state()).bystander;
    assert.deepEqual([links[chest.linkId]?.ended, links[camera.linkId]?.ended], [undefined, 'unopened']);
    const next = await client.request('link.second', { use: 'camera' }, { roomId });
    assert.equal((await city.stage.phone().open(next.url)).opening, 'open');
  });
});
