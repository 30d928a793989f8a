import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signatureHeaders } from '../../integration/sms/http/sign.ts';
import { until } from '../../integration/sms/testing/contract.ts';
import { startGateway } from '../../integration/sms/testing/gateway.ts';
import { startMessageCentre } from '../../integration/sms/testing/message-centre.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { newId } from '../../platform/ids.ts';
import { OutgoingGuard } from '../../platform/outgoing.ts';
import { requestOut } from '../../platform/outgoing-request.ts';
import { linkProgress } from '../../signaling/protocol/link-steps.ts';
import type { LinkState } from '../../signaling/protocol/state-bystander.ts';
import { SYSTEM } from '../../signaling/rooms/types.ts';
import { type Stack, startStack } from '../stack/stack.ts';

const LINK = { use: 'camera', need: 'arrest', helpers: 'two', language: 'zh-CN' } as const;

/** Makes a link for a phone in a new room, as the dispatcher's page does. */
async function sendLink({ signaling }: Stack) {
  const organisationId = 'centre';
  const room = { incidentId: newId(), title: 'Test', drill: true, organisations: [organisationId] };
  const address = await signaling.rooms.create(room, SYSTEM);
  const seen: { link?: LinkState } = {};
  await address.observe((_, { bystander }) => {
    seen.link = Object.values(bystander.links)[0];
  });
  const asked = { roomId: address.roomId, actor: SYSTEM, organisationId, commandId: newId() };
  const made = await signaling.links.links.create(asked, { ...LINK, phone: '+8613800138000' });
  return { made, link: () => seen.link };
}

describe('a link by SMS from the whole service', function () {
  this.timeout(60_000);

  it('goes out by SMPP and comes back as delivered within seconds; the service says goodbye', async () => {
    const centre = await startMessageCentre();
    const args = [
      '--sms.kind',
      'smpp',
      '--sms.smpp.host',
      '127.0.0.1',
      '--sms.smpp.port',
      String(centre.port),
    ];
    const stack = await startStack({ recorder: false, args });
    try {
      const { made, link } = await sendLink(stack);
      const delivered = await until(() => link()?.deliveredUtc !== undefined && link(), 'the delivery');
      assert.ok(centre.taken[0]?.text.endsWith(` ${made.url}`));
      assert.equal(linkProgress(delivered, undefined, Date.now()).reached, 'delivered');
    } finally {
      await stack.close();
      assert.ok(centre.commands.includes('unbind'));
      await centre.close();
    }
  });

  it('goes out through a gateway, whose signed report comes in over TLS', async () => {
    const key = { id: 'gateway', secret: 'a secret of the gateway' };
    const gateway = await startGateway(() => ({ status: 200, body: { id: 'g1' } }));
    const stack = await startStack({
      recorder: false,
      args: [
        ...['--sms.kind', 'http', '--sms.http.url', gateway.url],
        ...['--sms.http.reports.keyId', key.id, '--sms.http.reports.secret', key.secret],
      ],
    });
    try {
      const { made, link } = await sendLink(stack);
      await until(() => link()?.delivery?.state === 'accepted', 'the acceptance');
      assert.ok(gateway.posted[0]?.body.includes(made.url));
      const path = '/api/sms/reports';
      const body = JSON.stringify([{ id: 'g1', state: 'UNDELIV', code: 'MK:0001' }]);
      const { reports } = loadConfig({ env: {}, cwd: '/' }).sms.http;
      const answer = await requestOut({
        ...{ url: new URL(path, stack.origin), method: 'POST', body, deadlineMs: 5000 },
        guard: new OutgoingGuard(),
        ca: await authorityOf(stack),
        headers: signatureHeaders(reports, key, { method: 'POST', path, body }, Date.now()),
      });
      assert.equal(answer.status, 200, answer.body);
      const failed = await until(() => link()?.delivery?.state === 'failed' && link(), 'the failure');
      const { hints, failure } = linkProgress(failed, undefined, Date.now());
      assert.deepEqual([hints, failure], [['phone-off'], { reason: 'absent', providerCode: 'MK:0001' }]);
    } finally {
      await stack.close();
      await gateway.close();
    }
  });
});

/** The certificate of the stack's own authority, as a phone installs it. */
async function authorityOf({ dataDir }: Stack): Promise<string> {
  return readFile(join(dataDir, 'tls', 'authority.crt'), 'utf8');
}
