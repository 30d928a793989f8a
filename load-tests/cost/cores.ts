/** The system under test has the second core for itself; this process and all else share the first one (Linux). */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** All threads of a process, and what it starts from then on. Does nothing on a machine with one core. */
export async function onSecondCore(pid: number): Promise<void> {
  if (cpus().length > 1) await run('taskset', ['-acp', '1', String(pid)]);
}

/** Keeps this process on the first core while something runs. */
export async function onFirstCore<T>(during: () => Promise<T>): Promise<T> {
  const cores = await allowedCores();
  if (cores === undefined) return during();
  await run('taskset', ['-acp', '0', String(process.pid)]);
  try {
    return await during();
  } finally {
    await run('taskset', ['-acp', cores, String(process.pid)]);
  }
}

async function allowedCores(): Promise<string | undefined> {
  if (cpus().length < 2) return undefined;
  const { stdout } = await run('taskset', ['-cp', String(process.pid)]);
  return stdout.trim().split(' ').at(-1);
}
