/** `goldenhour bench`: measures what the project promises. */
import type { Command } from '../command.ts';

const help = `Usage: goldenhour bench list
       goldenhour bench ID… [--runs N] [--pictures FOLDER] [--json] [--no-write]

Measures figures of the project on this machine with real browsers and real networks, and keeps the newest of each in
docs/benchmarks.md and docs/benchmarks.json. Let nothing else run meanwhile.

  --runs N     number of runs instead of the benchmark's own
  --pictures FOLDER
               PNG and JPEG photographs for S9, instead of the project's own screenshots
  --json       print one JSON object for each benchmark
  --no-write   leave the files in docs/ as they are
`;

async function run(args: readonly string[]): Promise<number> {
  const { parseArgs } = await import('node:util');
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      pictures: { type: 'string' },
      json: { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
    },
  });
  const { BENCHES, runBenches } = await import('../../load-tests/bench/run.ts');
  if (positionals.length === 0 || positionals[0] === 'list') {
    for (const { id, target } of BENCHES) process.stdout.write(`${id.padEnd(4)} ${target}\n`);
    return 0;
  }
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0)) {
    process.stderr.write('--runs needs a whole number above 0.\n');
    return 2;
  }
  return runBenches(positionals, {
    json: values.json,
    write: !values['no-write'],
    ...(runs === undefined ? {} : { runs }),
    ...(values.pictures === undefined ? {} : { pictures: values.pictures }),
  });
}

export const benchCommand: Command = {
  summary: 'measure figures of the project on this machine',
  help,
  setup: 'test',
  run,
};
