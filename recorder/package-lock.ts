/**
 * Only one recorder writes a package. The lock is the kernel's own, taken by SQLite on an otherwise empty file: the kernel
 * frees it when its holder dies, however it dies, so that no stale lock is ever left to be noticed and broken.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { recordingLocked } from './errors.ts';

export const LOCK_FILE = 'lock';

/** Locks a package folder that exists; answers how to let go. Throws `recording-locked` when another process holds it. */
export function lockPackage(folder: string, roomId: string): () => void {
  const database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    // SQLITE_BUSY (5): somebody else holds it.
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) throw recordingLocked(roomId);
    throw error;
  }
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    database.close();
  };
}
