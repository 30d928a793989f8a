/** Runs a group as several processes side by side, since most tests wait for something half of their time. */
import type { TestGroup } from './groups.ts';
import { runTwice, type TriedResult } from './run-twice.ts';

/** Fewer files than these are not worth a second process. */
const LEAST_FILES = 20;
/** Two cores, and tests that start workers and databases of their own: more processes would only push each other. */
const SHARDS = 2;

/** Deals the files out in turn: neighbours are alike, and so each process gets its share of the long ones. */
export function shardsOf(group: TestGroup): TestGroup[] {
  if (group.name !== 'unit' || group.files.length < LEAST_FILES) return [group];
  return Array.from({ length: SHARDS }, (_, shard) => ({
    ...group,
    name: `${group.name} ${shard + 1} of ${SHARDS}`,
    files: group.files.filter((_file, index) => index % SHARDS === shard),
  }));
}

/** Shows the first process as it goes, and what the others printed when all are done. */
export async function runShards(
  root: string,
  group: TestGroup,
  extraArgs: readonly string[],
  show: (text: string) => void = (text) => void process.stdout.write(text),
): Promise<TriedResult[]> {
  const shards = shardsOf(group);
  const printed = shards.map((): string[] => []);
  const results = await Promise.all(
    shards.map((shard, index) =>
      runTwice(root, shard, extraArgs, index === 0 ? show : (text) => void printed[index]?.push(text)),
    ),
  );
  for (const [index, lines] of printed.entries()) {
    if (index > 0) show(`\n${shards[index]?.name} tests:\n${lines.join('')}`);
  }
  return results;
}
