/** Measures one benchmark, in this process or, where it needs a network of its own, in another one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { namespacePrefix } from '../../platform/testing/groups.ts';
import { commit, machine, versions } from './machine.ts';
import { progressLine } from './progress.ts';
import { Report, reportOf } from './report.ts';
import type { Bench, BenchOptions } from './types.ts';

export const Measured = z.strictObject({
  report: Report,
  /** Contents of the files of the report, by their path under docs/. */
  files: z.record(z.string(), z.string()),
});
export type Measured = z.infer<typeof Measured>;

export interface MeasureOptions extends Pick<BenchOptions, 'runs' | 'pictures'> {
  /** Ends the benchmark at its next run. */
  readonly signal?: AbortSignal;
}

/** Longer than any benchmark with any sensible number of runs. */
const PATIENCE_MS = 24 * 3600 * 1000;
const ENTRY = fileURLToPath(new URL('in-namespace.ts', import.meta.url));

/** @throws what the benchmark throws; `bench-namespaces` where it needs a network of its own and cannot have one */
export async function measure(bench: Bench, options: MeasureOptions): Promise<Measured> {
  if (bench.namespaces && process.env.GOLDENHOUR_NETNS !== '1') return inNamespace(bench, options);
  return measureHere(bench, options);
}

/** The arguments with which a person repeats it. */
export function argumentsOf(id: string, { runs, pictures }: MeasureOptions): string[] {
  return [
    id,
    ...(runs === undefined ? [] : ['--runs', String(runs)]),
    ...(pictures === undefined ? [] : ['--pictures', 'FOLDER']),
  ];
}

let found: ReturnType<typeof versions> | undefined;

/** They do not change while this process lives, and asking Chromium takes a second. */
function versionsOnce(): ReturnType<typeof versions> {
  found ??= versions();
  return found;
}

async function measureHere(bench: Bench, options: MeasureOptions): Promise<Measured> {
  const { runs, pictures, signal } = options;
  const [load = 0] = loadavg();
  const date = new Date().toISOString();
  const known = { machine: machine(), versions: await versionsOnce(), commit: await commit() };
  const line = progressLine(bench.id, signal);
  const begin = performance.now();
  try {
    const result = await bench.run({
      progress: line.progress,
      ...(runs === undefined ? {} : { runs }),
      ...(pictures === undefined ? {} : { pictures }),
    });
    const report = reportOf(bench, result, {
      ...{ date, seconds: Math.round((performance.now() - begin) / 1000), load: Math.round(load * 10) / 10 },
      command: ['goldenhour bench', ...argumentsOf(bench.id, options)].join(' '),
      ...{ machine: known.machine, versions: known.versions },
      ...(known.commit ? { commit: known.commit } : {}),
    });
    return { report: Report.parse(report), files: { ...result.files } };
  } finally {
    line.close();
  }
}

/** Starts a process in a network of its own, which measures and leaves its result in a file. */
async function inNamespace(bench: Bench, options: MeasureOptions): Promise<Measured> {
  const prefix = await namespacePrefix();
  if (!prefix)
    throw new AppError(
      'bench-namespaces',
      `${bench.id} needs a network namespace, which is not allowed here.`,
      {
        whatToDo: 'Install iproute2 and util-linux, and run it as root or where users may make namespaces.',
      },
    );
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-bench-'));
  const file = join(folder, 'result.json');
  const { runs, pictures } = options;
  const own = [process.execPath, ENTRY, bench.id, file, String(runs ?? ''), pictures ?? ''];
  const [program = '', ...args] = [...prefix, ...own];
  try {
    const child = spawn(program, args, {
      env: { ...process.env, GOLDENHOUR_NETNS: '1' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = await once(child, 'close', { signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined)
      throw new AppError('bench-failed', `${bench.id} ended with code ${code} and left no result.`);
    return Measured.parse(JSON.parse(text));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
