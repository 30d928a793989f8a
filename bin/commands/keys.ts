/** `goldenhour keys`: the master key, and the confirmation that a copy of it is kept elsewhere. */
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { splitArguments, usageError } from '../own-arguments.ts';

const help = `Usage: goldenhour keys
       goldenhour keys confirm FINGERPRINT

Shows the fingerprint of the master key of this installation, where the key stands, and whether a copy is confirmed. Recordings
and the words of every room are encrypted with it: when the disk fails and there is no copy, none of them can be read again.

Copy the file to a safe place apart from this machine, compare there ("goldenhour keys --dataDir COPY" reads a folder
with the copy), then record with "confirm" that it was done. In production the recorder does not start before.

  --json    print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE.
`;

interface Installation {
  readonly dataDir: string;
  readonly masterKey: Uint8Array;
}

async function show({ dataDir, masterKey }: Installation): Promise<Answer> {
  const { join } = await import('node:path');
  const { masterKeyFingerprint } = await import('../../recorder/keys/fingerprint.ts');
  const { isKeyCopyConfirmed, WITHOUT_A_COPY } = await import('../../recorder/keys/key-copy.ts');
  const fingerprint = masterKeyFingerprint(masterKey);
  const file = join(dataDir, 'master.key');
  const copyConfirmed = await isKeyCopyConfirmed(dataDir, masterKey);
  const state = copyConfirmed
    ? 'A copy elsewhere is confirmed.'
    : `No copy is confirmed. ${WITHOUT_A_COPY}\n\nOnce it is copied: goldenhour keys confirm ${fingerprint}`;
  return {
    text: `Master key   ${fingerprint}\nFile         ${file}\n\n${state}\n`,
    json: { fingerprint, file, copyConfirmed },
  };
}

async function confirm({ dataDir, masterKey }: Installation, fingerprint: string): Promise<Answer> {
  const { confirmKeyCopy } = await import('../../recorder/keys/key-copy.ts');
  await confirmKeyCopy(dataDir, masterKey, fingerprint, Date.now());
  return { text: 'The copy is confirmed.\n', json: { copyConfirmed: true } };
}

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const { words, settings } = splitArguments('keys', rest, []);
  const [action, fingerprint, ...more] = words;
  const isConfirm = action === 'confirm' && fingerprint !== undefined && more.length === 0;
  if (action !== undefined && !isConfirm) throw usageError('keys', 'This is not understood.');
  const { loadConfig } = await import('../../platform/config/load.ts');
  const { readMasterKey } = await import('../../signaling/people/keyring.ts');
  const { dataDir } = loadConfig({ args: settings });
  const installation = { dataDir, masterKey: await readMasterKey(dataDir) };
  print(await (isConfirm ? confirm(installation, fingerprint) : show(installation)), json);
  return 0;
}

export const keysCommand: Command = {
  summary: 'show the master key’s fingerprint, and confirm that it was copied',
  help,
  setup: 'base',
  run,
};
