/** Seals a checked package: leaves, chain, tree, signature, and a request for a time stamp. */
import { join } from 'node:path';
import { AppError, messageOf } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import type { Manifest, Seal, StoredFile } from '../../signaling/protocol/manifest.ts';
import { hashFile } from './hash-file.ts';
import { REQUEST_FILE } from './layout.ts';
import { fileLeavesOf, leafHashes, leavesOf } from './leaves.ts';
import { readManifest, writeManifest } from './manifest-file.ts';
import { chainHead, MerkleTree } from './merkle.ts';
import { Findings } from './report.ts';
import { type SealSigner, signedBytes, thumbprint, timestampedHash } from './sign.ts';
import { stampSealed } from './stamp.ts';
import { type TimeAuthority, timestampRequest } from './timestamp.ts';
import { checkFiles, type FileProgress, isEvidence, walk } from './verify-files.ts';

export interface SealOptions {
  readonly folder: string;
  readonly signer: SealSigner;
  /** An RFC 3161 time authority (`recording.timestampUrl`); without it the request waits as a file. */
  readonly timeAuthority?: TimeAuthority;
  readonly now?: () => number;
  readonly onProgress?: (progress: FileProgress) => void;
  readonly signal?: AbortSignal;
}

export interface Sealed {
  readonly manifest: Manifest;
  /** Why no time stamp is there although an authority is configured; ask again later with `stampSealed`. */
  readonly timestampFailed?: string;
}

/**
 * Seals the package in `folder`. Idempotent: a sealed one is answered as it is. Every file is read once more and must be as
 * the manifest says. Throws `not-checked`, `package-damaged` with the first files that are wrong, and the file system's
 * errors. A time authority that does not answer delays nothing.
 */
export async function sealPackage(options: SealOptions): Promise<Sealed> {
  const { folder, signer, now = Date.now } = options;
  const { manifest } = await readManifest(folder);
  if (manifest.seal) return { manifest };
  if (manifest.state !== 'checked')
    throw new AppError('not-checked', `Recording ${manifest.roomId} is ${manifest.state}, not checked.`, {
      status: 409,
      whatToDo: 'Wait until the recording has ended and was checked.',
    });
  await mustBeWhole(manifest, options);
  const files = await others(folder, manifest);
  const ready: Manifest = { ...manifest, state: 'sealed' };
  const hashes = leafHashes(leavesOf(ready, files));
  const unsigned = {
    sealedUtc: now(),
    files,
    chain: Buffer.from(chainHead(hashes)).toString('hex'),
    leaves: hashes.length,
    root: Buffer.from(new MerkleTree(hashes).root).toString('hex'),
    keyId: thumbprint(signer.key),
    key: signer.key,
  };
  const raw = await signer.sign(signedBytes(manifest.roomId, unsigned));
  const signed = { ...unsigned, signature: Buffer.from(raw).toString('base64url') };
  const request = await store(
    folder,
    REQUEST_FILE,
    timestampRequest(timestampedHash(manifest.roomId, signed)),
  );
  const seal: Seal = { ...signed, timestamp: { request } };
  const sealed: Manifest = { ...ready, seal };
  await writeManifest(folder, sealed);
  if (options.timeAuthority === undefined) return { manifest: sealed };
  try {
    return { manifest: await stampSealed(folder, options.timeAuthority) };
  } catch (error) {
    return { manifest: sealed, timestampFailed: messageOf(error) };
  }
}

async function mustBeWhole(manifest: Manifest, { folder, onProgress, signal }: SealOptions): Promise<void> {
  const findings = new Findings();
  await checkFiles({
    folder,
    leaves: fileLeavesOf(manifest),
    findings,
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  if (findings.none) return;
  const named = findings.list.slice(0, 5).map(({ file, detail }) => `${file}: ${detail}`);
  throw new AppError('package-damaged', `The package is not as its manifest says: ${named.join('; ')}`, {
    whatToDo: 'Look at the disk, then make the segments anew with "goldenhour export PATH --rebuild".',
    details: { findings: findings.list.length + findings.leftOut },
  });
}

/** Whatever else stands in the package: playlists, indexes. Nothing in it may change unseen. */
async function others(folder: string, manifest: Manifest): Promise<StoredFile[]> {
  const known = new Set(fileLeavesOf(manifest).map(({ file }) => file));
  const files: StoredFile[] = [];
  for (const { file, regular } of await walk(folder, ''))
    if (regular && isEvidence(file) && !known.has(file))
      files.push({ file, ...(await hashFile(join(folder, file))) });
  return files;
}

/** Writes a file of the seal and answers what the manifest says of it. */
export async function store(folder: string, file: string, content: Uint8Array): Promise<StoredFile> {
  await writeAtomically(join(folder, file), content);
  return { file, ...(await hashFile(join(folder, file))) };
}
