/** `goldenhour soak`: lets rooms come and go for hours and says what grows, and what is left when all have left. */
import type { Command } from '../command.ts';

const help = `Usage: goldenhour soak [--hours H | --minutes M] [--seed N] [--plot FILE] [--json]

Starts a system of several processes on throwaway data and lives one room after the other in it: people join, write, are cut off
and leave, media flows through the worker and is recorded. Ends with the slopes of memory, each with its interval, and
with what is left when all have left. Exit code 1: a count is not back, or a slope is surely beyond 1 MB an hour.

  --hours H, --minutes M
               how long; 10 minutes unless told
  --seed N     when links are cut and how long people wait; 1 unless told
  --plot FILE  draw memory over time as SVG
  --json       print one JSON object instead of text
`;

const MINUTE_MS = 60_000;
/** Samples of one run, and the least time between two of them. */
const SAMPLES = 400;
const LEAST_EVERY_MS = 5_000;

async function run(args: readonly string[]): Promise<number> {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    args: [...args],
    options: {
      hours: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string', default: '1' },
      plot: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const minutes = values.hours === undefined ? Number(values.minutes ?? 10) : Number(values.hours) * 60;
  const seed = Number(values.seed);
  if (!(minutes > 0) || !Number.isInteger(seed)) {
    process.stderr.write(`--hours, --minutes and --seed need numbers.\n${help}`);
    return 2;
  }
  const { beyond, runSoak } = await import('../../load-tests/soak/run.ts');
  const { plotOf, textOf } = await import('../../load-tests/soak/report.ts');
  const ms = minutes * MINUTE_MS;
  const soak = await runSoak({ ms, seed, everyMs: Math.max(LEAST_EVERY_MS, ms / SAMPLES) });
  if (values.plot !== undefined) {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(values.plot, plotOf(soak));
  }
  const growing = beyond(soak);
  process.stdout.write(values.json ? `${JSON.stringify({ ...soak, growing })}\n` : textOf(soak));
  return soak.leftovers.length === 0 && growing.length === 0 ? 0 : 1;
}

export const soakCommand: Command = {
  summary: 'let rooms come and go for hours and say what grows or is left',
  help,
  setup: 'test',
  run,
};
