/**
 * Files from elsewhere, added after the end: each is sealed by itself, bound to the recording and to the one before it.
 * The record is `supplements/<id>.json` in canonical JSON; the bytes stand beside it, encrypted as every stored file.
 */
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import { Supplement } from '../../signaling/protocol/manifest.ts';
import { canonicalJson } from './canonical.ts';
import { SUPPLEMENTS_FOLDER } from './layout.ts';
import { readManifest } from './manifest-file.ts';
import { type SealSigner, signedSupplement, thumbprint } from './sign.ts';

export type NewSupplement = Omit<Supplement, 'after' | 'keyId' | 'signature'>;

/** Path of the record of a supplement inside its package. */
export function supplementRecord(supplementId: string): string {
  return `${SUPPLEMENTS_FOLDER}/${supplementId}.json`;
}

/** What the next supplement is added behind: the hash of this one. */
export function supplementHash(supplement: Supplement): string {
  return hash('sha256', canonicalJson(supplement));
}

/**
 * Signs a supplement whose bytes stand in the package already, and writes its record. The same again is answered as it
 * is. Calls for one package must not overlap: each is added behind the one before. Throws `not-sealed`.
 */
export async function sealSupplement(
  folder: string,
  signer: SealSigner,
  added: NewSupplement,
): Promise<Supplement> {
  const { manifest } = await readManifest(folder);
  if (!manifest.seal)
    throw new AppError('not-sealed', `Recording ${manifest.roomId} is not sealed yet.`, {
      status: 409,
      whatToDo: 'Add the file once the recording is sealed.',
    });
  const before = await readSupplements(folder);
  const same = before.find(({ supplementId }) => supplementId === added.supplementId);
  if (same) return same;
  const last = lastOf(before, manifest.seal.root);
  const unsigned = {
    ...added,
    after: last ? supplementHash(last) : manifest.seal.root,
    keyId: thumbprint(signer.key),
  };
  const raw = await signer.sign(signedSupplement(manifest.roomId, unsigned));
  const supplement = { ...unsigned, signature: Buffer.from(raw).toString('base64url') };
  await writeAtomically(join(folder, supplementRecord(added.supplementId)), canonicalJson(supplement));
  return supplement;
}

/** Records of all supplements, in no order. Throws `supplement-damaged` for one that cannot be read. */
export async function readSupplements(folder: string): Promise<Supplement[]> {
  const names = await readdir(join(folder, SUPPLEMENTS_FOLDER)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const records = names.filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    records.map(async (name) => {
      const text = await readFile(join(folder, SUPPLEMENTS_FOLDER, name), 'utf8');
      const supplement = parseSupplement(text);
      if (supplement) return supplement;
      throw new AppError('supplement-damaged', `${SUPPLEMENTS_FOLDER}/${name} is not what was written.`, {
        whatToDo: 'Restore the file from a backup.',
      });
    }),
  );
}

/** The record in its one canonical spelling, or undefined. */
export function parseSupplement(text: string): Supplement | undefined {
  try {
    const parsed = z.safeParse(Supplement, JSON.parse(text));
    return parsed.success && canonicalJson(parsed.data) === text ? parsed.data : undefined;
  } catch {
    // Not JSON: the caller says which file.
    return undefined;
  }
}

/** Follows the chain from the seal to its end. */
export function orderOf(supplements: readonly Supplement[], root: string): Supplement[] {
  const byPrevious = new Map(supplements.map((each) => [each.after, each]));
  const ordered: Supplement[] = [];
  for (let next = byPrevious.get(root); next && ordered.length < supplements.length; ) {
    ordered.push(next);
    next = byPrevious.get(supplementHash(next));
  }
  return ordered;
}

function lastOf(supplements: readonly Supplement[], root: string): Supplement | undefined {
  return orderOf(supplements, root).at(-1);
}
