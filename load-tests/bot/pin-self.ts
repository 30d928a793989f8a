/** Puts this process on the core of the bots, since what it does is part of what asks, not of what serves. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { GENERATOR_CORE } from './fleet.ts';

/** All threads of it that exist now; what they start inherits it. Does nothing on a machine with one core. */
export async function pinSelf(): Promise<void> {
  if (availableParallelism() === 1) return;
  await promisify(execFile)('taskset', ['-acp', String(GENERATOR_CORE), String(process.pid)]);
}
