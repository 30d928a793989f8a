/** What every kind of sender promises, whatever is behind it. */
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../../platform/ids.ts';
import { createLogger, type Logger } from '../../../platform/log.ts';
import type { SmsMessage, SmsReport, SmsSender } from '../../../signaling/protocol/sms.ts';

export const LINK = 'https://v.example.cn/v#AbCdEfGhIjKlMnOpQrStUv';
export const TO = '+8613800138000';

/** A message as signaling sends it. */
export function message(fields: Partial<SmsMessage> = {}): SmsMessage {
  const text = `120急救：请点开，让调度员看到现场并帮助您 ${LINK}`;
  return { messageId: newId(), to: TO, text, validForMs: 60_000, ...fields };
}

/** Resolves when `met` answers something; fails with `what` after ten seconds. */
export async function until<T>(met: () => T | undefined | false, what: string, ms = 10_000): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const result = met();
    if (result !== undefined && result !== false) return result;
    assert.ok(performance.now() < deadline, `timed out: ${what}`);
    await delay(5);
  }
}

/** A logger that keeps its lines. */
export function keepingLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLogger('test', {}, { level: 'trace', destination }), lines };
}

/** Keeps the reports of a sender. */
export function listenTo(sender: SmsSender): SmsReport[] {
  const reports: SmsReport[] = [];
  sender.onReport((report) => reports.push(report));
  return reports;
}

export function statesOf(reports: readonly SmsReport[], messageId: string): string[] {
  return reports.filter((report) => report.messageId === messageId).map(({ state }) => state);
}

export interface Opened {
  readonly sender: SmsSender;
  /** Texts that reached the other side, each once whole. */
  texts(): readonly string[];
  /** Lines that were logged. */
  readonly lines: readonly string[];
  /** Ends the other side as well. */
  close(): Promise<void>;
}

/**
 * Runs the suite over one kind, opened anew for each test.
 * @param name the kind, or a variant of it
 */
export function describeSender(
  kind: SmsSender['kind'],
  open: () => Promise<Opened>,
  name: string = kind,
): void {
  describe(`the contract of senders, kept by ${name}`, () => {
    let opened: Opened;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened.sender.close('end of the test');
      await opened.close();
    });

    sendingTests(kind, () => opened);
    wordTests(() => opened);
  });
}

function sendingTests(kind: SmsSender['kind'], opened: () => Opened): void {
  it('says what it is and whether it reaches its provider', async () => {
    assert.equal(opened().sender.kind, kind);
    await until(() => opened().sender.connected, 'connected');
  });

  it('takes a message, hands it over whole, and reports it accepted, then delivered', async () => {
    const { sender } = opened();
    const reports = listenTo(sender);
    const sent = message();
    await sender.send(sent);
    await until(() => statesOf(reports, sent.messageId).includes('delivered'), 'delivered');
    assert.deepEqual(statesOf(reports, sent.messageId), ['accepted', 'delivered']);
    assert.deepEqual(opened().texts(), [sent.text]);
  });

  it('sends a message of one id once, however often it is asked to', async () => {
    const { sender } = opened();
    const sent = message();
    await Promise.all([sender.send(sent), sender.send(sent)]);
    await sender.send(sent);
    const other = message({ text: 'Emergency 120 {other} [€] ~' });
    await sender.send(other);
    await until(() => opened().texts().length >= 2, 'both texts');
    assert.deepEqual(opened().texts(), [sent.text, other.text]);
  });
}

function wordTests(opened: () => Opened): void {
  it('refuses a number that is not in E.164, and says so', async () => {
    const { sender } = opened();
    const reports = listenTo(sender);
    const sent = message({ to: '13800138000' });
    await assert.rejects(sender.send(sent), { code: 'sms-failed' });
    assert.deepEqual(
      reports.map(({ state, failure }) => [state, failure]),
      [['failed', 'bad-number']],
    );
    assert.deepEqual(opened().texts(), []);
  });

  it('goes on telling the others when one listener fails, and nobody who has left', async () => {
    const { sender } = opened();
    sender.onReport(() => {
      throw new Error('a listener fell over');
    });
    const left: SmsReport[] = [];
    sender.onReport((report) => left.push(report))();
    const reports = listenTo(sender);
    const sent = message();
    await sender.send(sent);
    await until(() => statesOf(reports, sent.messageId).includes('delivered'), 'delivered');
    assert.equal(left.length, 0);
  });

  it('logs neither the text nor the number', async () => {
    const { sender } = opened();
    const reports = listenTo(sender);
    const sent = message();
    await sender.send(sent);
    await until(() => statesOf(reports, sent.messageId).includes('delivered'), 'delivered');
    const logged = opened().lines.join('');
    assert.match(logged, new RegExp(sent.messageId));
    for (const secret of [LINK, 'AbCdEfGh', '13800138000', '请点开'])
      assert.ok(!logged.includes(secret), secret);
  });

  it('closes twice as once, and takes nothing afterwards', async () => {
    const { sender } = opened();
    const reports = listenTo(sender);
    await Promise.all([sender.close('first'), sender.close('second')]);
    assert.equal(sender.connected, false);
    await assert.rejects(sender.send(message()), { code: 'sms-failed' });
    assert.deepEqual(
      reports.map(({ state, providerCode }) => [state, providerCode]),
      [['failed', 'closed']],
    );
    assert.deepEqual(opened().texts(), []);
  });
}
