/**
 * A second try for files that failed: on a machine shared with others a test in a browser or on a network can miss its
 * time. What passes only then is named as flaky, which is a bug with a name; what fails twice has failed.
 */
import { join } from 'node:path';
import type { TestGroup } from './groups.ts';
import { type GroupResult, runMocha } from './run-mocha.ts';

export interface TriedResult extends GroupResult {
  /** Tests that failed once and passed at the second try. */
  readonly flaky: readonly string[];
}

/** With more files than these the fault is not one of time. */
const MOST_FILES = 6;

/** Runs a group, and once more those of its files in which something failed. */
export async function runTwice(
  root: string,
  group: TestGroup,
  extraArgs: readonly string[],
  show: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<TriedResult> {
  const first = await runMocha(root, group, extraArgs, show);
  const files = [...new Set(first.named.map(({ file }) => join(root, file)))];
  if (files.length === 0 || files.length > MOST_FILES) return { ...first, flaky: [] };
  show(`\n${group.name} tests that failed, once more: ${files.length} files\n`);
  const second = await runMocha(root, { ...group, files }, extraArgs, show);
  // A process that died the second time has no list of what passed.
  if (second.failed > 0 && second.named.length === 0) return { ...first, flaky: [] };
  const still = new Set(second.named.map(({ title }) => title));
  const flaky = first.named.map(({ title }) => title).filter((title) => !still.has(title));
  return {
    passed: first.passed + flaky.length,
    failed: second.failed,
    skipped: first.skipped,
    failures: second.failures,
    named: second.named,
    flaky,
  };
}
