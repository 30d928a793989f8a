/** `goldenhour bench`: measures what the project promises. */
import type { Command } from '../command.ts';
import { usageError } from '../own-arguments.ts';

const help = `Usage: goldenhour bench LIST|ALL|ID… [--runs N] [--baseline FILE] [--json] [--no-write] [--pictures FOLDER]

Measures figures of the project on this machine with real media, browsers and networks, and keeps the newest of each in
docs/benchmarks.md and docs/benchmarks.json. Let nothing else run meanwhile: a figure is void when not the system but what
loaded it was the limit.

  list         shows every benchmark with its target and about how long it takes, and what is not measured yet
  all          measures everything; this takes hours
  ID…          measures these, such as S5 R2

  --runs N     number of runs instead of the benchmark's own
  --baseline FILE
               shows what got better or worse than in FILE, by more than the noise of both: docs/benchmarks.json, or what
               --json printed earlier
  --json       print one JSON object a line for each benchmark
  --no-write   leave the files in docs/ as they are
  --pictures FOLDER
               PNG and JPEG photographs for S9, instead of the project's own screenshots

Exit code: 0 when everything was measured, targets met or not; 1 when something got worse than the baseline; 2 when the
arguments were not understood; 3 when a benchmark failed or its figure was void.
`;

function parse(args: readonly string[], parseArgs: typeof import('node:util').parseArgs) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        baseline: { type: 'string' },
        pictures: { type: 'string' },
        json: { type: 'boolean', default: false },
        'no-write': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw usageError('bench', error instanceof Error ? error.message : String(error));
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { parseArgs } = await import('node:util');
  const { values, positionals } = parse(args, parseArgs);
  const { runs, baseline, pictures, json, 'no-write': noWrite } = values;
  if (runs !== undefined && !/^[1-9]\d{0,5}$/.test(runs))
    throw usageError('bench', '--runs needs a whole number above 0.');
  const { BENCHES } = await import('../../load-tests/bench/benches.ts');
  const { listOf, runBenches } = await import('../../load-tests/bench/run.ts');
  if (positionals.length === 0 || positionals[0]?.toLowerCase() === 'list') {
    process.stdout.write(listOf(BENCHES));
    return 0;
  }
  return runBenches(BENCHES, positionals, {
    json,
    write: !noWrite,
    ...(runs === undefined ? {} : { runs: Number(runs) }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(pictures === undefined ? {} : { pictures }),
  });
}

export const benchCommand: Command = {
  summary: 'measure figures of the project on this machine',
  help,
  setup: 'test',
  run,
};
