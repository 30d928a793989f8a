/** Puts this process on the core of the bots, since what it does is part of what asks, not of what serves. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { GENERATOR_CORE } from './fleet.ts';

/**
 * Moves all threads of it that exist now; what they start inherits it. Answers how to move them back to where they were. Does nothing
 * on a machine with one core.
 */
export async function pinSelf(): Promise<() => Promise<void>> {
  if (availableParallelism() === 1) return async () => undefined;
  const status = await readFile('/proc/self/status', 'utf8');
  const before = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  if (before === undefined)
    throw new Error('/proc/self/status does not say on which cores this process may run');
  await moveTo(String(GENERATOR_CORE));
  return () => moveTo(before);
}

async function moveTo(cores: string): Promise<void> {
  await promisify(execFile)('taskset', ['-acp', cores, String(process.pid)]);
}
