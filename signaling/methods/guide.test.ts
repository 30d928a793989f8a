import assert from 'node:assert/strict';
import type { Method, Params } from '../protocol/methods.ts';
import type { TestClient } from '../sockets/testing/client.ts';
import { Stage } from '../sockets/testing/stage.ts';

const HERE = { lat: 39.9, lon: 116.4 };
const link = { use: 'camera', need: 'arrest', helpers: 'unknown', language: 'en' } as const;

/** A room of a dispatcher with a phone in it. */
class Scene {
  readonly stage: Stage;
  readonly centre: string;
  readonly roomId: string;
  readonly desk: TestClient;

  private constructor(stage: Stage, centre: string, roomId: string, desk: TestClient) {
    this.stage = stage;
    this.centre = centre;
    this.roomId = roomId;
    this.desk = desk;
  }

  static async open(stage: Stage): Promise<Scene> {
    const centre = await stage.organisation('Centre', 'centre');
    const dispatcher = await stage.person('dispatcher', centre);
    const room = { title: 'Collapse', drill: false, organisations: [] };
    const { roomId } = await (await dispatcher.connect()).request('room.create', room);
    return new Scene(stage, centre, roomId, await dispatcher.enter(roomId));
  }

  ask<M extends Method>(who: TestClient, method: M, params: Params<M>) {
    return who.request(method, params, { roomId: this.roomId });
  }

  refused<M extends Method>(who: TestClient, method: M, params: Params<M>): Promise<string> {
    return who.refused(method, params, { roomId: this.roomId });
  }

  async phone(more: { use?: 'chest' } = {}): Promise<TestClient> {
    const { url } = await this.ask(this.desk, 'link.create', { ...link, ...more });
    return this.enter(url);
  }

  async enter(url: string): Promise<TestClient> {
    const phone = this.stage.phone();
    await phone.open(url);
    return phone.enter(this.roomId);
  }

  async bystander() {
    return (await this.stage.rooms.at(this.roomId).state()).bystander;
  }
}

describe('guiding a phone over the live connection', function () {
  this.timeout(60_000);
  let stage: Stage;
  let scene: Scene;
  let desk: TestClient;
  let phone: TestClient;
  before(async () => {
    stage = await Stage.open();
    scene = await Scene.open(stage);
    ({ desk } = scene);
    phone = await scene.phone();
  });
  after(() => stage.close());

  it('pushes a card with its version and whether it is approved; the page says that it shows it', async () => {
    const { pushId } = await scene.ask(desk, 'guidance.push', { cardId: 'aed', version: 1 });
    await scene.ask(phone, 'guidance.shown', { pushId, version: 1 });
    const { guidance } = await scene.bystander();
    assert.deepEqual(
      [guidance?.cardId, guidance?.approved, guidance?.shownBy],
      ['aed', false, [phone.peerId]],
    );
    await stage.site.guidance.approve('aed', 'Dr Li');
    await scene.ask(desk, 'guidance.push', { cardId: 'aed', version: 1 });
    assert.equal((await scene.bystander()).guidance?.approved, true);
    assert.equal(await scene.refused(desk, 'guidance.push', { cardId: 'aed', version: 2 }), 'conflict');
  });

  it('takes a card back from those who do not see the next one', async () => {
    const second = await scene.phone();
    const { pushId } = await scene.ask(desk, 'guidance.push', { cardId: 'burns', version: 1 });
    const shows = (id: string) => (state: { bystander: { guidance?: { cardId: string } } }) =>
      state.bystander.guidance?.cardId === id;
    await second.stateWhere(scene.roomId, shows('burns'), 'the card for everyone');
    await scene.ask(desk, 'guidance.push', { cardId: 'birth', version: 1, peerId: phone.peerId });
    await phone.stateWhere(scene.roomId, shows('birth'), 'the card for one');
    await second.stateWhere(scene.roomId, (state) => !state.bystander.guidance, 'no card');
    await scene.ask(desk, 'guidance.clear', { pushId });
    assert.ok(shows('birth')({ bystander: await scene.bystander() }), 'an old card clears nothing');
  });

  it('asks the one phone, which answers once', async () => {
    const asked = { peerId: phone.peerId, what: 'torch', on: true } as const;
    const { askId } = await scene.ask(desk, 'bystander.ask', asked);
    const other = await scene.phone();
    assert.equal(await scene.refused(other, 'bystander.answer', { askId, outcome: 'done' }), 'not-found');
    await scene.ask(phone, 'bystander.answer', { askId, outcome: 'unsupported' });
    assert.equal(await scene.refused(phone, 'bystander.answer', { askId, outcome: 'done' }), 'conflict');
    assert.equal(await scene.refused(phone, 'bystander.ask', asked), 'forbidden');
    const desks = { peerId: desk.peerId, what: 'torch' } as const;
    assert.equal(await scene.refused(desk, 'bystander.ask', desks), 'bad-request');
  });

  it('hands a measure on to people at work alone, and takes depth from the phone on the chest alone', async () => {
    const watcher = await (await stage.person('coordinator', scene.centre)).enter(scene.roomId);
    const measure = { source: 'video', rate: 112, confidence: 0.9, pausedMs: 0 } as const;
    await scene.ask(desk, 'cpr.measure', measure);
    assert.equal((await watcher.seen('cpr.measured')).rate, 112);
    assert.equal(await scene.refused(desk, 'cpr.measure', { ...measure, depthMm: 50 }), 'bad-request');
    assert.equal(await scene.refused(phone, 'cpr.measure', measure), 'forbidden');
    const chest = { ...measure, source: 'chest', depthMm: 52 } as const;
    assert.equal(await scene.refused(phone, 'cpr.measure', chest), 'forbidden');
    const second = await scene.phone({ use: 'chest' });
    await scene.ask(second, 'cpr.measure', chest);
    assert.equal((await watcher.seen('cpr.measured', ({ source }) => source === 'chest')).depthMm, 52);
    await desk.seen('cpr.measured', ({ source }) => source === 'chest');
    // What the phone asks is answered behind everything that was sent to it before.
    await scene.ask(phone, 'page.report', { report: { visible: true } });
    assert.deepEqual([phone.of('cpr.measured'), second.of('cpr.measured')], [[], []]);
    assert.deepEqual(
      desk.of('cpr.measured').map(({ source }) => source),
      ['chest'],
    );
  });

  it('alerts volunteers by a link of their own, once, and hears who comes', async () => {
    const address = { text: 'North Road 5', point: HERE };
    await scene.ask(desk, 'incident.setAddress', { address, source: 'dispatch' });
    const near = { lat: 39.901, lon: 116.4 };
    const { volunteerId } = await stage.site.volunteers.add({
      ...{ name: 'Zhao', phone: '+8613800138000', language: 'zh-CN', near },
    });
    const before = stage.messages.length;
    await scene.ask(desk, 'volunteer.alert', { volunteerIds: [volunteerId] });
    await scene.ask(desk, 'volunteer.alert', { volunteerIds: [volunteerId, volunteerId] });
    const [message, ...more] = stage.messages.slice(before);
    assert.deepEqual([message?.phone, more], ['+8613800138000', []]);
    const alerted = (await scene.bystander()).volunteers[volunteerId];
    assert.deepEqual([alerted?.name, alerted?.distanceM], ['Zhao', 111]);
    const volunteer = await scene.enter(message?.url ?? '');
    assert.equal(volunteer.state(scene.roomId).bystander.address?.text, 'North Road 5');
    assert.equal(phone.state(scene.roomId).bystander.address, undefined);
    await scene.ask(volunteer, 'volunteer.answer', { coming: true, etaMinutes: 4 });
    assert.equal((await scene.bystander()).volunteers[volunteerId]?.coming, true);
    assert.equal(await scene.refused(phone, 'volunteer.answer', { coming: true }), 'forbidden');
    assert.equal(await scene.refused(desk, 'volunteer.alert', { volunteerIds: ['none-such'] }), 'not-found');
  });
});

describe('guiding a phone in production', function () {
  this.timeout(60_000);
  it('refuses a card until the site has approved that version, and again when the approval is taken back', async () => {
    const stage = await Stage.open({}, true);
    try {
      const scene = await Scene.open(stage);
      const card = { cardId: 'choking', version: 1 } as const;
      assert.equal(await scene.refused(scene.desk, 'guidance.push', card), 'forbidden');
      await stage.site.guidance.approve('choking', 'Dr Li');
      await scene.ask(scene.desk, 'guidance.push', card);
      await stage.site.guidance.withdraw('choking');
      assert.equal(await scene.refused(scene.desk, 'guidance.push', card), 'forbidden');
    } finally {
      await stage.close();
    }
  });
});
