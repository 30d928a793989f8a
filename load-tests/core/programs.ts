/** Compiles the small programs that measure what the machine itself can do; they need no more than building the worker does. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../platform/errors.ts';
import { findProgram, mustRun } from '../../platform/setup/run-program.ts';

const SOURCES = {
  'send-rate': { file: 'send-rate.c', flags: [] },
  'cipher-rate': { file: 'cipher-rate.c', flags: ['-lcrypto'] },
} as const;
const COMPILE_MS = 60_000;

export type RateProgram = keyof typeof SOURCES;

/** What such a program counted. */
export interface Rate {
  readonly packets: number;
  /** Packets that the kernel did not take. */
  readonly refused: number;
  readonly seconds: number;
  /** Time that the program had the core, with the kernel's work for it. */
  readonly coreSeconds: number;
}

export class RatePrograms {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws `compiler-missing` where there is no C compiler. */
  static async build(wanted: readonly RateProgram[]): Promise<RatePrograms> {
    const compiler = ['cc', 'gcc', 'clang'].find((name) => findProgram(name) !== undefined);
    if (compiler === undefined) {
      throw new AppError('compiler-missing', 'There is no C compiler to build the measuring programs with.', {
        whatToDo: 'Install what Debian calls g++ and libssl-dev.',
      });
    }
    const programs = new RatePrograms(await mkdtemp(join(tmpdir(), 'goldenhour-rates-')));
    try {
      for (const name of wanted) {
        const { file, flags } = SOURCES[name];
        const source = fileURLToPath(new URL(file, import.meta.url));
        await mustRun(
          compiler,
          ['-O2', '-Wall', '-Wextra', '-Werror', '-o', programs.path(name), source, ...flags],
          {
            deadlineMs: COMPILE_MS,
            errorCode: 'compile-failed',
            whatToDo: 'Install what Debian calls g++ and libssl-dev.',
          },
        );
      }
      return programs;
    } catch (error) {
      await programs.close();
      throw error;
    }
  }

  path(name: RateProgram): string {
    return join(this.#folder, name);
  }

  /** Runs one to its end and returns what it counted. */
  async run(name: RateProgram, args: readonly (string | number)[], deadlineMs: number): Promise<Rate> {
    const { stdout } = await mustRun(this.path(name), args.map(String), {
      deadlineMs,
      errorCode: 'generator-failed',
      whatToDo: 'See what it printed; this says nothing about the server under test.',
    });
    const numbers = stdout.trim().split(' ').map(Number);
    const [packets, refused, seconds, coreSeconds] = numbers;
    if (
      packets === undefined ||
      refused === undefined ||
      seconds === undefined ||
      coreSeconds === undefined ||
      numbers.some((number) => !Number.isFinite(number))
    ) {
      throw new AppError(
        'generator-failed',
        `${name} printed ${JSON.stringify(stdout)} instead of its counts.`,
      );
    }
    return { packets, refused, seconds, coreSeconds };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
