/** How far a journal may be read when its writer is not here to say so. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalPosition } from '../core/types.ts';
import { listJournalFiles } from '../journal/reader.ts';

/**
 * Flushes what stands in a journal and answers its end: a process that was killed leaves bytes that a power cut could still
 * take back. Undefined when there is no journal.
 *
 * @param folder of the track
 */
export async function flushedEnd(folder: string): Promise<JournalPosition | undefined> {
  const last = (await listJournalFiles(folder)).at(-1);
  if (!last) return undefined;
  const handle = await open(join(folder, last.name), 'r');
  try {
    const { size } = await handle.stat();
    await handle.datasync();
    return { file: last.name, offset: size };
  } finally {
    await handle.close();
  }
}
