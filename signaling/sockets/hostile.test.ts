import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newId } from '../../platform/ids.ts';
import { METHODS_TABLE } from '../methods/table.ts';
import { ALL_METHODS, SAMPLES } from '../methods/testing/samples.ts';
import type { MethodTable } from '../methods/types.ts';
import type { Method, Reply } from '../protocol/methods.ts';
import { BareClient } from './testing/bare-client.ts';
import { type City, openCity } from './testing/city.ts';
import { type TestClient, until } from './testing/client.ts';

const TABLE: MethodTable = METHODS_TABLE;
const unlimited = { points: 1_000_000, window: 1 };
const ABOUT_ROOMS = ALL_METHODS.filter((method) => TABLE[method].who !== 'signed-in');

function codeOf(reply: Reply): string {
  return reply.ok ? 'ok' : reply.error.code;
}

describe('every method', () => {
  let city: City;
  let roomId: string;
  let crew: TestClient;
  let stranger: TestClient;
  before(async () => {
    city = await openCity({
      limits: { fact: unlimited, media: unlimited, volatile: unlimited, join: unlimited },
    });
    roomId = await city.openRoom();
    crew = await city.crew.enter(roomId);
    stranger = await city.stage.person('partner', city.organisations.foreign).then((p) => p.connect());
  });
  after(() => city.stage.close());

  const send = (client: TestClient, method: Method, params: unknown, to = roomId) =>
    client.reply(method, params, { roomId: to, commandId: newId() });

  for (const method of ALL_METHODS) {
    it(`${method} refuses what does not fit its parser`, async () => {
      const wrong: unknown[] = [42, 'text', null, [], [SAMPLES[method]], { ...SAMPLES[method], surprise: 1 }];
      if (Object.keys(SAMPLES[method]).length > 0) {
        const nulls = Object.keys(SAMPLES[method]).map((key): [string, null] => [key, null]);
        wrong.push({ ...SAMPLES[method], ...Object.fromEntries(nulls) });
      }
      for (const params of wrong) {
        const reply = await send(crew, method, params);
        const nullable = method === 'room.spotlight' && params === wrong.at(-1);
        assert.equal(codeOf(reply), nullable ? 'ok' : 'bad-request', JSON.stringify(params));
      }
    });

    it(`${method} refuses a large message`, async () => {
      const large = await send(crew, method, { ...SAMPLES[method], surprise: 'x'.repeat(100_000) });
      assert.equal(codeOf(large), 'bad-request');
    });
  }

  for (const method of ABOUT_ROOMS) {
    it(`${method} answers in the same words for a room that is foreign and for one that is not there`, async () => {
      const foreign = await send(stranger, method, SAMPLES[method], roomId);
      const nowhere = await send(stranger, method, SAMPLES[method], newId());
      const early = await stranger.reply(method, SAMPLES[method], { commandId: newId() });
      assert.equal(codeOf(foreign), 'not-found');
      assert.deepEqual(nowhere, foreign);
      assert.deepEqual(early, foreign);
    });

    it(`${method} of someone who has not joined yet is refused with a code`, async () => {
      const early = await city.coordinator.connect();
      const reply = await send(early, method, SAMPLES[method]);
      const may = TABLE[method].who === 'outsider';
      assert.ok(may ? reply.ok : !reply.ok, JSON.stringify(reply));
      assert.ok(may || codeOf(reply) === 'not-found');
      early.close();
    });
  }

  it('that changes facts asks for a commandId', async () => {
    for (const method of ALL_METHODS.filter((name) => TABLE[name].command)) {
      const reply = await crew.reply(method, SAMPLES[method], { roomId });
      assert.equal(codeOf(reply), 'bad-request', method);
    }
  });

  it('of a room that has closed answers `closed` to those who were there', async () => {
    const other = await city.openRoom();
    const office = await city.dispatcher.enter(other);
    const late = await city.crew.enter(other);
    await office.request('room.close', { reason: 'over' }, { roomId: other });
    await late.stateWhere(other, ({ phase }) => phase === 'closed', 'the end');
    for (const method of ABOUT_ROOMS.filter((name) => TABLE[name].who === 'peer')) {
      assert.equal(codeOf(await send(late, method, SAMPLES[method], other)), 'closed', method);
    }
    for (const method of ['help.seen', 'help.answer'] as const) {
      assert.notEqual(codeOf(await send(office, method, SAMPLES[method], other)), 'ok', method);
    }
  });

  it('that does not exist, and every envelope that is none, is refused', async () => {
    assert.equal(await crew.refused('constructor', {}), 'unknown-method');
    assert.equal(await crew.refused('room.destroy', {}), 'unknown-method');
    const envelopes = [undefined, null, 1, 'x', [], {}, { method: 1 }, { method: 'x', extra: 1 }];
    for (const envelope of envelopes) assert.equal(codeOf(await crew.raw(envelope)), 'bad-request');
    const slow = { method: 'clock.sync', params: {}, deadlineMs: 10_000_000 };
    assert.equal(codeOf(await crew.raw(slow)), 'bad-request');
    const long = { method: 'x'.repeat(65), params: {} };
    assert.equal(codeOf(await crew.raw(long)), 'too-large');
  });

  it('may be surrounded by noise: other events, no acknowledgement, binary', async () => {
    crew.socket.emit('request', { method: 'clock.sync', params: {} });
    crew.socket.emit('something', { a: 1 }, 'else');
    assert.equal(codeOf(await crew.raw({ method: 'clock.sync', params: Buffer.alloc(100) })), 'bad-request');
    await crew.request('clock.sync', {});
  });

  it('answers any JSON at all with a code of the contract and goes on', async () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({
        method: fc.constantFrom(...ALL_METHODS.filter((name) => name !== 'room.leave')),
        params: fc.jsonValue(),
        roomId: fc.constantFrom(roomId, 'none', '', undefined),
        commandId: fc.oneof(fc.uuid(), fc.string(), fc.constant(undefined)),
      }),
    );
    const answered = fc.asyncProperty(anything, async (payload) => {
      const reply = await crew.raw(payload);
      assert.notEqual(codeOf(reply), 'internal', JSON.stringify(payload));
    });
    await fc.assert(answered, { numRuns: 500, seed: 20_261_120 });
    await crew.request('clock.sync', {});
  }).timeout(30_000);

  it('refuses what is nested deeper than a stack can follow', async () => {
    const bare = new BareClient(city.stage.url, city.dispatcher.cookie);
    const token = await city.dispatcher.token(roomId);
    const join = { method: 'room.join', roomId, params: { token, peerId: newId(), speaksHere: false } };
    assert.match(await bare.request(0, join), /"ok":true/);
    const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
    const lines = [
      deep,
      `{"method":"clock.sync","params":${deep}}`,
      `{"method":"media.start","roomId":"${roomId}","params":{"rtpCapabilities":${deep}}}`,
    ];
    for (const [index, line] of lines.entries()) {
      assert.match(await bare.requestText(index + 1, line), /"code":"bad-request"/, line.slice(0, 80));
    }
    assert.match(await bare.requestText(9, '{"method":"clock.sync","params":{}}'), /"ok":true/);
    bare.ws.terminate();
  });

  it('is still there for others after a message that is too large to read', async () => {
    const giant = await city.coordinator.enter(roomId);
    giant.socket.emit('request', { method: 'clock.sync', params: 'x'.repeat(200_000) });
    await until(() => !giant.socket.connected, 'the end of the connection');
    await giant.connected();
    await crew.request('clock.sync', {});
  });
});
