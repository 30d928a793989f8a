/** Puts the token of a time authority into a sealed package: fetched, or brought as a file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import type { Manifest } from '../../signaling/protocol/manifest.ts';
import { hashFile } from './hash-file.ts';
import { TOKEN_FILE } from './layout.ts';
import { readManifest, writeManifest } from './manifest-file.ts';
import { timestampedHash } from './sign.ts';
import { checkToken, fetchToken, type TimeAuthority, tokenOf } from './timestamp.ts';

/** Asks an authority, or takes what one answered to seal/request.tsq, as reply or token alone. */
export type TokenSource = TimeAuthority | { readonly reply: Uint8Array };

/**
 * Adds a checked time stamp to a sealed package; one that has one is answered as it is. Throws `not-sealed`,
 * `timestamp-failed` when the authority gives none and `timestamp-wrong` when the token does not fit this seal.
 */
export async function stampSealed(folder: string, source: TokenSource): Promise<Manifest> {
  const { manifest } = await readManifest(folder);
  const { seal } = manifest;
  if (!seal?.timestamp)
    throw new AppError('not-sealed', `Recording ${manifest.roomId} waits for no time stamp.`, {
      status: 409,
      whatToDo: 'Only a sealed recording gets a time stamp; seal it first.',
    });
  if (seal.timestamp.token) return manifest;
  const request = await readFile(join(folder, seal.timestamp.request.file));
  const token = 'url' in source ? await fetchToken(source, request) : given(source.reply);
  try {
    checkToken(token, timestampedHash(manifest.roomId, seal));
  } catch (error) {
    throw new AppError('timestamp-wrong', `The time stamp does not fit this seal: ${messageOf(error)}.`, {
      status: 422,
      whatToDo: 'Attach the answer that the authority gave to seal/request.tsq of this very recording.',
    });
  }
  await writeAtomically(join(folder, TOKEN_FILE), token);
  const stored = { file: TOKEN_FILE, ...(await hashFile(join(folder, TOKEN_FILE))) };
  const stamped: Manifest = {
    ...manifest,
    seal: { ...seal, timestamp: { ...seal.timestamp, token: stored } },
  };
  await writeManifest(folder, stamped);
  return stamped;
}

function given(reply: Uint8Array): Uint8Array {
  try {
    return tokenOf(reply);
  } catch (error) {
    throw new AppError('timestamp-wrong', `The file holds no time stamp: ${messageOf(error)}.`, {
      status: 422,
      whatToDo: 'Attach the whole answer of the time authority, as it came.',
    });
  }
}
