import assert from 'node:assert/strict';
import { newId } from '../../platform/ids.ts';
import { LinkPage, type NewLink } from '../protocol/links.ts';
import type { RoomState } from '../protocol/state.ts';
import type { LinkState } from '../protocol/state-bystander.ts';
import type { City } from '../sockets/testing/city.ts';
import { type TestClient, until } from '../sockets/testing/client.ts';
import { type LinkScene, openLinkScene } from './testing/link-scene.ts';

const NEW_LINK = { use: 'camera', need: 'arrest', helpers: 'two', language: 'zh-CN' } as const;

describe('a link to a phone', () => {
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
  const linkState = (state: RoomState, linkId: string): LinkState => {
    const link = state.bystander.links[linkId];
    assert.ok(link, 'the dispatcher knows the link');
    return link;
  };
  const seen = async (linkId: string, holds: (link: LinkState) => boolean, what: string) => {
    await office.stateWhere(roomId, (state) => holds(linkState(state, linkId)), what);
  };
  const stateOf = () => scene.state();

  it('leads from one tap to a live peer, step by step before the dispatcher', async () => {
    const { linkId, url } = await make({ phone: '+8613800000000', name: 'Neighbour' });
    assert.match(url, /^https:\/\/stage\.example\/v#[A-Za-z0-9_-]{22}$/);
    assert.deepEqual(
      city.stage.messages.map(({ phone, url: sent, language }) => ({ phone, sent, language })),
      [{ phone: '+8613800000000', sent: url, language: 'zh-CN' }],
    );
    await seen(linkId, ({ sent }) => sent?.way === 'sms', 'the sending');
    const phone = city.stage.phone();
    const page = await phone.open(url, 'Chrome');
    assert.equal(page.opening, 'open');
    assert.deepEqual([page.need, page.helpers, page.emergencyPhone], ['arrest', 'two', '120']);
    await seen(linkId, ({ openings }) => openings[page.openingId]?.browser === 'Chrome', 'the opening');
    const peer = await phone.enter(roomId);
    assert.equal((await stateOf()).peers[peer.peerId]?.name, 'Neighbour');
    const kept = await city.stage.people.directory.principal(page.openingId);
    assert.equal(kept?.name, '现场人员', 'no name stands in the tables');
    await peer.request('notice.accept', { version: page.noticeVersion, language: 'zh-CN' }, { roomId });
    await peer.request('link.goLive', {}, { roomId });
    await seen(linkId, ({ boundTo }) => boundTo === page.openingId, 'the binding');
    await peer.request('link.goLive', {}, { roomId });
    const { pages, links } = (await stateOf()).bystander;
    assert.equal(pages[peer.peerId]?.noticeVersion, page.noticeVersion);
    assert.equal(links[linkId]?.openings[page.openingId]?.state, 'live');
    phone.close();
  });

  it('is not changed by anything that only looks', async () => {
    const { url } = await make();
    const { seq } = await stateOf();
    const secret = new URL(url).hash.slice(1);
    const phone = city.stage.phone();
    const paths = ['/v', `/v?${secret}`, `/v/${secret}`, '/api/link/open', `/api/link/open?secret=${secret}`];
    for (const path of [...paths, '/api/link/me', '/api/link/ask', '/api/link/token']) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const answer = await phone.send({ method, path });
        assert.ok([401, 404, 405].includes(answer.status), `${method} ${path}: ${answer.status}`);
      }
    }
    assert.equal((await stateOf()).seq, seq);
    assert.equal(phone.cookie, undefined);
  });

  it('binds to whoever goes live; other openings leave by themselves and ask', async () => {
    const { linkId, url } = await make();
    const [first, second] = [city.stage.phone(), city.stage.phone()];
    const page = await first.open(url, 'In-app');
    const other = await second.open(url, 'Safari');
    assert.equal(other.opening, 'open');
    const outside = await second.enter(roomId);
    const live = await first.enter(roomId);
    await live.request('link.goLive', {}, { roomId });
    await outside.seen('session.ended', ({ reason }) => reason === 'removed');
    assert.deepEqual(Object.keys((await stateOf()).peers).includes(outside.peerId), false);
    const refused = await second.post('/api/link/token');
    assert.equal(refused.code, 'not-found');
    const me = LinkPage.parse((await second.send({ path: '/api/link/me' })).json);
    assert.equal(me.opening, 'ended');
    const { seq } = await stateOf();
    assert.equal(await second.ask(), 'ended', 'a page that gave way and polls asks for nothing');
    assert.equal((await second.open(url)).opening, 'ended', 'nor does a reload');
    assert.equal((await stateOf()).seq, seq);
    assert.equal(await second.ask(true), 'asking');
    assert.equal(await second.ask(true), 'asking');
    await office.request('link.answer', { linkId, openingId: other.openingId, admitted: true }, { roomId });
    await live.seen('session.ended', ({ reason }) => reason === 'removed');
    assert.equal(await second.ask(), 'live');
    const again = await second.enter(roomId);
    await again.request('link.goLive', {}, { roomId });
    assert.equal((await stateOf()).bystander.links[linkId]?.boundTo, other.openingId);
    assert.notEqual(page.openingId, other.openingId);
    assert.equal(
      await office.refused('link.answer', answerTo(linkId, page.openingId), { roomId }),
      'conflict',
    );
  });

  it('that is bound lets a later browser ask, and the dispatcher refuse it', async () => {
    const { linkId, url } = await make();
    const [first, second] = [city.stage.phone(), city.stage.phone()];
    await first.open(url);
    const live = await first.enter(roomId);
    await live.request('link.goLive', {}, { roomId });
    const page = await second.open(url);
    assert.equal(page.opening, 'asking');
    assert.equal((await second.post('/api/link/token')).code, 'not-found');
    await office.request('link.answer', answerTo(linkId, page.openingId, false), { roomId });
    assert.equal(await second.ask(), 'refused');
    assert.equal(await second.ask(), 'refused', 'a refusal is not asked away');
    assert.equal((await second.tap(url)).status, 200);
    assert.equal(await second.ask(), 'refused');
    assert.equal(live.of('session.ended').length, 0);
  });

  it('survives a reload as the same session, opening and peer', async () => {
    const { url } = await make();
    const phone = city.stage.phone();
    const page = await phone.open(url);
    const before = await phone.enter(roomId);
    await before.request('link.goLive', {}, { roomId });
    before.close();
    const me = LinkPage.parse((await phone.send({ path: '/api/link/me' })).json);
    assert.deepEqual([me.openingId, me.opening], [page.openingId, 'live']);
    const after = await phone.enter(roomId, before.peerId);
    await after.request('link.goLive', {}, { roomId });
    const again = await phone.open(url);
    assert.equal(again.openingId, page.openingId, 'the SMS tapped again is the same opening');
    const { peers, bystander } = await stateOf();
    assert.equal(Object.values(peers).filter(({ role }) => role === 'bystander').length, 1);
    assert.equal(Object.keys(bystander.links[me.linkId]?.openings ?? {}).length, 1);
  });

  it('goes on over a restart of the server in the middle', async () => {
    const { linkId, url } = await make();
    const unopened = await make();
    const phone = city.stage.phone();
    const page = await phone.open(url);
    const peer = await phone.enter(roomId);
    await peer.request('link.goLive', {}, { roomId });
    await city.stage.restart();
    await until(() => peer.socket.connected, 'the phone is back');
    await peer.join(roomId, await phone.token(), { speaksHere: false });
    const { bystander } = await stateOf();
    assert.equal(bystander.links[linkId]?.boundTo, page.openingId);
    const me = LinkPage.parse((await phone.send({ path: '/api/link/me' })).json);
    assert.equal(me.opening, 'live');
    const late = city.stage.phone();
    assert.equal((await late.open(unopened.url)).opening, 'open');
    city.stage.linkClock.advance(60_000);
    await city.stage.links.sweep();
    assert.equal((await stateOf()).bystander.links[unopened.linkId]?.ended, undefined);
  });

  it('takes a browser out of the room of another link, and leaves no old cookie good', async () => {
    const [first, second] = [await make(), await make()];
    const phone = city.stage.phone();
    const page = await phone.open(first.url);
    const peer = await phone.enter(roomId);
    const old = phone.cookie;
    const next = await phone.open(second.url);
    assert.notEqual(next.openingId, page.openingId);
    await peer.seen('session.ended');
    await until(async () => !(peer.peerId in (await stateOf()).peers), 'the peer has left');
    const stale = await phone.send({ path: '/api/link/me', cookie: old ?? '' });
    assert.equal(stale.code, 'unauthenticated');
  });

  it('is made once per command, with one message', async () => {
    const commandId = newId();
    const params = { ...NEW_LINK, phone: '+8613800000000' };
    const first = await office.request('link.create', params, { roomId, commandId });
    const second = await office.request('link.create', params, { roomId, commandId });
    assert.deepEqual(second, first);
    assert.equal(new Set(city.stage.messages.map(({ messageId }) => messageId)).size, 1);
    assert.equal(Object.keys((await stateOf()).bystander.links).length, 1);
  });
});

function answerTo(linkId: string, openingId: string, admitted = true) {
  return { linkId, openingId, admitted };
}
