import assert from 'node:assert/strict';
import { loadConfig } from '../../../platform/config/load.ts';
import { OutgoingGuard } from '../../../platform/outgoing.ts';
import { openSms } from '../open.ts';
import { describeSender, keepingLog, message, until } from '../testing/contract.ts';
import { hasIndependentCentre, type Said, startIndependentCentre } from '../testing/independent-centre.ts';

const isInstalled = hasIndependentCentre();
const SUBMIT = 0x04;
const SUBMITS = ({ cmd }: Said) => cmd === SUBMIT;

async function open(port: number, alphabet: 'auto' | 'ucs2' = 'auto') {
  const { log, lines } = keepingLog();
  const { sms } = loadConfig({ env: {}, cwd: '/' });
  const smpp = { ...sms.smpp, host: '127.0.0.1', port, systemId: 'goldenhour', password: 'secret', alphabet };
  const opened = await openSms({
    sms: { ...sms, kind: 'smpp', smpp },
    guard: new OutgoingGuard(),
    log,
    production: true,
    readFile: async () => '',
  });
  return { sender: opened.sender, lines };
}

/** Reads a text as a phone would: UTF-16 big-endian, or one code of the 7-bit alphabet a byte, of which ASCII is tried. */
function textOf({ short_message, data_coding }: Said): string {
  const bytes = Buffer.from(String(short_message), 'hex');
  if (Number(data_coding) === 8) return bytes.swap16().toString('utf16le');
  const extended: Record<number, string> = { 40: '{', 41: '}', 60: '[', 62: ']', 101: '€', 61: '~' };
  let text = '';
  for (let index = 0; index < bytes.length; index += 1) {
    const code = bytes[index] ?? 0;
    if (code === 0x1b) {
      index += 1;
      text += extended[bytes[index] ?? 0] ?? '?';
    } else text += String.fromCharCode(code);
  }
  return text;
}

if (isInstalled) {
  describeSender(
    'smpp',
    async () => {
      const centre = await startIndependentCentre();
      const opened = await open(centre.port);
      await until(() => opened.sender.connected, 'bound');
      return { ...opened, texts: () => centre.said.filter(SUBMITS).map(textOf), close: () => centre.close() };
    },
    'smpp with a centre on Net::SMPP',
  );
}

describe('SMPP with a centre that shares no code with us', () => {
  it('is read there field by field as it was meant', async function () {
    if (!isInstalled) return this.skip();
    const centre = await startIndependentCentre();
    const { sender } = await open(centre.port, 'ucs2');
    try {
      const text = 'Emergency '.repeat(10);
      await sender.send(message({ text, validForMs: 15 * 60_000 }));
      const bind = centre.said[0];
      assert.deepEqual([bind?.cmd, bind?.system_id, bind?.password], [0x09, 'goldenhour', 'secret']);
      // The centre answers first and says what it read afterwards.
      await until(() => centre.said.filter(SUBMITS).length >= 2, 'both parts');
      const parts = centre.said.filter(SUBMITS);
      assert.equal(parts.length, 2);
      for (const [index, part] of parts.entries()) {
        assert.deepEqual(
          [Number(part.esm_class), Number(part.data_coding), Number(part.registered_delivery)],
          [0x40, 8, 1],
        );
        assert.equal(part.validity_period, '000000001500000R');
        assert.match(String(part.short_message), new RegExp(`^050003..020${index + 1}`));
      }
      const bodies = parts.map((part) => ({ ...part, short_message: String(part.short_message).slice(12) }));
      assert.equal(bodies.map(textOf).join(''), text);
    } finally {
      await sender.close('end of the test');
      await centre.close();
    }
    assert.ok(
      centre.said.some(({ cmd }) => cmd === 0x06),
      'no goodbye',
    );
  });
});
