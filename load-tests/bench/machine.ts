/** What a figure was measured on: machine, programs, and the state of the project. None of it names a folder or an address. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findProgram, runProgram } from '../../platform/setup/run-program.ts';
import { mediasoupVersion } from '../../platform/setup/worker.ts';
import { CHROMIUM } from '../browser/chromium.ts';
import type { Machine, Report } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 15_000;

export function machine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() || 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()}`,
    node: process.versions.node,
  };
}

/** Versions of the programs that benchmarks run, by name; what is not installed is left out. */
export async function versions(): Promise<Record<string, string>> {
  const [mediasoup, worker, chromium, ffmpeg] = await Promise.all([
    mediasoupVersion(ROOT),
    workerOf(process.env.MEDIASOUP_WORKER_BIN),
    firstLine(CHROMIUM, ['--version']),
    firstLine(process.env.FFMPEG_BIN ?? 'ffmpeg', ['-version']),
  ]);
  return {
    mediasoup,
    ...(worker === undefined ? {} : { 'mediasoup worker': worker }),
    ...(chromium === undefined ? {} : { Chromium: chromium.replace(/^Chromium\s+/, '') }),
    ...(ffmpeg === undefined ? {} : { ffmpeg: ffmpeg.replace(/^ffmpeg version (\S+).*$/, '$1') }),
    OpenSSL: `${process.versions.openssl} (of Node)`,
  };
}

/** Which worker it was: the begin of its hash, and the libraries that may change its speed. */
async function workerOf(binary: string | undefined): Promise<string | undefined> {
  if (binary === undefined) return undefined;
  const content = await readFile(binary).catch(() => undefined);
  if (!content) return undefined;
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const linked = await runProgram('ldd', [binary], { deadlineMs: DEADLINE_MS }).catch(() => undefined);
  const of = (name: string) => new RegExp(`${name}\\S*`).exec(linked?.stdout ?? '')?.[0];
  const libraries = ['libsrtp', 'libssl', 'libnss3', 'liburing'].flatMap((name) => of(name) ?? []);
  const words = libraries.length === 0 ? 'all libraries in it' : `linked with ${libraries.join(', ')}`;
  return `sha256 ${hash}, ${words}`;
}

async function firstLine(program: string, args: readonly string[]): Promise<string | undefined> {
  const found = program.includes('/') ? program : findProgram(program);
  if (found === undefined) return undefined;
  const { code, stdout } = await runProgram(found, args, { deadlineMs: DEADLINE_MS });
  const [line = ''] = stdout.split('\n');
  return code === 0 && line !== '' ? line.replace(/ built on .*$/, '').trim() : undefined;
}

/** The commit of the project; undefined where it is not a checkout. What benchmarks themselves write is no change. */
export async function commit(): Promise<Report['commit']> {
  const git = async (...args: string[]) => {
    const { code, stdout } = await runProgram('git', ['-C', ROOT, ...args], { deadlineMs: DEADLINE_MS });
    return code === 0 ? stdout.trim() : undefined;
  };
  if (findProgram('git') === undefined) return undefined;
  const id = await git('rev-parse', '--short=10', 'HEAD');
  const changes = await git('status', '--porcelain', '--', '.', ':!docs/benchmarks*');
  return id === undefined || changes === undefined ? undefined : { id, dirty: changes !== '' };
}
