/** Reading and writing manifest.json. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import { canonicalJson } from './canonical.ts';
import { MANIFEST_FILE } from './layout.ts';

/** Throws `not-found` where there is none, `manifest-damaged` where it is not one. */
export async function readManifest(folder: string): Promise<{ manifest: Manifest; text: string }> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8').catch((error: unknown) => {
    throw new AppError('not-found', `There is no ${MANIFEST_FILE} in this folder.`, {
      status: 404,
      whatToDo: 'Give the folder of one recording, which is named by the id of its room.',
      cause: error,
    });
  });
  const parsed = z.safeParse(Manifest, parse(text));
  if (parsed.success) return { manifest: parsed.data, text };
  const where = parsed.error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ');
  throw new AppError('manifest-damaged', `${MANIFEST_FILE} is not a manifest of this version: ${where}`, {
    whatToDo: 'Restore it from a backup; segments and manifest can also be made anew from the journals.',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses undefined and names the whole file as wrong.
    return undefined;
  }
}

/** Written in its one canonical form, so that a check may compare every byte. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await writeAtomically(join(folder, MANIFEST_FILE), canonicalJson(manifest));
}
