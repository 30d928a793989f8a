/** Sizes and hashes of the files of a journal, for the manifest. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { StoredFile } from '../../signaling/protocol/manifest.ts';
import { listJournalFiles } from '../journal/reader.ts';
import { trackFolder } from './names.ts';

/**
 * Files of a track's journal that are not in `known`, hashed. The last one may still grow and is left out unless `ended`.
 * @param folder of the package
 */
export async function newJournalFiles(
  folder: string,
  trackId: string,
  known: readonly StoredFile[],
  ended: boolean,
): Promise<StoredFile[]> {
  const files = await listJournalFiles(join(folder, trackFolder(trackId)));
  const names = new Set(known.map(({ file }) => file));
  const found: StoredFile[] = [];
  for (const { name } of ended ? files : files.slice(0, -1)) {
    const file = `${trackFolder(trackId)}/${name}`;
    if (!names.has(file)) found.push({ file, ...(await hashOf(join(folder, file))) });
  }
  return found;
}

async function hashOf(path: string): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, hash: hash.digest('hex') };
}
