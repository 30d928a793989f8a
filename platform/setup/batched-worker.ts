/**
 * A worker that gives its packets to the kernel in batches (worker-build/batched-send.c): a program that becomes any mediasoup worker with
 * our library loaded before the C library, so that official binaries gain by it as well as those built here.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, mustRun } from './run-program.ts';

const SOURCE = fileURLToPath(new URL('worker-build/batched-send.c', import.meta.url));
const COMPILE_MS = 60_000;

export interface Wrapping {
  /** A library to load before all others. */
  readonly preload?: string;
  /** A program and its arguments that runs another, such as nice(1). */
  readonly under?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Makes the library and the program in `folder`, which stay there for the next time, named by the source they are made of. Returns the program's path, or `worker` itself where
 * there is no C compiler: it does the same at a higher cost.
 */
export async function batchedWorker(worker: string, folder = dirname(worker)): Promise<string> {
  const source = createHash('sha256')
    .update(await readFile(SOURCE))
    .digest('hex')
    .slice(0, 12);
  const program = join(folder, `mediasoup-worker-batched-${source}`);
  const preload = join(folder, `batched-send-${source}.so`);
  if (existsSync(program)) return program;
  const compiler = ['cc', 'gcc', 'clang'].find((name) => findProgram(name) !== undefined);
  if (compiler === undefined) return worker;
  const work = await mkdtemp(join(folder, 'part-'));
  try {
    const library = join(work, 'batched-send.so');
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC'];
    await mustRun(compiler, [...flags, '-o', library, SOURCE], {
      deadlineMs: COMPILE_MS,
      errorCode: 'batched-send-build-failed',
      whatToDo:
        'Look at the last lines above: most often the headers of the C library (libc6-dev) are missing.',
    });
    await rename(library, preload);
    await rename(await writeWorker(join(work, 'worker'), { preload }, worker), program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

/** Writes a program to `file` that becomes the worker. Returns `file`. */
export async function writeWorker(
  file: string,
  { preload, under = [], env = {} }: Wrapping,
  worker: string,
): Promise<string> {
  const words = { ...env, ...(preload === undefined ? {} : { LD_PRELOAD: preload }) };
  const settings = Object.entries(words).map(([name, value]) => `${name}=${quoted(value)}`);
  const command = [
    ...(settings.length === 0 ? [] : ['env', ...settings]),
    ...under.map(quoted),
    quoted(worker),
  ];
  await writeFile(file, `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
