/** What a process that is gone has left of a journal: flushed once more, and then as safe as what is written now. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalPosition } from '../core/types.ts';
import { listJournalFiles } from './reader.ts';

/** The end of a track's journal on the disk; undefined when it has none. A reader stops at the last whole block before it. */
export async function settleJournal(folder: string): Promise<JournalPosition | undefined> {
  const last = (await listJournalFiles(folder)).at(-1);
  if (last === undefined) return undefined;
  const handle = await open(join(folder, last.name), 'r');
  try {
    // A killed process leaves its last writes with the kernel; a power cut now would still take them.
    await handle.sync();
    return { file: last.name, offset: (await handle.stat()).size };
  } finally {
    await handle.close();
  }
}
