import assert from 'node:assert/strict';
import { Limits, type Sender } from './limits.ts';
import { type City, openCity } from './testing/city.ts';
import { until } from './testing/client.ts';

const roomy = { points: 1_000, window: 60 };
const config = {
  limits: { fact: { points: 10, window: 60 }, media: roomy, volatile: roomy, join: roomy },
  personFactor: 2,
  addressFactor: 10,
};
const sender = (connectionId: string, principalId = connectionId): Sender => ({
  connectionId,
  principalId,
  address: '192.0.2.1',
});

describe('limits', () => {
  async function kinds(limits: Limits, from: Sender, times: number): Promise<string[]> {
    const seen: string[] = [];
    for (let n = 0; n < times; n += 1) seen.push((await limits.judge('fact', from)).kind);
    return seen;
  }

  it('let go, then slow, then refuse, then cut off', async () => {
    const seen = await kinds(new Limits(config), sender('a'), 61);
    assert.deepEqual(
      [0, 9, 10, 19, 20, 59, 60].map((index) => seen[index]),
      ['go', 'go', 'slow', 'slow', 'refuse', 'refuse', 'cut'],
    );
  });

  it('count a person over all connections', async () => {
    const limits = new Limits(config);
    await kinds(limits, sender('a', 'p'), 20);
    await kinds(limits, sender('b', 'p'), 20);
    assert.deepEqual(await kinds(limits, sender('c', 'p'), 1), ['refuse']);
    assert.deepEqual(await kinds(limits, sender('d', 'q'), 1), ['go']);
  });

  it('do not let one flooder use up what others behind the same address need', async () => {
    const limits = new Limits(config);
    await kinds(limits, sender('flood'), 10_000);
    assert.deepEqual(await kinds(limits, sender('a'), 10), Array(10).fill('go'));
  });

  it('keep the classes apart', async () => {
    const limits = new Limits(config);
    await kinds(limits, sender('a'), 30);
    assert.equal((await limits.judge('media', sender('a'))).kind, 'go');
  });
});

describe('a flood', () => {
  let city: City;
  beforeEach(async () => {
    city = await openCity({
      limits: { fact: { points: 40, window: 2 }, media: roomy, volatile: roomy, join: roomy },
      maxPending: 200,
    });
  });
  afterEach(() => city.stage.close());

  const chat = (text: string) => ({ text, patientId: 'scene', to: 'room' }) as const;

  it('is cut off, while everyone else is answered at once and loses nothing', async () => {
    const roomId = await city.openRoom();
    const flooder = await city.specialist.enter(roomId);
    const doctor = await city.coordinator.enter(roomId);
    flooder.socket.io.reconnection(false);
    const codes: string[] = [];
    for (let n = 0; n < 2_000; n += 1) {
      flooder
        .reply('chat.send', chat(`flood ${n}`), { roomId, commandId: `f${n}` })
        .then((reply) => codes.push(reply.ok ? 'ok' : reply.error.code))
        .catch(() => codes.push('gone'));
    }
    // Sent behind two thousand messages of the flood: each must be through before the flood's slowed ones are.
    for (let n = 0; n < 20; n += 1) await doctor.request('chat.send', chat(`word ${n}`), { roomId });
    const before = (await city.stage.rooms.at(roomId).state()).messages;
    assert.equal(before.filter(({ text }) => text.startsWith('word')).length, 20);
    assert.ok(before.length <= 20 + 40, `${before.length - 20} messages of the flood came first`);
    await until(() => !flooder.socket.connected, 'the end of the flooder');
    assert.ok(codes.includes('too-many'));
    assert.deepEqual(doctor.of('session.ended'), []);
  });

  it('is told when to try again', async () => {
    const roomId = await city.openRoom();
    const doctor = await city.specialist.enter(roomId);
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => doctor.reply('room.destroy', {}, { roomId })),
    );
    const refused = replies.flatMap((reply) =>
      !reply.ok && reply.error.code === 'too-many' ? [reply.error.retryAfterMs ?? 0] : [],
    );
    assert.equal(refused.length, 20);
    assert.ok(refused.every((ms) => ms > 0 && ms <= 2_000));
  });
});
