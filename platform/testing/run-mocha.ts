/** Runs mocha over a group of tests, shows what it prints, and counts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { ownNodeEnv } from '../setup/run-program.ts';
import type { TestGroup } from './groups.ts';
import type { NamedFailure } from './reporter.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface GroupResult extends Counts {
  /** Mocha's list of failures, to be shown again at the end. */
  readonly failures: string;
  /** The tests and hooks that failed; empty when the process died without saying which. */
  readonly named: readonly NamedFailure[];
}

/**
 * Runs a group to its end, also when tests fail. A mocha that dies without a summary, or whose process leaves
 * something open, counts as one failure more.
 */
export async function runMocha(
  root: string,
  group: TestGroup,
  extraArgs: readonly string[],
  show: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<GroupResult> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-tests-'));
  try {
    const list = join(folder, 'failures');
    const result = await runListed(root, group, extraArgs, show, list);
    return { ...result, named: await readNamed(root, list) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readNamed(root: string, list: string): Promise<NamedFailure[]> {
  const text = await readFile(list, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  // A file and a title, as the reporter writes them; the parser library may not be installed yet when this is loaded.
  return lines.map((line) => {
    const [file = '', title = ''] = line.split('\t');
    return { file: relative(root, file), title };
  });
}

async function runListed(
  root: string,
  group: TestGroup,
  extraArgs: readonly string[],
  show: (text: string) => void,
  list: string,
): Promise<Omit<GroupResult, 'named'>> {
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = join(import.meta.dirname, 'reporter.ts');
  const colour = process.stdout.isTTY ? '--color' : '--no-color';
  const own = [mocha, colour, '--reporter', reporter];
  const command = [...(group.under ?? []), process.execPath, ...own, ...extraArgs, ...group.files];
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...ownNodeEnv(), ...group.env, TEST_FAILURES_FILE: list },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', end).on('SIGTERM', end);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  child.stderr.setEncoding('utf8').on('data', show);
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    show(`${line}\n`);
    const [, number, word] =
      /^ {2}(\d+) (passing|failing|pending)\b/.exec(stripVTControlCharacters(line)) ?? [];
    if (word === 'passing') counts.passed = Number(number);
    if (word === 'pending') counts.skipped = Number(number);
    if (word === 'failing') counts.failed = Number(number);
    else if (counts.failed > 0) failures.push(line);
  });
  try {
    const [code] = await Promise.race([
      once(child, 'close'),
      once(child, 'error').then(([error]) => Promise.reject(error)),
    ]);
    if (code !== 0 && counts.failed === 0) {
      counts.failed = 1;
      failures.push(`  The ${group.name} tests ended with code ${code}, although no single test failed.`);
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
  return { ...counts, failures: failures.join('\n') };
}
