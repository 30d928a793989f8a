import assert from 'node:assert/strict';
import type { DispatchDoor } from '../links/dispatch.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

const INCIDENT = { incidentId: 'i-1', title: 'Collapse', drill: false, organisations: [] };

describe('the door for dispatch', () => {
  let door: TestDoor;
  let key: string;
  const asked: unknown[] = [];
  const dispatch: DispatchDoor = {
    async open(service, incident, idempotencyKey) {
      asked.push([service.name, incident.incidentId, idempotencyKey]);
      return { roomId: 'r-1' };
    },
  };
  before(async () => {
    door = await openTestDoor({ dispatch });
    ({ key } = await door.people.services.add('cad'));
  });
  after(() => door.close());
  beforeEach(() => {
    asked.length = 0;
  });

  const post = (headers: Record<string, string>, body: unknown = INCIDENT, cookie?: string) =>
    door.send({
      method: 'POST',
      path: '/api/dispatch/incidents',
      body,
      origin: null,
      headers,
      ...(cookie === undefined ? {} : { cookie }),
    });

  it('takes the key of a service, without an origin, and hands on the idempotency key', async () => {
    const answer = await post({ authorization: `Bearer ${key}`, 'idempotency-key': '"call-7"' });
    assert.deepEqual([answer.status, answer.json], [200, { roomId: 'r-1' }]);
    assert.deepEqual(asked, [['cad', 'i-1', 'call-7']]);
    assert.equal(answer.cookies.length, 0);
  });

  it('takes no cookie of a person, no wrong key, none that was revoked', async () => {
    const admin = await door.signIn('admin');
    assert.equal((await post({}, INCIDENT, admin)).code, 'unauthenticated');
    for (const wrong of ['Bearer x', `Basic ${key}`, `Bearer ${key}x`, `Bearer ghs_${'a'.repeat(43)}`]) {
      assert.equal((await post({ authorization: wrong })).code, 'unauthenticated', wrong);
    }
    const { key: other } = await door.people.services.add('old');
    await door.people.services.revoke('old');
    assert.equal((await post({ authorization: `Bearer ${other}` })).code, 'unauthenticated');
    assert.deepEqual(asked, []);
  });

  it('slows down whoever tries keys, and lets the right one through meanwhile', async () => {
    let code: unknown;
    for (let tries = 0; tries < 20 && code !== 'too-many'; tries += 1) {
      ({ code } = await post({ authorization: `Bearer ghs_${String(tries).padStart(43, 'b')}` }));
    }
    assert.equal(code, 'too-many');
    assert.equal((await post({ authorization: `Bearer ${key}` })).status, 200);
    const written = await door.people.audit.list({ limit: 50 });
    assert.ok(written.some(({ action, allowed }) => action === 'service.authenticate' && !allowed));
  });

  it('parses strictly, and is a door of services alone in the documentation', async () => {
    const wrong = await post({ authorization: `Bearer ${key}` }, { ...INCIDENT, surprise: 1 });
    assert.equal(wrong.code, 'bad-request');
    const long = await post({ authorization: `Bearer ${key}`, 'idempotency-key': 'x'.repeat(300) });
    assert.equal(long.code, 'bad-request');
    const api = await door.send({ path: '/api/openapi.json' });
    assert.match(api.text, /"\/api\/dispatch\/incidents":\{"post".*?"security":\[\{"service":\[\]\}\]/);
  });
});
