/** One set-up at a time per cache folder. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until this process alone holds the lock of `cache` and returns the function that gives it back.
 *
 * The lock is the kernel's own, taken by SQLite on an otherwise empty database: the kernel frees it when its holder
 * dies, however it dies, so that no stale lock is ever left to be noticed and broken.
 *
 * @param onWait is called once when another process holds the lock.
 * @throws the signal's reason when it fires first
 */
export async function acquireSetupLock(
  cache: string,
  onWait: () => void,
  signal: AbortSignal,
): Promise<() => void> {
  mkdirSync(cache, { recursive: true });
  const database = new DatabaseSync(join(cache, 'setup.lock'), { timeout: 0 });
  try {
    let waited = false;
    while (!tryExclusive(database)) {
      if (!waited) onWait();
      waited = true;
      await sleep(200, undefined, { signal });
    }
  } catch (error) {
    database.close();
    throw error;
  }
  let released = false;
  return () => {
    if (released) return;
    released = true;
    database.close();
  };
}

function tryExclusive(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    // 5 is SQLITE_BUSY (https://sqlite.org/rescode.html#busy).
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return false;
    throw error;
  }
}
