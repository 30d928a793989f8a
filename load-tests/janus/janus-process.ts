/** Debian's Janus as a child process, on one core, with the published configuration. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, isAppError } from '../../platform/errors.ts';
import { findProgram, runProgram } from '../../platform/setup/run-program.ts';
import { freePorts } from '../network/ports.ts';
import { JanusApi } from './api.ts';
import { writeConfig } from './config.ts';

const START_MS = 60_000;
const STOP_MS = 5_000;

export interface JanusProcess {
  readonly pid: number;
  /** Of the API over WebSockets, on 127.0.0.1. */
  readonly port: number;
  /** As the program says, such as `1.1.2`. */
  readonly version: string;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface JanusOptions {
  /** Core that all its threads are pinned to; any core unless given. */
  readonly core?: number;
  readonly listenIp: string;
  /** As a server with a public address is run; default true. */
  readonly iceLite?: boolean;
}

/** Starts Janus and waits until it answers; throws `janus-missing`, or `janus-start-failed` with the end of its log. */
export async function startProcess({ core, listenIp, iceLite = true }: JanusOptions): Promise<JanusProcess> {
  const program = findProgram('janus');
  if (program === undefined) {
    throw new AppError('janus-missing', 'Janus is not installed.', {
      whatToDo: 'Install it as Debian has it: apt-get install --no-install-recommends janus',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'gh-janus-'));
  const port = await freePorts(1);
  await writeConfig({ folder, port, listenIp, iceLite });
  const pinned = core === undefined ? [] : ['taskset', '--cpu-list', String(core)];
  const [first = program, ...args] = [
    ...pinned,
    program,
    '--configs-folder',
    folder,
    ...fileArguments(folder),
  ];
  const child = spawn(first, args, { cwd: folder, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= stop(child, ended).then(() => rm(folder, { recursive: true, force: true }));
    return closing;
  };
  const version = await answered(child, port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const { pid } = child;
  if (version !== undefined && pid !== undefined) return { pid, port, version, close };
  const log = await readFile(join(folder, 'janus.log'), 'utf8').catch(() => '');
  await close();
  throw new AppError(
    'janus-start-failed',
    `Janus did not start: ${log.trim().split('\n').slice(-5).join(' ')}`,
  );
}

/** Version of Debian's package, such as `1.1.2-1 (Debian)`; "not a package" where it was installed otherwise. */
export async function packageVersion(): Promise<string> {
  if (findProgram('dpkg-query') === undefined) return 'not a package';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is dpkg-query's own placeholder
  const { stdout } = await runProgram('dpkg-query', ['-W', '-f', '${Version}', 'janus']);
  return stdout === '' ? 'not a package' : `${stdout.trim()} (Debian)`;
}

function fileArguments(folder: string): string[] {
  const log = join(folder, 'janus.log');
  return [
    '--configs-folder',
    folder,
    '--config',
    join(folder, 'janus.jcfg'),
    '--disable-stdout',
    '--log-file',
    log,
  ];
}

/** The version once it answers; undefined when it ended or the deadline passed. */
async function answered(child: ChildProcess, port: number): Promise<string | undefined> {
  const deadline = performance.now() + START_MS;
  while (child.exitCode === null && child.signalCode === null && performance.now() < deadline) {
    try {
      const api = await JanusApi.connect(port);
      try {
        return await api.version();
      } finally {
        api.close();
      }
    } catch (error) {
      if (!isAppError(error, 'janus-unreachable')) throw error;
      await delay(50);
    }
  }
  return undefined;
}

/** Asks it to end, and ends it. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
