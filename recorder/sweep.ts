/**
 * Files that were being written when a recorder was killed. They were never part of the package, whose files are renamed into
 * place when they are whole; left lying, every later check would call them added.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { REQUEST_FILE, SUPPLEMENTS_FOLDER } from './seal/layout.ts';

/** What both writers of whole files name the unfinished ones: `platform/files.ts` and `storage/local.ts`. */
const PART = '.part';
/** Where a sealed package is still written to: its state and manifest, time stamps, what is added later. */
const AFTER_SEAL = ['', join(REQUEST_FILE, '..'), SUPPLEMENTS_FOLDER] as const;

/** Removes them from a package folder that nobody writes at this moment, and answers how many there were. */
export async function sweepParts(folder: string, isSealed: boolean): Promise<number> {
  // A sealed package has thousands of files that nothing touches any more; at a start there may be thousands of packages.
  if (!isSealed) return sweepFolder(folder, true);
  const swept = await Promise.all(AFTER_SEAL.map((inside) => sweepFolder(join(folder, inside), false)));
  return swept.reduce((sum, count) => sum + count, 0);
}

async function sweepFolder(folder: string, recursive: boolean): Promise<number> {
  const entries = await readdir(folder, { recursive, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const parts = entries.filter((entry) => entry.isFile() && entry.name.endsWith(PART));
  for (const part of parts) await rm(join(part.parentPath, part.name), { force: true });
  return parts.length;
}
