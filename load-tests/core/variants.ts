/** Variants of a worker that are made from outside it: each is a program that becomes a worker. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { batchedWorker, type Wrapping, writeWorker } from '../../platform/setup/batched-worker.ts';
import type { SrtpSuite } from '../forwarding/types.ts';

export interface Variant {
  readonly name: string;
  /** Absent: the worker as it is. */
  readonly workerBin?: string;
  readonly suite?: SrtpSuite;
  readonly retransmission?: boolean;
}

/** Where Debian puts allocators that stand in for the C library's; those that are installed take part. */
const ALLOCATORS = [
  { name: 'jemalloc', file: 'libjemalloc.so.2' },
  { name: 'mimalloc', file: 'libmimalloc.so.2.0' },
] as const;
const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'] as const;

export class Variants {
  readonly all: readonly Variant[];
  readonly #folder: string;

  private constructor(all: readonly Variant[], folder: string) {
    this.all = all;
    this.#folder = folder;
  }

  /**
   * The worker as it is comes first. `built` is a folder of workers that were built in other ways, each named as its variant.
   */
  static async prepare(built?: string): Promise<Variants> {
    const folder = await mkdtemp(join(tmpdir(), 'goldenhour-variants-'));
    const write = async (name: string, wrapping: Wrapping): Promise<Variant> => ({
      name,
      workerBin: await writeWorker(join(folder, name.replaceAll(/\W+/g, '-')), wrapping, worker),
    });
    const worker = ownWorker();
    const batched = await batchedWorker(worker, folder);
    const allocators = (await Promise.all(ALLOCATORS.map(findAllocator))).flatMap((found) => found ?? []);
    return new Variants(
      [
        { name: 'as it is' },
        { name: 'sends in batches', workerBin: batched },
        {
          name: 'sends in batches, without segments',
          workerBin: await writeWorker(
            join(folder, 'unsegmented'),
            { env: { GOLDENHOUR_SEGMENTS: '0' } },
            batched,
          ),
        },
        ...(await Promise.all(allocators.map(({ name, path }) => write(name, { preload: path })))),
        await write('nice -10', { under: ['nice', '-n', '-10'] }),
        { name: 'nothing kept for retransmission', retransmission: false },
        { name: 'AES-CM and HMAC-SHA1', suite: 'AES_CM_128_HMAC_SHA1_80' },
        ...(await builtIn(built)),
      ],
      folder,
    );
  }

  /** Idempotent. */
  async close(): Promise<void> {
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
