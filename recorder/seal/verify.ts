/** Checks a package offline: every stored byte, the seal, its time stamp, the log, supplements, and with keys the plain bytes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Manifest, Seal } from '../../signaling/protocol/manifest.ts';
import { canonicalJson } from './canonical.ts';
import { inParallel } from './hash-file.ts';
import { type FileLeaf, fileLeavesOf, leafHashes, leavesOf } from './leaves.ts';
import { readManifest } from './manifest-file.ts';
import { chainHead, MerkleTree } from './merkle.ts';
import { type PlainAccess, saltedHash } from './plain.ts';
import { Findings, type TimestampState, type VerifyReport } from './report.ts';
import { signatureHolds, signedBytes, thumbprint, timestampedHash } from './sign.ts';
import { checkToken } from './timestamp.ts';
import { checkFiles, checkStrangers, type FileProgress, placeOf } from './verify-files.ts';
import { checkLog } from './verify-log.ts';
import { checkSupplements } from './verify-supplements.ts';

export interface VerifyOptions {
  readonly folder: string;
  /** RFC 7638 thumbprint of the key the seal must be by; without it any key is taken and `keyKnown` is absent. */
  readonly keyId?: string;
  /** PEM of time authorities that are believed. */
  readonly roots?: readonly string[];
  /** With keys the plain bytes are checked against their salted hashes as well. */
  readonly plain?: PlainAccess;
  readonly onProgress?: (progress: FileProgress) => void;
  readonly signal?: AbortSignal;
}

/** Never throws for a package that is damaged, only for one that cannot be looked at, and when aborted. */
export async function verifyPackage(options: VerifyOptions): Promise<VerifyReport> {
  const findings = new Findings();
  const opened = await openManifest(options.folder, findings);
  if (!opened) return unreadable(findings);
  const { manifest, text } = opened;
  const { seal } = manifest;
  if (text !== canonicalJson(manifest)) {
    // Sealing writes the one canonical form; any other spelling is a byte that someone changed.
    if (seal)
      findings.add('manifest-not-canonical', 'its bytes are not those that were written', {
        file: 'manifest.json',
      });
  }
  const others = seal ? sealFiles(seal) : [];
  const leaves = [...fileLeavesOf(manifest), ...others];
  const bytes = await checkFiles({ ...options, leaves, findings });
  if (seal) {
    await checkStrangers(options.folder, new Set(leaves.map(({ file }) => file)), findings);
    checkSeal(manifest, seal, options, findings);
  } else findings.add('not-sealed', `the recording is ${manifest.state} and has no seal yet`);
  const timestamp = seal
    ? await checkTimestamp(manifest.roomId, seal, options, findings)
    : ({ state: 'none' } as const);
  const logEntries = await checkLog(options.folder, manifest, findings);
  const supplements = await checkSupplements({ ...options, manifest, findings });
  if (options.plain) await checkPlain(options.plain, fileLeavesOf(manifest), findings, options.signal);
  return {
    whole: findings.none,
    roomId: manifest.roomId,
    ...(seal ? { sealedUtc: seal.sealedUtc, root: seal.root, keyId: seal.keyId } : {}),
    ...(seal && options.keyId !== undefined ? { keyKnown: seal.keyId === options.keyId } : {}),
    files: leaves.length,
    bytes,
    logEntries,
    supplements,
    timestamp,
    plain: options.plain ? 'checked' : 'no-keys',
    findings: findings.list,
    findingsLeftOut: findings.leftOut,
  };
}

async function openManifest(folder: string, findings: Findings) {
  try {
    return await readManifest(folder);
  } catch (error) {
    const file = 'manifest.json';
    if (isAppError(error, 'not-found')) findings.add('manifest-missing', error.message, { file });
    else if (isAppError(error)) findings.add('manifest-unreadable', error.message, { file });
    else throw error;
    return undefined;
  }
}

function unreadable(findings: Findings): VerifyReport {
  return {
    whole: false,
    files: 0,
    bytes: 0,
    logEntries: 0,
    supplements: 0,
    timestamp: { state: 'none' },
    plain: 'no-keys',
    findings: findings.list,
    findingsLeftOut: findings.leftOut,
  };
}

/** Files that only the seal names: those among the leaves, and the request and token beside them. */
function sealFiles({ files, timestamp }: Seal): FileLeaf[] {
  const named = [...files, ...(timestamp ? [timestamp.request] : [])];
  return [...named, ...(timestamp?.token ? [timestamp.token] : [])].map((file) => ({
    kind: 'other',
    ...file,
  }));
}

function checkSeal(manifest: Manifest, seal: Seal, { keyId }: VerifyOptions, findings: Findings): void {
  const hashes = leafHashes(leavesOf(manifest, seal.files));
  const where = { file: 'manifest.json' };
  if (hashes.length !== seal.leaves)
    findings.add('leaves', `${hashes.length} things are named, ${seal.leaves} were sealed`, where);
  if (Buffer.from(new MerkleTree(hashes).root).toString('hex') !== seal.root)
    findings.add('root', 'the manifest or its order is not what was sealed', where);
  if (Buffer.from(chainHead(hashes)).toString('hex') !== seal.chain)
    findings.add('chain', 'the manifest or its order is not what was sealed', where);
  if (thumbprint(seal.key) !== seal.keyId)
    findings.add('key-id', 'the key in the seal is not the one it names', where);
  if (!signatureHolds(seal.key, signedBytes(manifest.roomId, seal), seal.signature))
    findings.add('signature', 'the signature does not hold', where);
  if (keyId !== undefined && keyId !== seal.keyId)
    findings.add('other-key', `it is sealed by ${seal.keyId}, not by ${keyId}`, where);
  if (manifest.state !== 'sealed') findings.add('manifest-altered', `its state is ${manifest.state}`, where);
}

async function checkTimestamp(
  roomId: string,
  seal: Seal,
  { folder, roots }: VerifyOptions,
  findings: Findings,
): Promise<TimestampState> {
  const { timestamp } = seal;
  if (!timestamp) return { state: 'none' };
  if (!timestamp.token) return { state: 'waiting' };
  try {
    const token = await readFile(join(folder, timestamp.token.file));
    const checked = checkToken(token, timestampedHash(roomId, seal), roots);
    if (checked.trusted === false)
      findings.add('timestamp', `nobody given vouches for ${checked.authority}`, {
        file: timestamp.token.file,
      });
    return { state: 'valid', ...checked };
  } catch (error) {
    findings.add('timestamp', `the time stamp does not hold: ${messageOf(error)}`, {
      file: timestamp.token.file,
    });
    return { state: 'invalid' };
  }
}

async function checkPlain(
  access: PlainAccess,
  leaves: readonly FileLeaf[],
  findings: Findings,
  signal?: AbortSignal,
): Promise<void> {
  await inParallel(leaves, 2, async (leaf) => {
    if (leaf.plain === undefined) return;
    signal?.throwIfAborted();
    try {
      const { plain, salt } = await access.open(leaf.file);
      if (saltedHash(salt, plain) === leaf.plain) return;
      findings.add('plain-altered', 'what it decrypts to is not what was sealed', placeOf(leaf));
    } catch (error) {
      findings.add('plain-altered', `it does not decrypt: ${messageOf(error)}`, placeOf(leaf));
    }
  });
}
