/** `goldenhour test`: lint, format, types and all tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../platform/setup/index.ts';
import { elapsed } from '../../platform/setup/progress.ts';
import { ownNodeEnv } from '../../platform/setup/run-program.ts';
import { findTestFiles, groupTests } from '../../platform/testing/groups.ts';
import { runShards } from '../../platform/testing/run-shards.ts';
import type { TriedResult } from '../../platform/testing/run-twice.ts';
import type { Command } from '../command.ts';

const help = `Usage: goldenhour test [-- FILES AND ARGUMENTS OF MOCHA]

Sets up what tests need, then checks lint, format and types and runs all tests: those without special needs first, then
those in a network of their own (*.netns.test.ts, through unshare), then those with a browser (*.browser.test.ts).

  goldenhour test                                       everything
  goldenhour test -- signaling/rooms/room.test.ts       these files only, without lint and types
  goldenhour test -- --grep "late joiner"               tests of this name only

Files in which something failed are run once more at the end of their group, unless they are many; what passes only
then is named as flaky, which is a fault to be mended.

Ends with "N passed, N failed, N skipped"; the exit code is 0 only when nothing failed.
`;

/** The checks before the tests; each is one program of node_modules. */
const checks: readonly { name: string; program: string; args: readonly string[] }[] = [
  {
    name: 'lint and format',
    program: 'biome',
    args: ['ci', `--colors=${process.stdout.isTTY ? 'force' : 'off'}`],
  },
  { name: 'types', program: 'tsc', args: ['--noEmit', '-p', '.'] },
];

async function check(name: string, program: string, args: readonly string[]): Promise<boolean> {
  process.stdout.write(`\n${name}: ${program} ${args.join(' ')}\n`);
  const child = spawn(join(projectRoot, 'node_modules', '.bin', program), args, {
    cwd: projectRoot,
    env: ownNodeEnv(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'close');
  if (code !== 0) process.stdout.write(`${name}: failed\n`);
  return code === 0;
}

/** Runs the checks and returns the names of those that failed. */
async function runChecks(): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, program, args } of checks) {
    if (!(await check(name, program, args))) failed.push(name);
  }
  return failed;
}

async function run(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const chosen = args[0] === '--' ? args.slice(1) : args;
  const chosenFiles = chosen.filter(
    (argument) => argument.endsWith('.ts') && existsSync(join(projectRoot, argument)),
  );
  const extraArgs = chosen.filter((argument) => !chosenFiles.includes(argument));
  const failedChecks = chosen.length === 0 ? await runChecks() : [];
  const groups = await groupTests(chosenFiles.length > 0 ? chosenFiles : findTestFiles(projectRoot));
  const results: TriedResult[] = [];
  const notRun: string[] = [];
  for (const group of groups) {
    process.stdout.write(`\n${group.name} tests: ${group.files.length} files\n`);
    if (group.under === undefined) notRun.push(...group.files);
    else results.push(...(await runShards(projectRoot, group, extraArgs)));
  }
  return summarize(results, failedChecks, notRun, performance.now() - startedAt);
}

/** Prints the sum over all groups in mocha's own form, and below it in one line. */
function summarize(
  results: readonly TriedResult[],
  failedChecks: readonly string[],
  notRun: readonly string[],
  ms: number,
): number {
  const sum = (key: 'passed' | 'failed' | 'skipped') =>
    results.reduce((total, result) => total + result[key], 0);
  // A run in which nothing ran must not look like success.
  const nothingRan = results.every((result) => result.passed + result.failed + result.skipped === 0);
  const failed = sum('failed') + failedChecks.length + Number(nothingRan);
  const skipped = sum('skipped') + notRun.length;
  const write = (text: string) => process.stdout.write(`${text}\n`);
  write('\n=== All groups together ===\n');
  for (const { failures } of results) if (failures !== '') write(failures);
  for (const { flaky } of results) {
    for (const title of flaky)
      write(`  flaky: ${title} (failed, and passed when its file was run once more)`);
  }
  for (const name of failedChecks) write(`  failed: ${name}`);
  if (nothingRan) write('  failed: no test ran');
  for (const file of notRun) write(`  not run: ${file} (this machine allows no namespaces; run it as root)`);
  write(`  ${sum('passed')} passing (${elapsed(ms)})`);
  if (skipped > 0) write(`  ${skipped} pending`);
  if (failed > 0) write(`  ${failed} failing`);
  write(`\n${sum('passed')} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

export const testCommand: Command = {
  summary: 'check lint and types and run all tests',
  help,
  setup: 'test',
  run,
};
