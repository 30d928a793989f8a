import assert from 'node:assert/strict';
import { ReportDoor } from '../../integration/sms/http/report-door.ts';
import { signatureHeaders } from '../../integration/sms/http/sign.ts';
import { Receipts } from '../../integration/sms/receipts.ts';
import { Reports } from '../../integration/sms/reports.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { createLogger } from '../../platform/log.ts';
import type { SmsReport } from '../protocol/sms.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

const PATH = '/api/sms/reports';
const KEY = { id: 'gateway', secret: 'a secret of the gateway' };

describe('POST /api/sms/reports', () => {
  let door: TestDoor;
  const told: SmsReport[] = [];
  const log = createLogger('test', {}, { level: 'silent' });
  const { http } = loadConfig({ env: {}, cwd: '/' }).sms;
  const settings = { ...http, reports: { ...http.reports, keyId: KEY.id, secret: KEY.secret } };

  beforeEach(async () => {
    const reports = new Reports(log);
    reports.listen((report) => told.push(report));
    const smsReports = new ReportDoor({ http: settings, reports, receipts: new Receipts(), log });
    door = await openTestDoor({ smsReports });
  });
  afterEach(async () => {
    told.length = 0;
    await door.close();
  });

  /** Sends a report as a gateway does: signed, and without any origin. */
  function send(body: string, key = KEY) {
    const request = { method: 'POST', path: PATH, body };
    const headers = signatureHeaders(settings.reports, key, request, Date.now());
    return door.send({ ...request, origin: null, headers });
  }

  it('takes signed reports from a machine that knows no page and no cookie', async () => {
    const answer = await send(JSON.stringify({ messageId: 'k1', state: 'DELIVRD' }));
    assert.deepEqual([answer.status, answer.json], [200, {}]);
    assert.deepEqual(
      told.map(({ messageId, state }) => [messageId, state]),
      [['k1', 'delivered']],
    );
  });

  it('refuses what is not signed, signed by another, repeated, too large or none', async () => {
    const body = JSON.stringify({ messageId: 'k1', state: 'DELIVRD' });
    const bare = await door.send({ method: 'POST', path: PATH, body });
    assert.deepEqual([bare.status, bare.code], [401, 'unauthenticated']);
    const other = await send(body, { ...KEY, secret: 'the secret of somebody else' });
    assert.deepEqual([other.status, other.code], [401, 'unauthenticated']);
    assert.equal((await send('not JSON')).status, 400);
    assert.equal((await send('x'.repeat(300_000))).status, 413);
    assert.equal((await send(body)).status, 200);
    assert.equal((await send(body)).status, 401);
    assert.equal(told.length, 1);
  });

  it('is not there where no reports are expected', async () => {
    const none = await openTestDoor();
    try {
      const answer = await none.send({ method: 'POST', path: PATH, body: '{}', origin: null });
      assert.deepEqual([answer.status, answer.code], [404, 'not-found']);
    } finally {
      await none.close();
    }
  });
});
