import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Params } from '../../signaling/protocol/methods.ts';
import type { BystanderState } from '../../signaling/protocol/state-bystander.ts';
import { LISTEN, offBeat, waitForBeats } from '../pages/v-beats.ts';
import { film, openScene, type Scene } from './scene.ts';

/** What the metronome may be off the room's beat, and the error of two pages reading the same clock. */
const DRIFT_MS = 15;

describe('The help of the bystander page, with the real service', function () {
  this.timeout(120_000);
  let scene: Scene;
  before(async () => {
    scene = await openScene({ recorder: false, args: ['--bystander.supportPhone', '12320-5'] });
  });
  after(() => scene?.close());

  const words = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
  const press = (page: Page, name: string) => page.getByRole('button', { name }).tap();
  const metronome = (params: Params<'metronome.set'>) =>
    scene.dispatcher.evaluate((set) => window.harness.session?.request('metronome.set', set), params);
  let phone: Page;
  let peerId: string;

  it('beats with the room: what the phone plays is what every other device counts', async () => {
    const link = await scene.link({ need: 'arrest' });
    phone = await scene.phone(link.url, { before: LISTEN });
    const { metronome: set } = await scene.until(
      (state) => state.metronome?.on === true,
      'the metronome as a fact',
    );
    assert.equal(set?.source, 'page');
    const { pages } = await scene.until(
      (state) => Object.keys(state.pages).length === 1,
      'the report of the phone',
    );
    peerId = Object.keys(pages)[0] ?? '';
    // The beat glides onto the room's within seven beats; ten later it is there.
    const clicks = (await waitForBeats(phone, 'clicks', 26)).slice(-10);
    const origin = await phone.evaluate(() => performance.timeOrigin);
    const room = await scene.dispatcher.evaluate(() => ({
      time: window.harness.session?.roomTime ?? Number.NaN,
      utc: performance.timeOrigin + performance.now(),
    }));
    const period = 60_000 / (set?.rate ?? Number.NaN);
    const off = clicks.map((click) => {
      const since = click + origin - room.utc + room.time - (set?.at ?? Number.NaN);
      return Math.abs(since - Math.round(since / period) * period);
    });
    off.sort((a, b) => a - b);
    assert.ok((off.at(-1) ?? Number.NaN) <= DRIFT_MS, `${off.map(Math.round)} ms off the room's beat`);
    assert.ok((offBeat(clicks, set?.rate ?? 0).at(-1) ?? Number.NaN) <= DRIFT_MS);
  });

  it('follows the dispatcher, who stops the beat and starts it at the measured rate', async () => {
    await metronome({ on: false, source: 'dispatcher' });
    await words(phone, /stopped the beat/);
    await metronome({ on: true, source: 'dispatcher' });
    await words(phone, '110 a minute');
    await metronome({ on: true, rate: 118, source: 'measured' });
    await words(phone, '118 a minute');
  });

  it('shows the card that the dispatcher pushes, and says which version it showed', async () => {
    const { pushId } = await scene.dispatcher.evaluate(async () => {
      const { session } = window.harness;
      if (!session) throw new Error('join first');
      return session.request('guidance.push', { cardId: 'aed', version: 1 });
    });
    await words(phone, 'The emergency centre shows you:');
    const { guidance } = await scene.until(
      (state) => (state.guidance?.shownBy.length ?? 0) > 0,
      'the card shown',
    );
    assert.equal(guidance?.pushId, pushId);
  });

  it('tells dispatch of "moves or breathes", also when it was pressed without a network', async () => {
    await phone.context().setOffline(true);
    await words(phone, /No internet: help goes on/);
    await press(phone, 'Moves or breathes');
    await words(phone, /Tell 120 on the phone/);
    await phone.context().setOffline(false);
    const state = await scene.until(({ metronome: set }) => set?.on === false, 'the beat stopped');
    assert.deepEqual([state.metronome?.source, state.metronome?.reason], ['bystander', 'moves-or-breathes']);
    await scene.until(({ cpr }) => cpr.marks.some(({ mark }) => mark === 'breathes'), 'the mark');
    await words(phone, /emergency centre was told/);
  });

  it('comes back after a reload as it was, without a tap', async () => {
    await phone.reload();
    await words(phone, 'Connected to the emergency centre');
    await words(phone, /onto their side/);
    const { pages } = await scene.bystander();
    assert.deepEqual(Object.keys(pages), [peerId], 'the same peer');
  });

  it('asks to be let in where another browser films, helps meanwhile, and is let in or refused', async () => {
    const link = await scene.link({ need: 'bleeding' });
    const first = await scene.phone(link.url);
    await film(first);
    const second = await scene.phone(link.url);
    await words(second, 'Asking to be let in');
    await second.waitForSelector('.card ol');
    const asking = ({ links }: BystanderState) =>
      Object.entries(links[link.linkId]?.openings ?? {}).find(([, { state }]) => state === 'asking')?.[0];
    const answer = (openingId: string | undefined, admitted: boolean) =>
      scene.dispatcher.evaluate((given) => window.harness.session?.request('link.answer', given), {
        ...{ linkId: link.linkId, openingId: openingId ?? '', admitted },
      });
    await answer(
      asking(await scene.until((state) => asking(state) !== undefined, 'a browser that asks')),
      false,
    );
    await words(second, /did not let this browser in/);
    const third = await scene.phone(link.url);
    await answer(
      asking(await scene.until((state) => asking(state) !== undefined, 'another that asks')),
      true,
    );
    await third.waitForSelector('.camera');
    // The browser whose place was taken asks by itself to come back, and helps on.
    await words(first, /Asking to be let in|Another phone is filming now/);
    await first.waitForSelector('.card ol');
  });

  it('thanks whoever is released, and says whom to call', async () => {
    await scene.dispatcher.evaluate(
      (id) => window.harness.session?.request('bystander.release', { peerId: id }),
      peerId,
    );
    await words(phone, /Thank you/);
    await words(phone, /12320-5/);
    await phone.reload();
    assert.equal(await phone.locator('#tap').count(), 1, 'the link is forgotten');
  });

  it('says that a link was revoked, on a page that is open and on one that opens it later', async () => {
    const link = await scene.link({ need: 'choking' });
    const open = await scene.phone(link.url);
    await words(open, 'Connected to the emergency centre');
    await scene.dispatcher.evaluate(
      (id) => window.harness.session?.request('link.revoke', { linkId: id }),
      link.linkId,
    );
    await words(open, 'The emergency centre closed this link');
    await words(await scene.phone(link.url), 'The emergency centre closed this link');
  });

  it('throws nothing in all this, and breaks no rule of the Content-Security-Policy', () => {
    assert.deepEqual(scene.errors, []);
  });
});
