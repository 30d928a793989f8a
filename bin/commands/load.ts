/** `goldenhour load`: bots play a scenario against a whole system on this machine. */
import type { Command } from '../command.ts';

const help = `Usage: goldenhour load list
       goldenhour load NAME… [--bots N] [--minutes M] [--seed S] [--json]

Starts a whole system on throwaway data, lets bots with real WebRTC play a scenario
against it, and prints a table of what was checked. The system has one processor core,
the bots have the other one.

  list          the scenarios
  --bots N      how many bots; each scenario has a number of its own
  --minutes M   how long, such as 0.5 or 60
  --seed S      another choice of chance; 1 unless told
  --json        one JSON object a line instead of tables

The exit code is 1 when something was lost or late that is promised, and when the bots'
core was so busy that the times say nothing.
`;

async function run(args: readonly string[]): Promise<number> {
  const { parseArgs } = await import('node:util');
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      bots: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { SCENARIOS, runScenarios } = await import('../../load-tests/scenarios/run.ts');
  if (positionals.length === 0 || positionals[0] === 'list') {
    for (const { id, summary, usual } of SCENARIOS)
      process.stdout.write(`${id.padEnd(16)} ${summary} (${usual.bots} bots, ${usual.minutes} min)\n`);
    return 0;
  }
  const wished: { bots?: number; minutes?: number; seed?: number } = {};
  for (const [name, whole] of [
    ['bots', true],
    ['minutes', false],
    ['seed', true],
  ] as const) {
    const value = values[name];
    if (value === undefined) continue;
    const number = Number(value);
    if (!(number > 0) || (whole && !Number.isInteger(number))) {
      process.stderr.write(`--${name} needs a ${whole ? 'whole ' : ''}number above 0.\n`);
      return 2;
    }
    wished[name] = number;
  }
  const chosen = positionals.map((id) => SCENARIOS.find((each) => each.id === id));
  const unknown = positionals.find((_, index) => chosen[index] === undefined);
  if (unknown !== undefined) {
    process.stderr.write(`There is no scenario ${unknown}; "goldenhour load list" names them.\n`);
    return 2;
  }
  const { pinSelf } = await import('../../load-tests/bot/pin-self.ts');
  await pinSelf();
  return runScenarios(
    chosen.filter((each) => each !== undefined),
    wished,
    values.json,
  );
}

export const loadCommand: Command = {
  summary: 'let bots play a scenario against a whole system',
  help,
  setup: 'test',
  run,
};
