/** What a start prints for the person in front of it: where to sign in, and once the first admin's password. */
import { addressForPhones, httpsAddress } from '../../platform/tls/addresses.ts';
import { terminalQr } from '../../platform/tls/qr.ts';
import { WITHOUT_A_COPY } from '../../recorder/keys/key-copy.ts';
import type { SignalingSide } from './signaling.ts';

/** What of the opened service the words are made of. */
export interface Welcomed extends Pick<SignalingSide, 'plainPort' | 'bystanderOrigin'> {
  readonly people: Pick<SignalingSide['people'], 'ensureFirstAdmin'>;
  readonly listener: Pick<SignalingSide['listener'], 'port'>;
}

/** Prints to standard error, so that the log on standard output stays one JSON object a line. */
export async function printWelcome(side: Welcomed, uncopiedKey?: string): Promise<void> {
  process.stderr.write(await welcome(side, uncopiedKey));
}

/** The words. With a local certificate phones begin at a plain address that helps them to trust it. */
export async function welcome(
  { people, listener, plainPort, bystanderOrigin }: Welcomed,
  uncopiedKey?: string,
): Promise<string> {
  const admin = await people.ensureFirstAdmin();
  const secure = addressForPhones(listener.port);
  const phones = secure && plainPort ? `http://${new URL(secure).hostname}:${plainPort}/trust` : secure;
  const lines = ['', 'GoldenHour is ready.', '', `  Sign in     ${httpsAddress('localhost', listener.port)}`];
  if (secure !== undefined) lines.push(`  Network     ${secure}`);
  if (phones !== undefined)
    lines.push(`  Phones      ${phones}   (begin here: it helps the phone to trust this machine)`);
  if (bystanderOrigin !== undefined)
    lines.push(`  Bystanders  ${bystanderOrigin}/   (where links to phones lead; nothing else is there)`);
  if (admin) {
    lines.push('', `  First administrator   ${admin.username}`, `  Password              ${admin.password}`);
    lines.push('  Shown this once; it has to be changed at the first sign-in.');
  }
  if (uncopiedKey !== undefined) {
    lines.push('', `  NO COPY OF THE MASTER KEY. ${WITHOUT_A_COPY}`);
    lines.push('  Copy master.key of the data folder to a safe place apart from this machine, then:');
    lines.push(`  goldenhour keys confirm ${uncopiedKey}`);
  }
  if (phones !== undefined) lines.push('', await terminalQr(phones));
  return `${lines.join('\n')}\n`;
}
