/**
 * The mediasoup worker: the official prebuilt binary where it can be fetched and starts, else one built here. mediasoup's
 * own install step does the same with pip and downloads of sources, which a hospital's network seldom allows.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { arch, cpus, platform, release } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError, isAppError, messageOf } from '../errors.ts';
import { download } from './download.ts';
import { integrityOf } from './fetched.ts';
import { mustRun, runProgram } from './run-program.ts';
import type { Say, SetupContext, Step } from './step.ts';
import { requirePackages, workerBuildRequirements } from './system-packages.ts';

const installedVersion = /"version":\s*"([^"]+)"/;

export async function mediasoupVersion(root: string): Promise<string> {
  const text = await readFile(join(root, 'node_modules', 'mediasoup', 'package.json'), 'utf8');
  const version = installedVersion.exec(text)?.[1];
  if (version === undefined)
    throw new AppError('mediasoup-missing', 'The library mediasoup is not installed.');
  return version;
}

/**
 * A word for what a binary built here depends on: the processor's features (it is compiled for them) and the release of
 * the system (it is linked with its libraries).
 */
async function machineKey(): Promise<string> {
  const read = (file: string) => readFile(file, 'utf8').catch(() => '');
  const features = /^(?:flags|Features)\s*:.*$/m.exec(await read('/proc/cpuinfo'))?.[0] ?? '';
  const system = await read('/etc/os-release');
  const parts = [
    arch(),
    cpus()[0]?.model ?? '',
    features,
    /^ID=.*$/m.exec(system)?.[0],
    /^VERSION_ID=.*$/m.exec(system)?.[0],
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** Where the worker of this checkout on this machine lies, or will lie. */
export async function workerPath(root: string, cache: string): Promise<string> {
  return join(
    cache,
    'mediasoup-worker',
    `${await mediasoupVersion(root)}-${await machineKey()}`,
    'mediasoup-worker',
  );
}

/** The address of the official binary, made as in mediasoup's npm-scripts.mjs (getWorkerPrebuildTarName). */
export function prebuiltAddress(version: string, env: NodeJS.ProcessEnv = process.env): string {
  const base =
    env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL ??
    'https://github.com/versatica/mediasoup/releases/download';
  const kernel = platform() === 'linux' ? `-kernel${release().split('.')[0]}` : '';
  return `${base}/${version}/mediasoup-worker-${version}-${platform()}-${arch()}${kernel}.tgz`;
}

/**
 * Starts the worker in a process of its own and closes it again.
 * @throws `worker-does-not-start` with what it said
 */
export async function checkWorkerStarts(root: string, binary: string, signal?: AbortSignal): Promise<void> {
  const script = `
    import { createWorker } from 'mediasoup';
    const worker = await createWorker({ logLevel: 'none' });
    await worker.createRouter();
    worker.close();
  `;
  const result = await runProgram(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    env: { ...process.env, MEDIASOUP_WORKER_BIN: binary },
    deadlineMs: 30_000,
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.code === 0) return;
  throw new AppError('worker-does-not-start', `${binary} does not start:\n${result.tail}`, {
    whatToDo: 'Run "goldenhour setup --again worker"; if it stays, send the output of "goldenhour doctor".',
  });
}

async function fetchPrebuilt(
  context: SetupContext,
  version: string,
  work: string,
  say: Say,
): Promise<string> {
  const url = prebuiltAddress(version);
  const archive = join(work, 'worker.tgz');
  say('looking for the official binary');
  await download(url, archive, context.signal, (fraction) => say('fetching the official binary', fraction));
  await mustRun('tar', ['-xzf', archive, '-C', work], {
    signal: context.signal,
    errorCode: 'worker-archive-damaged',
    whatToDo: 'Start again.',
  });
  const binary = join(work, 'mediasoup-worker');
  await chmod(binary, 0o755);
  say('trying the official binary');
  await checkWorkerStarts(context.root, binary, context.signal);
  await context.record([
    { what: 'mediasoup worker', version, source: 'download', from: url, ...(await integrityOf(archive)) },
  ]);
  return binary;
}

async function build(context: SetupContext, version: string, work: string, say: Say): Promise<string> {
  await requirePackages(context, workerBuildRequirements, 'Building the mediasoup worker', say);
  say('building', 0);
  const binary = join(work, 'mediasoup-worker');
  const script = join(context.root, 'platform', 'setup', 'worker-build', 'build.sh');
  let fraction = 0;
  await mustRun('bash', [script, join(context.root, 'node_modules', 'mediasoup'), binary], {
    signal: context.signal,
    // The build unpacks and compiles here, so that an interrupted one is removed with the folder.
    env: { ...process.env, TMPDIR: work },
    deadlineMs: 60 * 60_000,
    onLine: (line) => {
      const [, done, all] = /^\[(\d+)\/(\d+)\]/.exec(line) ?? [];
      if (done !== undefined && all !== undefined) fraction = Number(done) / Number(all);
      say('building', fraction);
    },
    errorCode: 'worker-build-failed',
    whatToDo:
      'Look at the last lines above: most often a package is missing or the disk or memory is full. Start again.',
  });
  say('trying the new binary', 1);
  await checkWorkerStarts(context.root, binary, context.signal);
  await context.record([
    {
      what: 'mediasoup worker',
      version,
      source: 'built',
      from: `mediasoup ${version}`,
      ...(await integrityOf(binary)),
    },
  ]);
  return binary;
}

async function provideWorker(context: SetupContext, say: Say): Promise<void> {
  const version = await mediasoupVersion(context.root);
  const target = await workerPath(context.root, context.cache);
  const shelf = dirname(dirname(target));
  await mkdir(dirname(target), { recursive: true });
  // Only one set-up runs at a time, so every such folder is what an interrupted one left.
  for (const entry of await readdir(shelf)) {
    if (entry.startsWith('part-')) await rm(join(shelf, entry), { recursive: true, force: true });
  }
  const work = await mkdtemp(join(shelf, 'part-'));
  try {
    const binary = await fetchPrebuilt(context, version, work, say).catch((error: unknown) => {
      context.signal.throwIfAborted();
      const reason = isAppError(error) ? error.code : messageOf(error);
      say(`no usable official binary (${reason})`);
      return build(context, version, work, say);
    });
    await rename(binary, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

export const workerStep: Step = {
  title: 'mediasoup worker',
  isDone: async (context) =>
    context.profile === 'base' ||
    process.env.MEDIASOUP_WORKER_BIN !== undefined ||
    existsSync(await workerPath(context.root, context.cache)),
  run: provideWorker,
  provide: async (context) => {
    if (context.profile === 'base') return;
    process.env.MEDIASOUP_WORKER_BIN ??= await workerPath(context.root, context.cache);
  },
};
