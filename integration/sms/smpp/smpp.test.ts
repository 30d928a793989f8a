import assert from 'node:assert/strict';
import { loadConfig } from '../../../platform/config/load.ts';
import { OutgoingGuard } from '../../../platform/outgoing.ts';
import { issueAuthority, issueServer } from '../../../platform/tls/issue.ts';
import { Receipts } from '../receipts.ts';
import { Reports } from '../reports.ts';
import { Sender } from '../sender.ts';
import { describeSender, keepingLog, listenTo, message, statesOf, until } from '../testing/contract.ts';
import { type MessageCentre, startMessageCentre } from '../testing/message-centre.ts';
import type { SmppSmsOptions } from './options.ts';
import { SmppWay } from './way.ts';

const DEFAULTS = loadConfig({ env: {}, cwd: '/' }).sms.smpp;
const QUICK = { answerSeconds: 2, enquireSeconds: 60, systemId: 'goldenhour', password: 'secret' };

function openSender(port: number, options: Partial<SmppSmsOptions> = {}, ca?: string) {
  const { log, lines } = keepingLog();
  const reports = new Reports(log);
  const smpp = { ...DEFAULTS, ...QUICK, port, ...options };
  const parts = {
    smpp,
    host: '127.0.0.1',
    guard: new OutgoingGuard(),
    log,
    reports,
    receipts: new Receipts(),
  };
  const way = new SmppWay({ ...parts, ...(ca === undefined ? {} : { ca }), firstWaitMs: 20, throttleMs: 20 });
  return { sender: new Sender(way, reports), lines };
}

for (const longMessages of ['udh', 'payload'] as const) {
  describeSender(
    'smpp',
    async () => {
      const centre = await startMessageCentre();
      const opened = openSender(centre.port, { longMessages });
      await until(() => opened.sender.connected, 'bound');
      return { ...opened, texts: () => centre.taken.map(({ text }) => text), close: () => centre.close() };
    },
    `smpp, long messages by ${longMessages}`,
  );
}

describe('SMPP 3.4 with a message centre', () => {
  let centre: MessageCentre;
  let open: ReturnType<typeof openSender>;

  async function start(options: Partial<SmppSmsOptions> = {}) {
    open = openSender(centre.port, options);
    await until(() => open.sender.connected, 'bound');
    return { sender: open.sender, reports: listenTo(open.sender) };
  }

  beforeEach(async () => {
    centre = await startMessageCentre();
  });
  afterEach(async () => {
    await open?.sender.close('end of the test');
    await centre.close();
  });

  it('binds as a transceiver of version 3.4, submits with receipt and validity, and says goodbye', async () => {
    const { sender } = await start({ source: '120', sourceTon: 3, systemType: 'EMS' });
    const [bind] = centre.binds;
    assert.deepEqual(
      [bind?.system_id, bind?.password, bind?.system_type, bind?.interface_version],
      ['goldenhour', 'secret', 'EMS', 0x34],
    );
    await sender.send(message({ validForMs: 15 * 60_000 }));
    const pdu = centre.taken[0]?.pdu;
    assert.deepEqual(
      [pdu?.source_addr, pdu?.source_addr_ton, pdu?.destination_addr, pdu?.dest_addr_ton, pdu?.dest_addr_npi],
      ['120', 3, '8613800138000', 1, 1],
    );
    assert.deepEqual([pdu?.registered_delivery, pdu?.data_coding, pdu?.esm_class], [1, 8, 0]);
    // The library makes a date of the relative time, counted from now.
    assert.ok(pdu?.validity_period instanceof Date);
    assert.ok(Math.abs(pdu.validity_period.getTime() - Date.now() - 15 * 60_000) < 60_000);
    await sender.close('end of the test');
    assert.ok(centre.commands.includes('unbind'));
  });

  it('sends a long text in parts with one reference, and calls it delivered when all parts are', async () => {
    centre.behaviour.receipts = 'none';
    const { sender, reports } = await start();
    const text = `${'急救'.repeat(60)}🚑`.repeat(2);
    const sent = message({ text });
    await sender.send(sent);
    assert.equal(centre.taken.map((part) => part.text).join(''), text);
    assert.ok(centre.taken.length === 4);
    assert.ok(centre.taken.every(({ pdu }) => pdu.esm_class === 0x40));
    for (const { id } of centre.taken.slice(1)) centre.receipt(id, 'DELIVRD');
    // A receipt of the same part again is none of another part.
    centre.receipt(centre.taken[1]?.id ?? '', 'DELIVRD');
    const probe = message();
    centre.behaviour.receipts = 'behind';
    await sender.send(probe);
    await until(() => statesOf(reports, probe.messageId).includes('delivered'), 'what was sent behind');
    assert.deepEqual(statesOf(reports, sent.messageId), ['accepted']);
    centre.receipt(centre.taken[0]?.id ?? '', 'DELIVRD');
    await until(() => statesOf(reports, sent.messageId).includes('delivered'), 'all parts');
  });

  it('tells why a phone did not get it: absent, expired, rejected', async () => {
    centre.behaviour.receipts = 'none';
    const { sender, reports } = await start();
    const cases = [
      ['UNDELIV', '027', 'failed', 'absent'],
      ['EXPIRED', '000', 'expired', 'expired'],
      ['REJECTD', '0a3', 'failed', 'refused'],
      ['UNKNOWN', '000', 'unknown', 'unknown'],
    ] as const;
    for (const [stat, err, state, failure] of cases) {
      const sent = message();
      await sender.send(sent);
      centre.receipt(centre.taken.at(-1)?.id ?? '', stat, err);
      const last = await until(
        () => reports.find((each) => each.messageId === sent.messageId && each.state !== 'accepted'),
        stat,
      );
      assert.deepEqual([last.state, last.failure, last.providerCode], [state, failure, `${stat} err:${err}`]);
    }
  });

  it('tells nothing new for double, late and unknown receipts, but a late "delivered" counts', async () => {
    centre.behaviour.receipts = 'none';
    const { sender, reports } = await start();
    const sent = message();
    await sender.send(sent);
    const id = centre.taken[0]?.id ?? '';
    centre.receipt('424242', 'DELIVRD');
    centre.receipt(id, 'ACCEPTD');
    centre.receipt(id, 'EXPIRED');
    centre.receipt(id, 'EXPIRED');
    centre.receipt(id, 'DELIVRD');
    centre.receipt(id, 'DELIVRD');
    centre.receipt(id, 'UNDELIV');
    await until(
      () => centre.commands.filter((name) => name === 'deliver_sm_resp').length === 7,
      'all answered',
    );
    assert.deepEqual(
      reports.map(({ state }) => state),
      ['accepted', 'expired', 'delivered'],
    );
  });

  it('matches receipts that overtake the answer, and ids in two forms', async () => {
    centre.behaviour.receipts = 'before';
    centre.behaviour.hexIds = true;
    const { sender, reports } = await start({ hexIds: true });
    const sent = message();
    await sender.send(sent);
    await until(() => statesOf(reports, sent.messageId).includes('delivered'), 'delivered');
    assert.deepEqual(statesOf(reports, sent.messageId), ['accepted', 'delivered']);
  });

  it('waits while the centre is full, keeps the window, and sends everything once', async () => {
    centre.behaviour.submitStatuses = [0x58, 0x14, 0x58];
    const { sender, reports } = await start({ window: 3 });
    centre.behaviour.slowMs = 5;
    const sent = Array.from({ length: 20 }, () => message());
    await Promise.all(sent.map((each) => sender.send(each)));
    assert.equal(centre.taken.length, 20);
    assert.ok(
      reports.some(({ state, providerCode }) => state === 'queued' && providerCode === 'ESME_RTHROTTLED'),
    );
    await until(() => reports.filter(({ state }) => state === 'delivered').length === 20, 'all delivered');
  });

  it('never has more submits without an answer than its window', async () => {
    centre.behaviour.onSubmit = 'silence';
    const { sender, reports } = await start({ window: 3, answerSeconds: 1 });
    const all = Promise.allSettled(Array.from({ length: 9 }, () => sender.send(message())));
    await until(() => centre.taken.length === 3, 'the first three');
    assert.equal(centre.commands.filter((name) => name === 'submit_sm').length, 3);
    await all;
    assert.equal(centre.taken.length, 9);
    const final = reports.filter(({ state }) => state !== 'queued');
    assert.ok(final.every(({ state, providerCode }) => state === 'unknown' && providerCode === 'no-answer'));
  });

  it('says at once that a number is wrong or a message refused, with the code', async () => {
    centre.behaviour.submitStatuses = [0x0b, 0x45, 0x0000_0401];
    const { sender, reports } = await start();
    for (let index = 0; index < 3; index += 1)
      await assert.rejects(sender.send(message()), { code: 'sms-failed' });
    assert.deepEqual(
      reports.map(({ state, failure, providerCode }) => [state, failure, providerCode]),
      [
        ['failed', 'bad-number', 'ESME_RINVDSTADR'],
        ['failed', 'refused', 'ESME_RSUBMITFAIL'],
        ['failed', 'refused', '0x00000401'],
      ],
    );
  });

  it('sends once and states "unknown" when the centre dies between submit and answer', async () => {
    const { sender, reports } = await start();
    centre.behaviour.onSubmit = 'drop';
    const sent = message();
    await assert.rejects(sender.send(sent), { code: 'sms-unknown' });
    assert.deepEqual(statesOf(reports, sent.messageId), ['unknown']);
    centre.behaviour.onSubmit = 'answer';
    await until(() => sender.connected, 'bound again');
    const next = message();
    await sender.send(next);
    assert.deepEqual(
      centre.taken.map(({ pdu }) => pdu.command),
      ['submit_sm', 'submit_sm'],
    );
    assert.deepEqual(statesOf(reports, next.messageId)[0], 'accepted');
  });

  it('waits for a centre that is dead, says so, and sends when it is back', async () => {
    const { port } = centre;
    await centre.close();
    open = openSender(port);
    const reports = listenTo(open.sender);
    const sent = message();
    const sending = open.sender.send(sent);
    const first = await until(() => reports[0], 'a word about the centre');
    assert.deepEqual([first.state, first.failure], ['queued', 'provider-away']);
    assert.equal(open.sender.connected, false);
    centre = await startMessageCentre(port);
    await sending;
    assert.equal(centre.taken.length, 1);
    await until(() => statesOf(reports, sent.messageId).includes('delivered'), 'delivered');
  });

  it('gives up a message that could not leave in time', async () => {
    const { port } = centre;
    await centre.close();
    open = openSender(port);
    const reports = listenTo(open.sender);
    await assert.rejects(open.sender.send(message({ validForMs: 50 })), { code: 'sms-expired' });
    assert.deepEqual(
      reports.map(({ state, failure }) => [state, failure]),
      [
        ['queued', 'provider-away'],
        ['expired', 'provider-away'],
      ],
    );
  });

  it('is reached by TLS, and only with a certificate that the named authority signed', async () => {
    const authority = await issueAuthority(Date.now());
    const { key, certificate } = await issueServer(authority, ['127.0.0.1'], Date.now());
    const secure = await startMessageCentre(0, { key, cert: certificate });
    const wary = openSender(secure.port, { tls: true });
    const sure = openSender(secure.port, { tls: true }, authority.certificate);
    try {
      await until(() => sure.sender.connected, 'bound by TLS');
      await sure.sender.send(message());
      assert.equal(secure.taken.length, 1);
      await until(() => wary.lines.some((line) => line.includes('is not reached')), 'the word about it');
      assert.equal(wary.sender.connected, false);
      assert.equal(secure.binds.length, 1);
    } finally {
      await Promise.all([wary, sure].map(({ sender }) => sender.close('end of the test')));
      await secure.close();
    }
  });

  it('names a refused bind, and binds when it is taken', async () => {
    centre.behaviour.bindStatus = 0x0e;
    open = openSender(centre.port);
    const reports = listenTo(open.sender);
    const sending = open.sender.send(message());
    await until(() => centre.binds.length >= 2, 'a second try');
    assert.ok(open.lines.some((line) => line.includes('ESME_RINVPASWD')));
    assert.ok(!open.lines.join('').includes('"secret"'));
    centre.behaviour.bindStatus = 0;
    await sending;
    assert.equal(
      reports.at(-1)?.state === 'delivered' || reports.some(({ state }) => state === 'accepted'),
      true,
    );
  });

  it('notices a centre that is silent by its heartbeat, and connects again', async () => {
    centre.behaviour.enquire = 'silence';
    const { sender } = await start({ enquireSeconds: 1, answerSeconds: 1 });
    await until(() => centre.binds.length >= 2, 'another bind');
    centre.behaviour.enquire = 'answer';
    await until(() => sender.connected, 'bound again');
  });

  for (const [what, bytes] of [
    ['garbage', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a length of nothing', Buffer.alloc(64)],
    ['a PDU without a body', Buffer.from('0000000a0000000500000000', 'hex')],
    ['a receipt that is cut', Buffer.from('00000014000000050000000000000063ffffffff', 'hex')],
    ['half a packet', Buffer.from('000001000000000500000000', 'hex')],
  ] as const) {
    it(`survives ${what}`, async () => {
      const { sender, reports } = await start({ enquireSeconds: 1, answerSeconds: 1 });
      const said = centre.commands.length;
      centre.raw(bytes);
      // Whether it connects again or goes on depends on the bytes; a message must leave in the end either way.
      await until(() => centre.commands.length > said, 'the next word of the client');
      const sent = message();
      await sender.send(sent).catch(() => sender.send(message()));
      await until(() => reports.some(({ state }) => state === 'delivered'), 'a message that is delivered');
    });
  }

  it('ends while messages wait, and leaves none of them without a word', async () => {
    centre.behaviour.onSubmit = 'silence';
    const { sender, reports } = await start({ window: 1, answerSeconds: 1 });
    const sent = [message(), message()];
    const all = Promise.allSettled(sent.map((each) => sender.send(each)));
    await until(() => centre.taken.length === 1, 'the first on its way');
    await sender.close('shutdown');
    await all;
    for (const { messageId } of sent) assert.equal(statesOf(reports, messageId).length, 1);
    await until(() => centre.sessions.size === 0, 'goodbye');
  });
});
