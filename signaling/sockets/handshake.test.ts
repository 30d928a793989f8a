import assert from 'node:assert/strict';
import { type City, openCity } from './testing/city.ts';
import type { TestClient } from './testing/client.ts';

/** The refusal of a connection that is not admitted. */
function refusal(client: TestClient): Promise<{ message: string; data: unknown }> {
  client.socket.io.reconnection(false);
  return new Promise((resolve) =>
    client.socket.once('connect_error', (error) =>
      resolve({ message: error.message, data: 'data' in error ? error.data : undefined }),
    ),
  );
}

function codeIn(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined;
}

describe('the door of the live connection', () => {
  let city: City;
  before(async () => {
    city = await openCity({
      allowedOrigins: ['https://consult.example'],
      limits: {
        fact: { points: 100, window: 5 },
        media: { points: 100, window: 5 },
        volatile: { points: 100, window: 5 },
        join: { points: 5, window: 60 },
      },
      personFactor: 1,
    });
  });
  after(() => city.stage.close());

  it('admits nobody without a session, and says so with a code', async () => {
    for (const cookie of [undefined, 'stage-session=none', 'other=1']) {
      const { data } = await refusal(city.stage.connect(cookie));
      assert.equal(codeIn(data), 'unauthenticated');
    }
  });

  it('refuses whoever still has the password that someone else gave them', async () => {
    const { people } = city.stage;
    const { principalId } = await city.stage.person(
      'observer',
      await city.stage.organisation('New', 'hospital'),
    );
    await people.persons.setPassword(principalId, 'a password from the admin', { mustChange: true });
    const principal = await people.directory.principal(principalId);
    assert(principal?.mustChangePassword);
    const { secret } = await people.sessions.begin(principal);
    const { data } = await refusal(city.stage.connect(`stage-session=${secret}`));
    assert.equal(codeIn(data), 'forbidden');
  });

  it('admits a foreign page only from a configured origin', async () => {
    const { cookie } = city.dispatcher;
    const foreign = city.stage.connect(cookie, { origin: 'https://evil.example' });
    assert.match((await refusal(foreign)).message, /websocket error/);
    for (const origin of ['https://consult.example', city.stage.url]) {
      await city.stage.connect(cookie, { origin }).connected();
    }
  });

  it('serves by polling behind proxies that break websockets', async () => {
    const doctor = await city.coordinator.connect({ transports: ['polling'] });
    assert.equal(doctor.socket.io.engine.transport.name, 'polling');
    const roomId = await city.openRoom();
    await doctor.join(roomId, await city.coordinator.token(roomId));
    const crew = await city.crew.enter(roomId);
    await crew.request('patient.add', {}, { roomId });
    await doctor.stateWhere(roomId, ({ patients }) => 'P1' in patients, 'the patient');
  });

  it('slows down whoever connects again and again', async () => {
    const { cookie } = await city.stage.person('observer', city.organisations.centre);
    for (let n = 0; n < 10; n += 1) (await city.stage.connect(cookie).connected()).close();
    const { data } = await refusal(city.stage.connect(cookie));
    assert.equal(codeIn(data), 'too-many');
    await city.specialist.connect();
  });
});
