/** `goldenhour verify`: whether a recording, or one clip of it, is as it was sealed. */
import type { VerifyReport } from '../../recorder/seal/report.ts';
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { type OwnArguments, splitArguments, usageError } from '../own-arguments.ts';

const help = `Usage: goldenhour verify PATH [--key FILE|ID] [--authority FILE] [--keys] [--json]
       goldenhour verify --clip PROOF [--key FILE|ID] [--json]
       goldenhour verify PATH --attach-token FILE
       goldenhour verify --show-key

Checks the package of a recording in folder PATH, offline and without any secret: every stored byte, the order and
number of files, the manifest, the log's hash chain, the signature, the time stamp and what was added later. Whatever is
not as it was sealed is named with its file, segment and second. "--clip" checks one clip by its proof: the clip lies beside it.

  --key FILE|ID        the public key (PEM) or its fingerprint that the seal must be by; without it any key is taken, and
                       its fingerprint is printed to be compared with the one the installation has published
  --authority FILE     certificates (PEM) of time authorities that are believed
  --keys               decrypts with the keys of this installation as well, checks the plain bytes, and takes the
                       installation's own key for --key; it is written to the audit
  --attach-token FILE  adds the answer that a time authority gave to seal/request.tsq
  --show-key           prints the public key of this installation, to be published
  --json               prints the result as one JSON object

Any option of the configuration can follow --keys and --show-key, such as --config FILE.
Exit code 0: everything is as it was sealed. 1: it is not. 2: this was not understood.
`;

const flagNames = ['--keys', '--show-key'];

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const flags = new Set(rest.filter((argument) => flagNames.includes(argument)));
  const own = splitArguments(
    'verify',
    rest.filter((argument) => !flags.has(argument)),
    ['key', 'authority', 'clip', 'attach-token'],
  );
  const [path, ...more] = own.words;
  const proof = own.values.get('clip');
  const asked = [path, proof, flags.has('--show-key') ? 'key' : undefined].filter(
    (each) => each !== undefined,
  );
  if (asked.length !== 1 || more.length > 0) throw usageError('verify', 'Name one folder, or one proof.');
  const needsInstallation = flags.has('--keys') || flags.has('--show-key');
  if (own.settings.length > 0 && !needsInstallation)
    throw usageError('verify', `"${own.settings[0]}" is not understood.`);
  if (flags.has('--show-key')) return showKey(own, json);
  if (proof !== undefined) return verifyClip(proof, own, json);
  const token = own.values.get('attach-token');
  if (token !== undefined) await attach(path ?? '', token);
  return verifyFolder(path ?? '', own, flags.has('--keys'), json);
}

async function verifyFolder(folder: string, own: OwnArguments, withKeys: boolean, json: boolean) {
  const { readFile } = await import('node:fs/promises');
  const { StepLine } = await import('../../platform/setup/progress.ts');
  const { verifyPackage } = await import('../../recorder/seal/verify.ts');
  const authority = own.values.get('authority');
  const keyId = await keyIdOf(own);
  const options = {
    folder,
    ...(keyId === undefined ? {} : { keyId }),
    ...(authority === undefined ? {} : { roots: certificatesIn(await readFile(authority, 'utf8')) }),
  };
  const line = new StepLine(process.stderr, 1, 1, 'Checking');
  const onProgress = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }) =>
    line.say(megabytes(doneBytes), totalBytes === 0 ? 1 : doneBytes / totalBytes);
  try {
    const report = withKeys
      ? await withOwnKeys(own, { ...options, onProgress })
      : await verifyPackage({ ...options, onProgress });
    line.end(report.whole ? 'whole' : 'not whole');
    print({ text: wordsOf(report), json: report }, json);
    return report.whole ? 0 : 1;
  } catch (error) {
    line.end('failed');
    throw error;
  }
}

async function withOwnKeys(
  own: OwnArguments,
  options: Parameters<typeof import('../../recorder/seal/verify.ts').verifyPackage>[0],
): Promise<VerifyReport> {
  const { withRecordings } = await import('../with-recordings.ts');
  const { readManifest } = await import('../../recorder/seal/manifest-file.ts');
  const { plainAccess } = await import('../../recorder/seal/plain.ts');
  const { verifyPackage } = await import('../../recorder/seal/verify.ts');
  return withRecordings(own.settings, async ({ keys, signing, audit }) => {
    const { roomId } = (await readManifest(options.folder)).manifest;
    await audit('recording.verify', { roomId, purpose: 'evidence' });
    const plain = plainAccess({ folder: options.folder, roomId, keys, purpose: 'evidence' });
    return verifyPackage({ keyId: signing.keyId, ...options, plain });
  });
}

async function verifyClip(proofFile: string, own: OwnArguments, json: boolean): Promise<number> {
  const { verifyClipFile } = await import('../../recorder/seal/clip-file.ts');
  const keyId = await keyIdOf(own);
  const result = await verifyClipFile(proofFile, keyId);
  const at = (ms: number) => new Date(result.anchorUtc + ms).toISOString();
  const found = result.problems.map(({ code, detail }) => `  ${code}: ${detail}\n`).join('');
  const text = result.ok
    ? `The clip is as it was sealed: track ${result.trackId} of room ${result.roomId}, ${at(result.from)} to ${at(result.to)}.\nSealed ${new Date(result.sealedUtc).toISOString()} by key ${result.keyId}${keyId === undefined ? ': compare it with the one the installation has published' : ''}.\n`
    : `The clip is not as it was sealed:\n${found}`;
  print({ text, json: result }, json);
  return result.ok ? 0 : 1;
}

async function attach(folder: string, file: string): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const { stampSealed } = await import('../../recorder/seal/stamp.ts');
  await stampSealed(folder, { reply: await readFile(file) });
}

async function showKey(own: OwnArguments, json: boolean): Promise<number> {
  const { withRecordings } = await import('../with-recordings.ts');
  const answer = await withRecordings(own.settings, async ({ signing }): Promise<Answer> => {
    const pem = signing.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return { text: `${pem}Fingerprint: ${signing.keyId}\n`, json: { keyId: signing.keyId, publicKey: pem } };
  });
  print(answer, json);
  return 0;
}

/** A fingerprint as it is, or that of the public key in a file. */
async function keyIdOf({ values }: OwnArguments): Promise<string | undefined> {
  const key = values.get('key');
  if (key === undefined || /^[A-Za-z0-9_-]{43}$/.test(key)) return key;
  const { createPublicKey } = await import('node:crypto');
  const { readFile } = await import('node:fs/promises');
  const { thumbprint } = await import('../../recorder/keys/signing-key.ts');
  try {
    return thumbprint(createPublicKey(await readFile(key, 'utf8')));
  } catch {
    throw usageError('verify', `--key: ${key} is neither a fingerprint nor a file with a public key.`);
  }
}

function certificatesIn(pem: string): string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  if (!found) throw usageError('verify', '--authority: there is no certificate in this file.');
  return found;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function wordsOf(report: VerifyReport): string {
  const lines = report.findings.map((finding) => {
    const { code, file, trackId, segment, from, to, seq, detail } = finding;
    const where = [
      file,
      trackId === undefined ? undefined : `track ${trackId}`,
      segment === undefined ? undefined : `segment ${segment}`,
      from === undefined ? undefined : `${seconds(from)}${to === undefined ? '' : ` to ${seconds(to)}`}`,
      seq === undefined ? undefined : `entry ${seq}`,
    ];
    return `  ${code}: ${where.filter((word) => word !== undefined).join(', ')}: ${detail}\n`;
  });
  const more = report.findingsLeftOut > 0 ? `  and ${report.findingsLeftOut} more\n` : '';
  const head = report.whole
    ? `Room ${report.roomId} is as it was sealed.\n`
    : 'This recording is not as it was sealed:\n';
  return `${head}${lines.join('')}${more}${aboutSeal(report)}`;
}

function aboutSeal(report: VerifyReport): string {
  const { sealedUtc, keyId, keyKnown, timestamp } = report;
  const looked = `${report.files} files, ${megabytes(report.bytes)}, ${report.logEntries} entries of the log, ${report.supplements} supplements.\n`;
  if (sealedUtc === undefined) return looked;
  const key = keyKnown === undefined ? ': compare it with the one the installation has published' : '';
  const stamps = {
    none: 'No time stamp.',
    waiting: 'The time stamp is still to come (seal/request.tsq).',
    valid: `Time stamp of ${new Date(timestamp.utc ?? 0).toISOString()} by ${timestamp.authority}${timestamp.trusted === undefined ? '; whether to believe this authority was not checked' : ''}.`,
    invalid: 'The time stamp does not hold.',
  } as const;
  const plain = report.plain === 'checked' ? 'Plain bytes were checked too.\n' : '';
  return `${looked}Sealed ${new Date(sealedUtc).toISOString()} by key ${keyId}${key}.\n${stamps[timestamp.state]}\n${plain}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}

export const verifyCommand: Command = {
  summary: 'check that a recording or a clip is as it was sealed',
  help,
  setup: 'base',
  run,
};
