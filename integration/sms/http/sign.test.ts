import assert from 'node:assert/strict';
import { loadConfig } from '../../../platform/config/load.ts';
import { OutgoingGuard } from '../../../platform/outgoing.ts';
import { openSms } from '../open.ts';
import { keepingLog } from '../testing/contract.ts';
import { aliyunHeaders, canonicalQuery, tencentAuthorization } from './sign.ts';
import { assertPlaceholders, fill, textAt } from './template.ts';

describe('signatures of the large clouds', () => {
  it('are those of Tencent Cloud’s worked example (TC3-HMAC-SHA256)', () => {
    const authorization = tencentAuthorization(
      {
        host: 'cvm.tencentcloudapi.com',
        query: '',
        body: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
        // The documentation prints its key like this, stars included, and signs with it.
        keyId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******',
        secret: 'Gu5t9xGARNpq86cd98joQYCN3*******',
        now: 1_551_113_065_000,
      },
      'cvm',
    );
    assert.equal(
      authorization,
      'TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c',
    );
  });

  it('are those of Alibaba Cloud’s worked example (ACS3-HMAC-SHA256)', () => {
    const headers = aliyunHeaders(
      {
        host: 'ecs.cn-shanghai.aliyuncs.com',
        query: canonicalQuery({
          RegionId: 'cn-shanghai',
          ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
        }),
        body: '',
        keyId: 'YourAccessKeyId',
        secret: 'YourAccessKeySecret',
        now: Date.UTC(2023, 9, 26, 10, 22, 32),
      },
      { action: 'RunInstances', version: '2014-05-26', nonce: '3156853299f313e23d1673dc12e1703d' },
    );
    assert.equal(
      headers.authorization,
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  it('encode a query as RFC 3986 does', () => {
    assert.equal(
      canonicalQuery({ b: '【120】 *~', a: "(')!" }),
      'a=%28%27%29%21&b=%E3%80%90120%E3%80%91%20%2A~',
    );
  });
});

describe('templates', () => {
  it('keep their shape whatever the values hold', () => {
    const filled = fill({ a: ['{{x}}', 1, null], '{{x}}': { b: '{{y}}-{{x}}' } }, { x: '"},{"', y: '{{x}}' });
    assert.deepEqual(filled, { a: ['"},{"', 1, null], '{{x}}': { b: '{{x}}-"},{"' } });
  });

  it('are refused with a placeholder that does not exist', () => {
    assert.throws(() => assertPlaceholders({ to: '{{phone}}' }, 'sms.http.body'), { code: 'config-invalid' });
    assertPlaceholders({ to: '{{to}}' }, 'sms.http.body');
  });

  it('find texts in answers by a path, and nothing of what every object inherits', () => {
    const answer = { Response: { SendStatusSet: [{ Code: 'Ok', Fee: 1 }] } };
    assert.equal(textAt(answer, 'Response.SendStatusSet.0.Code'), 'Ok');
    assert.equal(textAt(answer, 'Response.SendStatusSet.0.Fee'), '1');
    for (const path of ['Response.constructor', 'Response.SendStatusSet', 'nothing.here', ''])
      assert.equal(textAt(answer, path), undefined);
  });
});

describe('openSms', () => {
  const { sms } = loadConfig({ env: {}, cwd: '/' });
  const open = (options: Partial<typeof sms>, production = false) =>
    openSms({
      sms: { ...sms, ...options },
      guard: new OutgoingGuard(),
      log: keepingLog().log,
      production,
      readFile: async () => '',
    });

  it('opens the console in development and nothing in production, unless told', async () => {
    assert.equal((await open({})).sender.kind, 'console');
    assert.equal((await open({}, true)).sender.kind, 'none');
    await assert.rejects(open({ kind: 'console' }, true), { code: 'config-invalid' });
    assert.equal((await open({ kind: 'console', consoleInProduction: true }, true)).sender.kind, 'console');
  });

  it('names what is missing for a gateway or a message centre', async () => {
    await assert.rejects(open({ kind: 'http' }), { code: 'config-invalid', message: /sms\.http\.url/ });
    await assert.rejects(open({ kind: 'smpp' }), { code: 'config-invalid', message: /sms\.smpp\.host/ });
    const tencent = { ...sms.http, provider: 'tencent' as const, keyId: 'a', secret: 'b' };
    await assert.rejects(open({ kind: 'http', http: tencent }), { message: /sms\.http\.appId/ });
    const wrong = { ...sms.http, url: 'https://gateway.example/', body: { to: '{{number}}' } };
    await assert.rejects(open({ kind: 'http', http: wrong }), { message: /\{\{number\}\}/ });
  });
});
