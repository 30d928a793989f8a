/**
 * Loaded into a recorder before anything else (`--import`): while the file named by the variable is there, every write and every flush
 * takes some seconds, as on a disk that is failing or shared. No file system here can be slowed down by itself.
 */
import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export const SLOW_VARIABLE = 'GOLDENHOUR_SLOW_DISK';
const SLOW_MS = 4_000;

async function slowDown(flag: string): Promise<void> {
  const handle = await open('/dev/null');
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { datasync, sync } = prototype;
  const wait = () => (existsSync(flag) ? sleep(SLOW_MS) : Promise.resolve());
  prototype.datasync = async function slowly(this: FileHandle) {
    await wait();
    return datasync.call(this);
  };
  prototype.sync = async function slowly(this: FileHandle) {
    await wait();
    return sync.call(this);
  };
}

const flag = process.env[SLOW_VARIABLE];
if (flag !== undefined) await slowDown(flag);
