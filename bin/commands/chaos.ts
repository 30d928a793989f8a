/** `goldenhour chaos`: injects faults into a whole system and proves what was promised, or shows what was not kept. */
import type { Command } from '../command.ts';

const help = `Usage: goldenhour chaos [--seed N] [--faults K | --minutes M] [--only KIND,…] [--storm] [--history FILE] [--json]
       goldenhour chaos --replay FILE | --judge FILE [--json]

Starts a system of several processes on throwaway data, lets clients write and read in its rooms, injects faults that are
planned whole from the seed, and judges everything that was asked, told and shown. Exit code 1: a promise was not kept.

  --seed N        plan of faults; a random one, which is printed, unless told
  --faults K      how many; 40 unless told
  --minutes M     one run of 40 faults after the other, seed after seed, until the time is over
  --only KIND,…   of kill, stop, pause, cut, delay, repeat, disk, clock
  --storm         many cheap faults in parallel over many rooms, on signaling alone
  --history FILE  write the history there, one JSON object a line
  --replay FILE   run the faults of a history again
  --judge FILE    judge a history again without running anything
  --json          print one JSON object for each run
`;

const options = {
  seed: { type: 'string' },
  faults: { type: 'string' },
  minutes: { type: 'string' },
  only: { type: 'string' },
  storm: { type: 'boolean', default: false },
  history: { type: 'string' },
  replay: { type: 'string' },
  judge: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;
const FAULTS = 40;

async function run(args: readonly string[]): Promise<number> {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({ args: [...args], options });
  const { checkHistory } = await import('../../load-tests/chaos/check.ts');
  const { readHistory } = await import('../../load-tests/chaos/history.ts');
  const { reportOf, textOf } = await import('../../load-tests/chaos/report.ts');
  const print = (report: ReturnType<typeof reportOf>) => {
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : textOf(report));
    return report.violations.length === 0 ? 0 : 1;
  };
  if (values.judge !== undefined) {
    const lines = await readHistory(values.judge);
    return print(reportOf(lines, checkHistory(lines)));
  }
  const { Wishes } = await import('../../load-tests/chaos/schedule.ts');
  const replayed = values.replay === undefined ? [] : await readHistory(values.replay);
  const former = replayed.find((line) => line.t === 'run');
  if (values.replay !== undefined && !former) {
    process.stderr.write(`${values.replay} is not a history of chaos.\n`);
    return 2;
  }
  const asked = Wishes.safeParse({
    seed: Number(values.seed ?? Math.floor(Math.random() * 1_000_000)),
    faults: Number(values.faults ?? FAULTS),
    storm: values.storm,
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
  });
  const minutes = Number(values.minutes ?? 0);
  if (!asked.success || !(minutes >= 0)) {
    process.stderr.write(`These options do not fit.\n${help}`);
    return 2;
  }
  const { openChaosStack } = await import('../../load-tests/chaos/stack.ts');
  const { runChaos } = await import('../../load-tests/chaos/run.ts');
  const first = former?.wishes ?? asked.data;
  const end = performance.now() + minutes * 60_000;
  let code = 0;
  for (let seed = first.seed; code === 0; seed += 1) {
    // Each run begins on a stack of its own, so that its seed alone replays it.
    const stack = await openChaosStack({ media: !first.storm });
    try {
      const { history, violations } = await runChaos({
        ...{ stack, wishes: { ...first, seed } },
        ...(former ? { schedule: former.schedule } : {}),
        ...(values.history === undefined ? {} : { file: values.history }),
      });
      code = print(reportOf(history.lines, violations));
    } finally {
      await stack.close();
    }
    if (performance.now() >= end) break;
  }
  return code;
}

export const chaosCommand: Command = {
  summary: 'inject faults into a running system and prove what was promised',
  help,
  setup: 'test',
  run,
};
