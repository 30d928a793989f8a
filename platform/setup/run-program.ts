/** Runs other programs during set-up: their output is read line by line, and none outlives its step. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../errors.ts';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Milliseconds after which the program is ended and the call throws. */
  readonly deadlineMs?: number;
  /** Called for each line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramResult {
  readonly code: number;
  /** For messages: the first lines that speak of errors, and the last lines, of both outputs together. */
  readonly tail: string;
  readonly stdout: string;
}

const tailLines = 20;
const errorLines = 10;
const longestOutput = 4 * 1024 * 1024;

/** The environment in which `node` and `npm` are the ones this process runs on. */
export function ownNodeEnv(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}` };
}

/** Finds a program on the PATH, or returns undefined. */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  // Debian keeps servers and network tools in the sbin folders, which are not on every user's PATH.
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/**
 * Runs a program to its end and returns its code and output. It is a process group of its own, so that ending it
 * ends the compilers and downloads it started as well.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  options.signal?.throwIfAborted();
  const child = spawn(...diesWithUs(program, args), {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const tail: string[] = [];
  const errors: string[] = [];
  let stdout = '';
  const onLine = (line: string) => {
    tail.push(line);
    // The cause often stands above pages of usage or of consequences.
    const pushedOut = tail.length > tailLines ? tail.shift() : undefined;
    if (pushedOut !== undefined && errors.length < errorLines && /error|fatal/i.test(pushedOut))
      errors.push(pushedOut);
    options.onLine?.(line);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (stdout.length < longestOutput) stdout += `${line}\n`;
    onLine(line);
  });
  createInterface({ input: child.stderr }).on('line', onLine);

  const endGroup = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      // ESRCH: it ended by itself in the meantime.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  };
  let expired = false;
  const timer =
    options.deadlineMs === undefined
      ? undefined
      : setTimeout(() => {
          expired = true;
          endGroup();
        }, options.deadlineMs);
  options.signal?.addEventListener('abort', endGroup, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exitCode) => resolve(exitCode ?? 1));
    });
    options.signal?.throwIfAborted();
    if (expired) {
      throw new AppError('deadline-exceeded', `${program} did not end within ${options.deadlineMs} ms.`, {
        status: 504,
      });
    }
    return { code, tail: [...errors, ...tail].join('\n'), stdout };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', endGroup);
  }
}

/**
 * Where util-linux's setpriv is at hand, the kernel ends the program when this process is killed without a chance to
 * do it: a forgotten `npm ci` would go on writing node_modules while the next set-up already reads it.
 */
function diesWithUs(program: string, args: readonly string[]): [string, string[]] {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  return setpriv === undefined ? [program, [...args]] : [setpriv, ['--pdeathsig', 'KILL', program, ...args]];
}

/** Runs a program that must succeed; throws `code` with the end of its output otherwise. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: ProgramOptions & { readonly errorCode: string; readonly whatToDo: string },
): Promise<ProgramResult> {
  const result = await runProgram(program, args, options);
  if (result.code !== 0) {
    throw new AppError(
      options.errorCode,
      `${program} ${args[0] ?? ''} ended with code ${result.code}:\n${result.tail}`,
      {
        whatToDo: options.whatToDo,
      },
    );
  }
  return result;
}
