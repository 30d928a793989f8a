/** Where a core goes: `perf` samples the server's core while packets flow, and the samples are folded into named parts. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../platform/errors.ts';
import { findProgram } from '../../platform/setup/run-program.ts';
import { type Folded, fold, samplesOf } from './fold.ts';
import { type Measured, type PointOptions, runPoint } from './point.ts';
import type { Wish } from './point-process.ts';

const run = promisify(execFile);

/** Odd, so that it does not keep step with timers. */
const SAMPLES_PER_SECOND = 1997;
/** The first round and the warm-up go by before the window. */
const BEFORE_MS = 4_000;
const LONGEST_TEXT = 1024 * 1024 * 1024;
const PERF_DEADLINE_MS = 120_000;

export interface Profile {
  readonly point: Measured;
  readonly folded: Folded;
}

/**
 * Measures a point and profiles its core meanwhile. The clock of the kernel is the event: virtual machines seldom have others.
 * Throws `perf-missing` or `perf-refused` where the kernel cannot be looked into.
 */
export async function profilePoint(wish: Wish, options: PointOptions = {}): Promise<Profile> {
  if (findProgram('perf') === undefined) {
    throw new AppError('perf-missing', 'There is no perf to profile with.', {
      whatToDo: 'Install what Debian calls linux-perf.',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-profile-'));
  const data = join(folder, 'perf.data');
  try {
    const recording = Promise.withResolvers<readonly string[]>();
    recording.promise.catch(() => undefined);
    const point = await runPoint(wish, {
      ...options,
      onReady: ({ pids }) => recording.resolve(record(data, wish, pids)),
    });
    const threads = await recording.promise;
    const { stdout } = await run('perf', ['script', '-i', data, '-F', 'comm,ip,sym,dso'], {
      maxBuffer: LONGEST_TEXT,
      timeout: PERF_DEADLINE_MS,
    });
    return { point, folded: fold(samplesOf(stdout), threads) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Records the core for the middle of the window; answers the names of the server's threads. */
async function record(
  data: string,
  { core, seconds }: Wish,
  pids: readonly number[],
): Promise<readonly string[]> {
  const threads = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8')));
  const delay = ['--delay', String(BEFORE_MS)];
  const rate = ['-e', 'cpu-clock', '-F', String(SAMPLES_PER_SECOND)];
  const length = Math.max(1, seconds - 1) + BEFORE_MS / 1000;
  const args = ['record', '-q', '-g', ...rate, ...delay, '-C', String(core), '-o', data];
  const perf = spawn('perf', [...args, '--', 'sleep', String(length)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  perf.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [code] = await once(perf, 'close');
  if (code === 0) return threads.map((name) => name.trim());
  throw new AppError('perf-refused', `perf cannot record a core here: ${said.trim().slice(0, 400)}`, {
    whatToDo: 'Run it as root, outside containers that forbid it (perf_event_paranoid).',
  });
}
