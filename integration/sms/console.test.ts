import assert from 'node:assert/strict';
import { openConsoleSender, openNoSender } from './console.ts';
import { describeSender, keepingLog, listenTo, message } from './testing/contract.ts';

describeSender('console', async () => {
  const { log, lines } = keepingLog();
  const printed: string[] = [];
  const sender = openConsoleSender({
    production: false,
    allowedInProduction: false,
    log,
    print: (text) => printed.push(text),
  });
  const texts = () => printed.map((text) => text.split('\n')[2] ?? '');
  return { sender, texts, lines, close: async () => {} };
});

describe('the console sender', () => {
  const { log } = keepingLog();

  it('is refused in production, unless it is allowed there', () => {
    const open = (allowedInProduction: boolean) =>
      openConsoleSender({ production: true, allowedInProduction, log, print: () => {} });
    assert.throws(() => open(false), { code: 'config-invalid' });
    assert.equal(open(true).kind, 'console');
  });
});

describe('an installation without a sender', () => {
  it('fails each message at once and says what to do instead', async () => {
    const sender = openNoSender(keepingLog().log);
    const reports = listenTo(sender);
    await assert.rejects(sender.send(message()), { code: 'sms-failed', whatToDo: /QR code/ });
    assert.deepEqual(
      reports.map(({ state, failure, providerCode }) => [state, failure, providerCode]),
      [['failed', 'provider-away', 'none']],
    );
    assert.equal(sender.connected, false);
    await sender.close('end of the test');
  });
});
