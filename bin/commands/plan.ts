/** `goldenhour plan`: how many machines and how much network a city, a province or a nation needs. */
import { print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { splitArguments, usageError } from '../own-arguments.ts';

const help = `Usage: goldenhour plan [--preset city|province|nation] [--ambulances N] [--hospitals N] [OPTION N]…
       goldenhour plan --write

Calculates nodes, cores, memory, network, storage and processes for the busiest hour from costs that were measured ("goldenhour
bench COST") and from assumptions, and prints both. Each assumption is an option of the same name; replace guesses by figures of
your own. Nodes are counted so that one of each site may be lost.

  --preset NAME            begin with the numbers of a city, a province (20 times) or a nation (600 times)
  --ambulances N           ambulances (53)
  --hospitals N            hospitals that watch (21)
  --sites N                places with media nodes of their own (1)
  --incidents-per-ambulance N   incidents of an ambulance in a day (8)
  --busy-hour SHARE        share of a day's incidents in its busiest hour (0.07)
  --minutes N              minutes that an incident's room is live (35)
  --minutes-spread SHARE   standard deviation of that, as a share of it (0.5)
  --cameras-4k N, --mbit-4k N   4K cameras of an ambulance (1) and their rate (15)
  --cameras-hd N, --mbit-hd N   1080p cameras of an ambulance (2) and their rate (4)
  --glasses SHARE          share of incidents with glasses (0.3)
  --mbit-small N           rate of a camera that is shown small (0.8)
  --mbit-back N            rate of a specialist's own camera (1.5)
  --viewers N              viewers of a room in hospitals (2)
  --specialists N          specialists called into a room (1)
  --bystanders SHARE       video calls of bystanders for each incident (0.15)
  --bystander-minutes N, --mbit-bystander N   their length (8) and rate (0.6)
  --recorded SHARE         share of rooms that is recorded (1)
  --retention-days N       days that recordings are kept (1095)
  --replicas N             copies of each recording (2)
  --facts-per-minute N     facts in a room in a minute (6)
  --core-load SHARE        share of a core that a process may take (0.6)
  --headroom SHARE         added to every load (0.2)
  --fill SHARE             share of what all nodes could carry that is used (0.85)
  --webrtc N               cost of a real connection against a measured one (1.3)
  --workers N              media workers of a node (1)
  --node-mbit N            Mbit/s that a node may send (5000)
  --turn SHARE             share of what people receive that goes through TURN (0.1)

  --costs FILE   measured costs; docs/benchmarks/costs.json unless given
  --json         print plan and assumptions as one JSON object
  --write        write docs/benchmarks/capacity.md: the three presets, and a simulation that checks them
`;

async function run(args: readonly string[]): Promise<number> {
  const { ASSUMPTIONS, assume, NAMES, PRESETS } = await import('../../load-tests/plan/assumptions.ts');
  const { readCosts } = await import('../../load-tests/cost/costs.ts');
  const { planFor } = await import('../../load-tests/plan/model.ts');
  const { assumptionRows, textOf } = await import('../../load-tests/plan/report.ts');
  const { json, rest } = takeJson(args);
  const options = NAMES.map((name) => ASSUMPTIONS[name].option);
  const own = [...options, 'preset', 'costs'];
  const isWriting = rest.includes('--write');
  const { words, values, settings } = splitArguments(
    'plan',
    rest.filter((argument) => argument !== '--write'),
    own,
  );
  const [unknown] = [...settings, ...words];
  if (unknown !== undefined) throw usageError('plan', `There is no ${unknown} in a plan.`);
  const costs = await readCosts(values.get('costs'));
  if (isWriting) {
    const { writeCapacity } = await import('../../load-tests/plan/page.ts');
    process.stdout.write(`${await writeCapacity(costs)} is written.\n`);
    return 0;
  }
  const preset = presetOf(values.get('preset') ?? 'city', PRESETS);
  const given = NAMES.flatMap((name) => {
    const text = values.get(ASSUMPTIONS[name].option);
    return text === undefined ? [] : [[name, numberOf(text)] as const];
  });
  const assumed = assume({ ...preset, ...Object.fromEntries(given) });
  const plan = planFor(assumed, costs);
  const measured = { date: costs.date, machine: costs.machine, load: costs.load, trial: costs.trial };
  const { assumed: _, ...rows } = plan;
  print(
    {
      text: textOf(plan, costs),
      json: { ...rows, assumptions: assumptionRows(assumed, costs), measured },
    },
    json,
  );
  return 0;
}

function presetOf<P>(name: string, presets: Readonly<Record<string, P>>): P {
  const found = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (found === undefined)
    throw usageError('plan', `--preset takes ${Object.keys(presets).join(', ')}; not ${name}.`);
  return found;
}

/** What is no number becomes none, which the check of each option names. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

export const planCommand: Command = {
  summary: 'calculate the machines and the network of a city, a province or a nation',
  help,
  setup: 'none',
  run,
};
