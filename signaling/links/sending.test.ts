import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConsoleSender } from '../../integration/sms/console.ts';
import { openSms } from '../../integration/sms/open.ts';
import { keepingLog, until } from '../../integration/sms/testing/contract.ts';
import { type MessageCentre, startMessageCentre } from '../../integration/sms/testing/message-centre.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { OutgoingGuard } from '../../platform/outgoing.ts';
import { type Database, openDatabase } from '../../platform/sql/database.ts';
import type { SmsSender } from '../protocol/sms.ts';
import type { LinkState } from '../protocol/state-bystander.ts';
import { LocalRooms } from '../rooms/rooms.ts';
import { SqlLogStore } from '../rooms/sql-log-store.ts';
import { dispatcher, incident } from '../rooms/testing/people.ts';

import { SYSTEM } from '../rooms/types.ts';
import { afterRestart, SmsLinkSending } from './sending.ts';

const URL_SENT = 'https://v.example.cn/v#AbCdEfGhIjKlMnOpQrStUv';
const PHONE = '+8613800138000';
const NEW = { use: 'camera', need: 'arrest', helpers: 'two', language: 'zh-CN' } as const;

describe('the sending of links', () => {
  let folder: string;
  let database: Database;
  let store: SqlLogStore;
  let rooms: LocalRooms;
  let roomId: string;
  let centre: MessageCentre;
  let sender: SmsSender;
  let sending: SmsLinkSending;
  const { log, lines } = keepingLog();

  const openRooms = () =>
    LocalRooms.open({ store, masterKey: Buffer.alloc(32, 7), spillFolder: folder, log });
  const openSending = () =>
    new SmsLinkSending({ sms: sender, rooms, log, emergencyPhone: '120', retryMs: [5, 5, 5] });
  const openSmpp = async () => {
    const { sms } = loadConfig({ env: {}, cwd: '/' });
    const smpp = { ...sms.smpp, host: '127.0.0.1', port: centre.port, answerSeconds: 5 };
    const parts = { guard: new OutgoingGuard(), log, production: true, readFile: async () => '' };
    return (await openSms({ sms: { ...sms, kind: 'smpp', smpp }, ...parts })).sender;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sending-test-'));
    database = await openDatabase('sqlite::memory:');
    store = await SqlLogStore.open(database);
    rooms = await openRooms();
    ({ roomId } = await rooms.create(incident, dispatcher));
    centre = await startMessageCentre();
    sender = await openSmpp();
    sending = openSending();
  });
  afterEach(async () => {
    await sending.close('end of the test');
    await sender.close('end of the test');
    await centre.close();
    await rooms.close('end of the test');
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Makes a link and states that it is sent, as `link.create` does. */
  async function announce(linkId: string) {
    const room = rooms.at(roomId);
    const expiresAt = Date.now() + 900_000;
    await room.execute('link.add', { ...NEW, linkId, phone: PHONE, expiresAt }, dispatcher);
    const messageId = `m-${linkId}`;
    await room.execute('link.sent', { linkId, messageId, way: 'sms' }, dispatcher);
    return { roomId, linkId, messageId, phone: PHONE, url: URL_SENT, language: 'zh-CN' as const };
  }
  const linkOf = async (linkId: string): Promise<LinkState> => {
    const link = (await rooms.at(roomId).state()).bystander.links[linkId];
    assert.ok(link);
    return link;
  };
  /** Waits until the facts say so, and answers the link. */
  async function delivered(linkId: string, state: string): Promise<LinkState> {
    const seen = { link: await linkOf(linkId) };
    const stop = await rooms.at(roomId).observe((_, { bystander }) => {
      seen.link = bystander.links[linkId] ?? seen.link;
    });
    try {
      seen.link = await linkOf(linkId);
      return await until(() => seen.link.delivery?.state === state && seen.link, `${linkId} ${state}`);
    } finally {
      stop();
    }
  }

  it('sends the words with the address last, and states what becomes of it', async () => {
    sending.send(await announce('L1'));
    const link = await delivered('L1', 'delivered');
    assert.ok(link.deliveredUtc);
    assert.ok(centre.taken[0]?.text.endsWith(URL_SENT));
    assert.equal(centre.taken.length, 1);
    assert.equal(sending.kind, 'smpp');
    const logged = lines.join('');
    assert.ok(!logged.includes('AbCdEfGh') && !logged.includes('13800138000'));
  });

  it('sends a message once, though it is handed over again', async () => {
    const message = await announce('L1');
    sending.send(message);
    sending.send(message);
    await delivered('L1', 'delivered');
    assert.equal(centre.taken.length, 1);
  });

  it('states a refusal and its reason at once', async () => {
    centre.behaviour.submitStatuses = [0x0b];
    sending.send(await announce('L1'));
    const { delivery } = await delivered('L1', 'failed');
    assert.deepEqual([delivery?.failure, delivery?.providerCode], ['bad-number', 'ESME_RINVDSTADR']);
  });

  it('states that it waits for the provider, and then that it was sent', async () => {
    const { port } = centre;
    await centre.close();
    await until(() => !sending.connected, 'that it is gone');
    sending.send(await announce('L1'));
    const { delivery } = await delivered('L1', 'queued');
    assert.equal(delivery?.failure, 'provider-away');
    centre = await startMessageCentre(port);
    await delivered('L1', 'delivered');
  });

  it('states "unknown" for what was on its way when signaling was restarted, and leaves the rest', async () => {
    centre.behaviour.receipts = 'none';
    const [waiting, opened, done] = [await announce('L1'), await announce('L2'), await announce('L3')];
    for (const message of [waiting, opened]) sending.send(message);
    await Promise.all([delivered('L1', 'accepted'), delivered('L2', 'accepted')]);
    await rooms.at(roomId).execute('link.open', { linkId: 'L2', openingId: 'o1' }, SYSTEM);
    centre.behaviour.receipts = 'behind';
    sending.send(done);
    await delivered('L3', 'delivered');
    await sending.close('restart');
    await rooms.close('restart');
    rooms = await openRooms();
    sending = openSending();
    await rooms.at(roomId).state();
    const { delivery } = await delivered('L1', 'unknown');
    assert.equal(delivery?.providerCode, 'restarted');
    assert.equal((await linkOf('L2')).delivery?.state, 'accepted');
    assert.equal((await linkOf('L3')).delivery?.state, 'delivered');
  });

  it('writes a report of before a restart when the gateway still sends it', async () => {
    const message = await announce('L1');
    const accepted = { linkId: 'L1', messageId: message.messageId, state: 'accepted' } as const;
    await rooms.at(roomId).execute('link.deliver', accepted, SYSTEM);
    await sending.close('restart');
    const behind = openConsoleSender({ production: false, allowedInProduction: false, log, print: () => {} });
    // The console as the gateway of another process: of a sender, only its kind and its reports count here.
    const http: SmsSender = {
      kind: 'http',
      connected: true,
      send: (sent) => behind.send(sent),
      onReport: (listener) => behind.onReport(listener),
      close: (reason) => behind.close(reason),
    };
    const again = new SmsLinkSending({ sms: http, rooms, log, emergencyPhone: '120' });
    await rooms.at(roomId).state();
    await until(() => lines.some((line) => line.includes('"next":"await"')), 'the message of the room');
    await http.send({ messageId: message.messageId, to: PHONE, text: URL_SENT, validForMs: 1000 });
    await delivered('L1', 'delivered');
    await again.close('end of the test');
    await http.close('end of the test');
  });

  it('gives up a report for a room that has closed, and goes on', async () => {
    centre.behaviour.receipts = 'none';
    sending.send(await announce('L1'));
    await delivered('L1', 'accepted');
    await rooms.at(roomId).execute('room.close', { reason: 'handed-over' }, dispatcher);
    centre.receipt(centre.taken[0]?.id ?? '', 'DELIVRD');
    await until(() => lines.some((line) => line.includes('a report was not written')), 'the word about it');
  });
});

describe('afterRestart', () => {
  const link = (fields: Partial<LinkState>): LinkState => ({
    ...{ ...NEW, linkId: 'L', by: 'd', expiresAt: 0, createdUtc: 0, openings: {}, misused: 0 },
    sent: { messageId: 'm', way: 'sms', utc: 0 },
    ...fields,
  });
  const at = (state: NonNullable<LinkState['delivery']>['state']) =>
    link({ delivery: { messageId: 'm', state, utc: 0 } });

  it('knows what can still be told: by a gateway that echoes our id, not by SMPP', () => {
    const cases = [
      [link({}), 'unknown', 'unknown'],
      [at('queued'), 'unknown', 'unknown'],
      [at('accepted'), 'await', 'unknown'],
      [at('unknown'), 'await', undefined],
      [at('delivered'), undefined, undefined],
      [at('failed'), undefined, undefined],
      [link({ ended: 'revoked' }), undefined, undefined],
      [link({ openedUtc: 1 }), undefined, undefined],
      [link({ sent: { messageId: 'm', way: 'qr', utc: 0 } }), undefined, undefined],
    ] as const;
    for (const [state, http, smpp] of cases) {
      assert.equal(afterRestart(state, 'http'), http);
      assert.equal(afterRestart(state, 'smpp'), smpp);
    }
  });
});
