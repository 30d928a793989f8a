/**
 * The confirmation that a copy of the master key is kept elsewhere. Every recording is encrypted from its first byte: with
 * the disk that holds the only master key, all of them are lost.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import { UtcMs } from '../../signaling/protocol/values.ts';
import { masterKeyFingerprint } from './fingerprint.ts';

const CONFIRMATION_FILE = 'master-key-copy.json';
const Confirmation = z.strictObject({ fingerprint: z.string(), confirmedUtc: UtcMs });

/** What is lost without a copy; shown at each start until one is confirmed. */
export const WITHOUT_A_COPY =
  'All recordings, and the words of every room, are encrypted with the master key in the data folder. If this disk fails and there is no copy of that key elsewhere, none of them can ever be read again, not even from backups.';

/** True when somebody confirmed that a copy of this very key is kept elsewhere. */
export async function isKeyCopyConfirmed(dataDir: string, masterKey: Uint8Array): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(join(dataDir, CONFIRMATION_FILE), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  const confirmation = Confirmation.parse(JSON.parse(text));
  return confirmation.fingerprint === masterKeyFingerprint(masterKey);
}

/** Records the confirmation. Throws `key-copy-differs` when the fingerprint is not that of this master key. */
export async function confirmKeyCopy(
  dataDir: string,
  masterKey: Uint8Array,
  fingerprint: string,
  nowUtc: number,
): Promise<void> {
  const own = masterKeyFingerprint(masterKey);
  if (fingerprint.trim().toLowerCase() !== own) {
    throw new AppError('key-copy-differs', 'That is not the fingerprint of the master key in use.', {
      status: 400,
      whatToDo: `Copy master.key of the data folder again and compare: its fingerprint is ${own}.`,
    });
  }
  const confirmation = Confirmation.parse({ fingerprint: own, confirmedUtc: nowUtc });
  await writeAtomically(join(dataDir, CONFIRMATION_FILE), `${JSON.stringify(confirmation)}\n`, 0o600);
}

/** The refusal of a start in production without that confirmation. */
export function keyCopyMissing(masterKey: Uint8Array): AppError {
  const own = masterKeyFingerprint(masterKey);
  return new AppError('key-copy-missing', WITHOUT_A_COPY, {
    whatToDo: `Copy master.key of the data folder to a safe place apart from this machine, then run "goldenhour keys confirm ${own}". To start without (never with real patients), set recording.requireKeyCopy to false.`,
  });
}
