/** Checks a clip that lies beside its proof. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { AppError, messageOf } from '../../platform/errors.ts';
import { ClipProof } from './proof.ts';
import { type ClipResult, checkClip } from './proof-check.ts';
import { timestampedHash } from './sign.ts';
import { checkToken } from './timestamp.ts';

/**
 * Checks the clip that `proofFile` names. With `keyId` the seal must be by that key. Throws `not-found` when one of the
 * two is missing and `proof-damaged` for what is no proof.
 */
export async function verifyClipFile(proofFile: string, keyId?: string): Promise<ClipResult> {
  const proof = parse(await read(proofFile));
  // Only a name: a proof from elsewhere must not point out of its folder.
  const clip = await read(join(dirname(proofFile), basename(proof.clip)));
  const result = await checkClip(proof, clip);
  const problems = [...result.problems];
  if (keyId !== undefined && keyId !== result.keyId)
    problems.push({ code: 'other-key', detail: `it is sealed by ${result.keyId}` });
  if (proof.timestampToken !== undefined) {
    try {
      const token = Buffer.from(proof.timestampToken, 'base64');
      checkToken(token, timestampedHash(proof.roomId, { ...proof.seal, files: [] }));
    } catch (error) {
      problems.push({ code: 'timestamp', detail: `the time stamp does not hold: ${messageOf(error)}` });
    }
  }
  return { ...result, problems, ok: problems.length === 0 };
}

async function read(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new AppError('not-found', `${file} cannot be read: ${messageOf(error)}`, {
      status: 404,
      whatToDo: 'Put the clip and its proof into one folder under the names they were handed over with.',
      cause: error,
    });
  });
}

function parse(bytes: Buffer): ClipProof {
  const parsed = z.safeParse(ClipProof, tryJson(bytes.toString()));
  if (parsed.success) return parsed.data;
  throw new AppError('proof-damaged', 'This is not the proof of a clip.', {
    whatToDo: 'Ask for the proof again where it came from.',
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses undefined.
    return undefined;
  }
}
