/** What a start prints for the person in front of it: where to sign in, and once the first admin's password. */
import qrcode from 'qrcode';
import type { Config } from '../../platform/config/schema.ts';
import { addressForPhones, httpsAddress } from '../../platform/tls/addresses.ts';
import type { SignalingSide } from './signaling.ts';

/** Prints to standard error, so that the log on standard output stays one JSON object a line. */
export async function printWelcome(config: Config, { people, listener }: SignalingSide): Promise<void> {
  const admin = await people.ensureFirstAdmin();
  const lines = ['', 'GoldenHour is ready.', '', `  Sign in     ${httpsAddress('localhost', listener.port)}`];
  const phones = addressForPhones(listener.port);
  if (phones !== undefined) {
    lines.push(`  Phones      ${phones}`);
    if (config.tls.certFile === undefined) {
      lines.push(
        '              (first open it with /trust at the end: it helps the phone to trust this machine)',
      );
    }
  }
  if (admin) {
    lines.push('', `  First administrator   ${admin.username}`, `  Password              ${admin.password}`);
    lines.push('  Shown this once; it has to be changed at the first sign-in.');
  }
  if (phones !== undefined && process.stderr.isTTY) {
    lines.push('', await qrcode.toString(phones, { type: 'terminal', small: true }));
  }
  process.stderr.write(`${lines.join('\n')}\n`);
}
