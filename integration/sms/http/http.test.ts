import assert from 'node:assert/strict';
import { loadConfig } from '../../../platform/config/load.ts';
import { OutgoingGuard } from '../../../platform/outgoing.ts';
import type { SmsReportRequest } from '../../../signaling/protocol/sms.ts';
import { Receipts } from '../receipts.ts';
import { Reports } from '../reports.ts';
import { Sender } from '../sender.ts';
import { describeSender, keepingLog, LINK, listenTo, message, statesOf, until } from '../testing/contract.ts';
import { type Posted, startGateway, type TestGateway } from '../testing/gateway.ts';
import { Gateway } from './gateway.ts';
import type { HttpSmsOptions } from './options.ts';
import { ReportDoor } from './report-door.ts';
import { signatureHeaders } from './sign.ts';

const DEFAULTS = loadConfig({ env: {}, cwd: '/' }).sms.http;
const KEY = { id: 'gateway', secret: 'a secret of the gateway' };
const REPORTS = { ...DEFAULTS.reports, keyId: KEY.id, secret: KEY.secret };

function openSender(url: string, options: Partial<HttpSmsOptions> = {}, allow: readonly string[] = []) {
  const { log, lines } = keepingLog();
  const http: HttpSmsOptions = { ...DEFAULTS, url, reports: REPORTS, ...options };
  const parts = { http, log, reports: new Reports(log), receipts: new Receipts() };
  const way = new Gateway({ ...parts, guard: new OutgoingGuard(allow), firstWaitMs: 20 });
  return { sender: new Sender(way, parts.reports), door: new ReportDoor(parts), lines };
}

/** A report as the gateway would send it. */
function signed(body: unknown, at = Date.now(), key = KEY): SmsReportRequest {
  const request = { method: 'POST', path: '/api/sms/reports', body: JSON.stringify(body) };
  const headers = signatureHeaders(REPORTS, key, request, at);
  const header = (name: string) =>
    Object.entries(headers).find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1];
  return { ...request, header };
}

const idOf = ({ body }: Posted): string => /"messageId":"([^"]+)"/.exec(body)?.[1] ?? '';
const textOf = ({ body }: Posted): string => {
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === 'object' && parsed !== null && 'text' in parsed ? String(parsed.text) : '';
};
const usual = (posted: Posted) => ({ status: 200, body: { code: '0', id: `g-${idOf(posted)}` } });

describeSender('http', async () => {
  const report = { send: (_: Posted): void => {} };
  const gateway = await startGateway(usual, { after: (posted) => report.send(posted) });
  const { sender, door, lines } = openSender(gateway.url);
  report.send = (posted) => void door.take(signed({ id: `g-${idOf(posted)}`, state: 'DELIVRD' }));
  return { sender, lines, texts: () => gateway.posted.map(textOf), close: () => gateway.close() };
});

describe('a gateway over HTTP', () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startGateway(usual);
  });
  afterEach(() => gateway.close());

  const refusals = (failure: string) => ({ state: 'failed', failure });

  it('is sent the template as JSON or as a form, signed with key, time and body', async () => {
    const json = openSender(gateway.url, {
      ...{ keyId: KEY.id, secret: KEY.secret },
      headers: { 'X-Message': '{{messageId}}' },
      body: {
        mobile: '{{toNational}}',
        template: { id: 7, params: ['{{link}}', '{{linkCode}}'] },
        ttl: '{{validForSeconds}}',
      },
      signature: {
        ...DEFAULTS.signature,
        content: '{{method}} {{path}} {{timestamp}} {{bodySha256}}',
        encoding: 'base64',
      },
    });
    const sent = message();
    await json.sender.send(sent);
    const [first] = gateway.posted;
    assert.deepEqual(JSON.parse(first?.body ?? ''), {
      mobile: '13800138000',
      template: { id: 7, params: [LINK, 'AbCdEfGhIjKlMnOpQrStUv'] },
      ttl: '60',
    });
    assert.equal(first?.headers['x-message'], sent.messageId);
    assert.equal(first?.headers['x-key-id'], KEY.id);
    assert.match(String(first?.headers['x-signature']), /^[A-Za-z0-9+/]{43}=$/);
    const form = openSender(gateway.url, {
      bodyType: 'form',
      body: { to: '{{toDigits}}', text: '{{text}}' },
    });
    await form.sender.send(message({ text: `a&to=1 ${LINK}` }));
    const fields = new URLSearchParams(gateway.posted[1]?.body);
    assert.deepEqual(
      [...fields],
      [
        ['to', '8613800138000'],
        ['text', `a&to=1 ${LINK}`],
      ],
    );
  });

  it('is believed by its answer: taken, wrong number, refused', async () => {
    const { sender } = openSender(gateway.url, { answerPath: 'code' });
    const reports = listenTo(sender);
    gateway.answers.push(
      { status: 200, body: { code: 'isv.MOBILE_NUMBER_ILLEGAL' } },
      { status: 400, body: { code: 'QUOTA' } },
      { status: 200, body: 'not JSON' },
    );
    await assert.rejects(sender.send(message()), {
      details: { ...refusals('bad-number'), providerCode: 'isv.MOBILE_NUMBER_ILLEGAL' },
    });
    await assert.rejects(sender.send(message()), {
      details: { ...refusals('refused'), providerCode: 'QUOTA' },
    });
    await assert.rejects(sender.send(message()), {
      details: { ...refusals('refused'), providerCode: 'HTTP 200' },
    });
    await sender.send(message());
    assert.equal(reports.at(-1)?.state, 'accepted');
  });

  it('is asked again when it is full or cannot be reached, and says so meanwhile', async () => {
    const { sender } = openSender(gateway.url);
    const reports = listenTo(sender);
    gateway.answers.push({ status: 429, body: {} }, { status: 503, body: {} });
    await sender.send(message());
    assert.equal(gateway.posted.length, 3);
    assert.deepEqual(
      reports.map(({ state, failure, providerCode }) => [state, failure, providerCode]),
      [
        ['queued', 'provider-away', 'HTTP 429'],
        ['accepted', undefined, undefined],
      ],
    );
    const { port } = gateway;
    await gateway.close();
    const sending = sender.send(message());
    await until(() => !sender.connected, 'that it is away');
    gateway = await startGateway(usual, { port });
    await sending;
    assert.equal(gateway.posted.length, 1);
    assert.equal(sender.connected, true);
  });

  it('is not asked again where it may have sent the message: "unknown" says what to do', async () => {
    const { sender } = openSender(gateway.url, { deadlineSeconds: 1 });
    for (const [answer, code] of [
      ['drop', 'no-answer'],
      ['silence', 'no-answer'],
      [{ status: 502, body: '' }, 'HTTP 502'],
    ] as const) {
      gateway.answers.push(answer);
      const unknown = { state: 'unknown', failure: 'unknown', providerCode: code };
      await assert.rejects(sender.send(message()), {
        code: 'sms-unknown',
        details: unknown,
        whatToDo: /ask whether/,
      });
    }
    assert.equal(gateway.posted.length, 3);
  });

  it('is asked again after a missing answer where it sends one id once', async () => {
    const { sender } = openSender(gateway.url, { repeatable: true });
    gateway.answers.push('drop', { status: 502, body: '' });
    const sent = message();
    await sender.send(sent);
    assert.deepEqual(gateway.posted.map(idOf), [sent.messageId, sent.messageId, sent.messageId]);
  });

  it('is never sought at an address that answers with keys of the cloud', async () => {
    const { sender } = openSender('http://169.254.169.254/latest/meta-data');
    await assert.rejects(sender.send(message()), {
      details: { state: 'failed', failure: 'provider-away', providerCode: 'outgoing-refused' },
    });
  });

  it('gives up in time, and on closing, with a word about each message', async () => {
    const { port } = gateway;
    await gateway.close();
    const { sender } = openSender(`http://127.0.0.1:${port}/`);
    const reports = listenTo(sender);
    await assert.rejects(sender.send(message({ validForMs: 40 })), { code: 'sms-expired' });
    const last = message();
    const sending = sender.send(last);
    await until(() => statesOf(reports, last.messageId).length > 0, 'that it waits');
    await Promise.all([assert.rejects(sending, { code: 'sms-failed' }), sender.close('shutdown')]);
    assert.deepEqual(statesOf(reports, last.messageId), ['queued', 'failed']);
    gateway = await startGateway(usual);
  });

  it('is sent what Tencent Cloud and Alibaba Cloud want', async () => {
    const account = {
      ...KEY,
      keyId: 'AKID',
      secret: 'SK',
      signName: '市急救中心',
      templateId: '100',
      appId: '14',
    };
    const tencent = openSender(gateway.url.replace('/sms/send', '/'), {
      ...{ ...account, provider: 'tencent' },
      templateParams: { '1': '{{linkCode}}' },
    });
    const sentOk = { Response: { SendStatusSet: [{ Code: 'Ok', SerialNo: '5000:1' }] } };
    const number = { Response: { SendStatusSet: [{ Code: 'InvalidParameterValue.IncorrectPhoneNumber' }] } };
    gateway.answers.push({ status: 200, body: sentOk }, { status: 200, body: number });
    await tencent.sender.send(message());
    const [first] = gateway.posted;
    assert.deepEqual(JSON.parse(first?.body ?? '').TemplateParamSet, ['AbCdEfGhIjKlMnOpQrStUv']);
    assert.deepEqual(JSON.parse(first?.body ?? '').PhoneNumberSet, ['+8613800138000']);
    assert.match(
      String(first?.headers.authorization),
      /^TC3-HMAC-SHA256 Credential=AKID\/\d{4}-\d\d-\d\d\/sms\/tc3_request, /,
    );
    await assert.rejects(tencent.sender.send(message()), {
      details: { ...refusals('bad-number'), providerCode: 'InvalidParameterValue.IncorrectPhoneNumber' },
    });
    const aliyun = openSender(gateway.url.replace('/sms/send', '/'), { ...account, provider: 'aliyun' });
    gateway.answers.push({ status: 200, body: { Code: 'OK', BizId: '9' } });
    const sent = message();
    await aliyun.sender.send(sent);
    const query = new URL(gateway.posted[2]?.url ?? '', 'http://gateway').searchParams;
    assert.deepEqual(
      [query.get('PhoneNumbers'), query.get('SignName'), query.get('TemplateParam'), query.get('OutId')],
      ['13800138000', '市急救中心', JSON.stringify({ link: LINK }), sent.messageId],
    );
    assert.match(
      String(gateway.posted[2]?.headers.authorization),
      /^ACS3-HMAC-SHA256 Credential=AKID,SignedHeaders=host;x-acs-action/,
    );
  });
});

describe('reports of a gateway', () => {
  let gateway: TestGateway;
  let open: ReturnType<typeof openSender>;
  beforeEach(async () => {
    gateway = await startGateway(usual);
    open = openSender(gateway.url);
  });
  afterEach(async () => {
    await open.sender.close('end of the test');
    await gateway.close();
  });

  it('are matched by our id or by the gateway’s, singly or in a list, and told with their reason', async () => {
    const reports = listenTo(open.sender);
    const sent = [message(), message(), message()];
    for (const each of sent) await open.sender.send(each);
    const [a, b, c] = sent;
    const answer = open.door.take(
      signed([
        { messageId: a?.messageId, state: 'DELIVRD' },
        { id: `g-${b?.messageId}`, state: 'UNDELIV', code: 'MK:0001' },
        { id: `g-${c?.messageId}`, state: 'pending' },
        { id: 'somebody else', state: 'DELIVRD' },
      ]),
    );
    assert.deepEqual(answer, {});
    assert.deepEqual(
      reports
        .slice(3)
        .map(({ messageId, state, failure, providerCode }) => [messageId, state, failure, providerCode]),
      [
        [a?.messageId, 'delivered', undefined, undefined],
        [b?.messageId, 'failed', 'absent', 'MK:0001'],
      ],
    );
  });

  it('are told for a message of before a restart, which signaling knows by our id', () => {
    const reports = listenTo(open.sender);
    open.door.take(signed({ messageId: 'k-of-an-earlier-process', state: 'success' }));
    assert.deepEqual(statesOf(reports, 'k-of-an-earlier-process'), ['delivered']);
  });

  it('are refused unsigned, wrongly signed, changed, too old, too new, and a second time', () => {
    const report = { messageId: 'k1', state: 'DELIVRD' };
    const reports = listenTo(open.sender);
    const good = signed(report);
    const refusedFor = (request: SmsReportRequest, reason: string) =>
      assert.throws(() => open.door.take(request), { code: 'unauthenticated', details: { reason } });
    refusedFor({ ...good, header: () => undefined }, 'missing');
    refusedFor(signed(report, Date.now(), { ...KEY, id: 'another' }), 'key');
    refusedFor(signed(report, Date.now(), { ...KEY, secret: 'another secret, just as long' }), 'signature');
    refusedFor({ ...good, body: good.body.replace('k1', 'k2') }, 'signature');
    refusedFor(signed(report, Date.now() - 301_000), 'timestamp');
    refusedFor(signed(report, Date.now() + 302_000), 'timestamp');
    assert.equal(reports.length, 0);
    open.door.take(good);
    refusedFor(good, 'replay');
    assert.deepEqual(statesOf(reports, 'k1'), ['delivered']);
  });

  it('are refused where no key is set up, and where the body is none', () => {
    const none = openSender(gateway.url, { reports: DEFAULTS.reports });
    assert.throws(() => none.door.take(signed({})), { code: 'not-found' });
    for (const body of ['"word"', [1], Array.from({ length: 501 }, () => ({}))])
      assert.throws(() => open.door.take(signed(body)), { code: 'bad-request' });
  });
});
