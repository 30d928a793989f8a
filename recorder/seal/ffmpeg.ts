/** Runs ffmpeg over pipes: plain media goes in and comes out in memory and never stands on the disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { Writable } from 'node:stream';
import { AppError } from '../../platform/errors.ts';
import { findProgram } from '../../platform/setup/run-program.ts';

/** Pieces of one input, in order. */
export type PlainStream = AsyncIterable<Uint8Array>;

export interface FfmpegRun {
  /** Without the name of the program; inputs are `pipe:3`, `pipe:4`, …, output `pipe:1` where it is wanted. */
  readonly args: readonly string[];
  readonly inputs: readonly PlainStream[];
  /** Takes standard output piece by piece; ffmpeg waits while it is not done. */
  readonly onOutput?: (piece: Buffer) => Promise<void> | void;
  /** Folder that names of files in `args` are relative to. */
  readonly cwd?: string;
  /** Given up when ffmpeg neither reads nor writes for so long. */
  readonly stallMs?: number;
  /** Runs behind everything else of the machine. */
  readonly lowPriority?: boolean;
  readonly signal?: AbortSignal;
}

export interface FfmpegEnd {
  readonly code: number;
  /** Lines of standard error, at most 200. */
  readonly errors: readonly string[];
}

const MOST_LINES = 200;
const STALL_MS = 60_000;

/** The ffmpeg that set-up chose. Throws `ffmpeg-missing`. */
export function ffmpegPath(): string {
  const path = process.env.FFMPEG_BIN ?? findProgram('ffmpeg');
  if (path !== undefined) return path;
  throw new AppError('ffmpeg-missing', 'There is no ffmpeg on this machine.', {
    whatToDo: 'Run "goldenhour setup --again ffmpeg", or install it from your system.',
  });
}

/** Runs to its end. Throws `ffmpeg-stalled`, the signal's reason, and what an input throws; never for ffmpeg's own code. */
export async function runFfmpeg(run: FfmpegRun): Promise<FfmpegEnd> {
  run.signal?.throwIfAborted();
  const pipes = run.inputs.map(() => 'pipe' as const);
  const child = spawn(ffmpegPath(), ['-hide_banner', '-nostdin', ...run.args], {
    stdio: ['ignore', run.onOutput ? 'pipe' : 'ignore', 'pipe', ...pipes],
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    ...(run.signal ? { signal: run.signal, killSignal: 'SIGKILL' } : {}),
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : 1));
  // An abort is reported as an error event, too; `settled` below says what really happened.
  ended.catch(() => undefined);
  if (run.lowPriority && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const watch = new StallWatch(run.stallMs ?? STALL_MS, () => child.kill('SIGKILL'));
  const errors = collectLines(child.stderr);
  const feeds = run.inputs.map(async (input, index) => {
    const pipe = child.stdio[index + 3];
    if (pipe instanceof Writable) await feed(pipe, input, watch);
  });
  const reading = readAll(child.stdout, run.onOutput, watch);
  const parts = [...feeds, reading].map((part) =>
    part.catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    }),
  );
  try {
    const settled = await Promise.allSettled([ended, ...parts]);
    run.signal?.throwIfAborted();
    const failed = settled.find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
    if (watch.expired) throw stalled(run.stallMs ?? STALL_MS);
    return { code: await ended, errors: await errors };
  } finally {
    watch.close();
  }
}

async function feed(pipe: Writable, input: PlainStream, watch: StallWatch): Promise<void> {
  let closed = false;
  // EPIPE: ffmpeg has read enough or ended; its exit code tells which.
  pipe.on('error', () => {
    closed = true;
  });
  pipe.on('close', () => {
    closed = true;
  });
  for await (const piece of input) {
    if (closed) return;
    watch.touch();
    // Called once the piece is written or can never be.
    await new Promise<void>((resolve) => {
      pipe.write(piece, () => resolve());
    });
  }
  if (!closed) pipe.end();
}

async function readAll(
  stream: AsyncIterable<Buffer> | null,
  onOutput: FfmpegRun['onOutput'],
  watch: StallWatch,
): Promise<void> {
  if (!stream || !onOutput) return;
  for await (const piece of stream) {
    watch.pause();
    await onOutput(piece);
    watch.touch();
  }
}

async function collectLines(stream: AsyncIterable<Buffer> | null): Promise<string[]> {
  const lines: string[] = [];
  let rest = '';
  for await (const piece of stream ?? []) {
    const parts = `${rest}${piece}`.split('\n');
    rest = (parts.pop() ?? '').slice(0, 1000);
    lines.push(...parts.slice(0, MOST_LINES - lines.length));
  }
  return rest === '' ? lines : [...lines, rest];
}

/** Ends a program that moves nothing; time in which we keep it waiting ourselves does not count. */
class StallWatch {
  expired = false;
  readonly #ms: number;
  readonly #onStall: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onStall: () => void) {
    this.#ms = ms;
    this.#onStall = onStall;
    this.touch();
  }

  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.expired = true;
      this.#onStall();
    }, this.#ms);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

function stalled(ms: number): AppError {
  return new AppError('ffmpeg-stalled', `ffmpeg moved nothing for ${ms} ms and was ended.`, {
    status: 504,
    whatToDo: 'Look at the load of the machine, then try again.',
  });
}
