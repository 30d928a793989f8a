/** Variants of a worker that are made from outside it: each is a program that becomes a worker. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import type { SrtpSuite } from '../forwarding/types.ts';
import { RatePrograms } from './programs.ts';

export interface Variant {
  readonly name: string;
  /** Absent: the worker as it is. */
  readonly workerBin?: string;
  readonly suite?: SrtpSuite;
  readonly retransmission?: boolean;
}

export interface Wrapping {
  /** A library to load before all others. */
  readonly preload?: string;
  /** A program and its arguments that runs another, such as nice(1). */
  readonly under?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where Debian puts allocators that stand in for the C library's; those that are installed take part. */
const ALLOCATORS = [
  { name: 'jemalloc', file: 'libjemalloc.so.2' },
  { name: 'mimalloc', file: 'libmimalloc.so.2.0' },
] as const;
const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'] as const;

/** Writes a program to `file` that becomes the worker that mediasoup would start, or `binary`. */
export async function writeWorker(
  file: string,
  { preload, under = [], env = {} }: Wrapping,
  binary = ownWorker(),
): Promise<string> {
  const words = { ...env, ...(preload === undefined ? {} : { LD_PRELOAD: preload }) };
  const settings = Object.entries(words).map(([name, value]) => `${name}=${quoted(value)}`);
  const command = [
    ...(settings.length === 0 ? [] : ['env', ...settings]),
    ...under.map(quoted),
    quoted(binary),
  ];
  await writeFile(file, `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

export class Variants {
  readonly all: readonly Variant[];
  readonly #folder: string;
  readonly #programs: RatePrograms;

  private constructor(all: readonly Variant[], folder: string, programs: RatePrograms) {
    this.all = all;
    this.#folder = folder;
    this.#programs = programs;
  }

  /**
   * The worker as it is comes first. `built` is a folder of workers that were built in other ways, each named as its variant.
   */
  static async prepare(built?: string): Promise<Variants> {
    const programs = await RatePrograms.build(['batched-send.so']);
    const folder = await mkdtemp(join(tmpdir(), 'goldenhour-variants-'));
    const write = async (name: string, wrapping: Wrapping): Promise<Variant> => ({
      name,
      workerBin: await writeWorker(join(folder, name.replaceAll(/\W+/g, '-')), wrapping),
    });
    const preload = programs.path('batched-send.so');
    const allocators = (await Promise.all(ALLOCATORS.map(findAllocator))).flatMap((found) => found ?? []);
    return new Variants(
      [
        { name: 'as it is' },
        await write('sends in batches', { preload }),
        await write('sends in batches, without segments', { preload, env: { GOLDENHOUR_SEGMENTS: '0' } }),
        ...(await Promise.all(allocators.map(({ name, path }) => write(name, { preload: path })))),
        await write('nice -10', { under: ['nice', '-n', '-10'] }),
        { name: 'nothing kept for retransmission', retransmission: false },
        { name: 'AES-CM and HMAC-SHA1', suite: 'AES_CM_128_HMAC_SHA1_80' },
        ...(await builtIn(built)),
      ],
      folder,
      programs,
    );
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#programs.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function builtIn(folder: string | undefined): Promise<Variant[]> {
  if (folder === undefined) return [];
  const names = (await readdir(folder)).sort();
  return names.map((name) => ({ name: `built: ${name}`, workerBin: join(folder, name) }));
}

async function findAllocator({ name, file }: { readonly name: string; readonly file: string }) {
  for (const folder of LIBRARY_FOLDERS) {
    const files: readonly string[] = await readdir(folder).catch(() => []);
    if (files.includes(file)) return { name, path: join(folder, file) };
  }
  return undefined;
}

function ownWorker(): string {
  const worker = process.env.MEDIASOUP_WORKER_BIN;
  if (worker !== undefined) return worker;
  throw new AppError('worker-missing', 'No worker of mediasoup has been set up.', {
    whatToDo: 'Run "goldenhour setup test".',
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
