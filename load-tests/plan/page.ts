/** The page docs/benchmarks/capacity.md: the plans of the presets, each checked by simulated days, and a drawing of one of them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { chart } from '../cost/chart.ts';
import type { Costs } from '../cost/costs.ts';
import { ASSUMPTIONS, type Assumed, assume, PRESETS } from './assumptions.ts';
import { type Plan, planFor } from './model.ts';
import { assumptionRows, rowsOf } from './report.ts';
import { type Simulated, simulate } from './simulate.ts';

const FOLDER = new URL('../../docs/benchmarks/', import.meta.url);
const NAME = 'capacity.md';
/** Days that are simulated of each; a day of a nation's site takes a few seconds. */
const SEEDS = { city: 100, province: 8, nation: 3 } as const;
/** What the plan promises of the busiest hours: rarely above the target load, never a room without a place. */
export const ABOVE_TARGET = 0.01;

/** Whether a simulated day kept what the plan promised. */
export function holds({ aboveTarget, aboveTargetWhileDown, withoutRoom, load }: Simulated): boolean {
  return (
    aboveTarget <= ABOVE_TARGET &&
    aboveTargetWhileDown <= ABOVE_TARGET * 5 &&
    withoutRoom === 0 &&
    load.max <= 1
  );
}

interface Case {
  readonly name: string;
  readonly plan: Plan;
  readonly days: readonly Simulated[];
}

/** Writes page and drawings; returns the path of the page in the project. */
export async function writeCapacity(
  costs: Costs,
  folder = FOLDER,
  seeds: Readonly<Record<keyof typeof SEEDS, number>> = SEEDS,
): Promise<string> {
  const caseOf = (name: keyof typeof PRESETS): Case => {
    const plan = planFor(assume(PRESETS[name]), costs);
    const days = Array.from({ length: seeds[name] }, (_, seed) =>
      simulate(plan, costs.unit, { seed: seed + 1 }),
    );
    return { name, plan, days };
  };
  const city = caseOf('city');
  const cases = [city, caseOf('province'), caseOf('nation')];
  await mkdir(folder, { recursive: true });
  await writeFile(new URL('capacity-day.svg', folder), drawing(city));
  await writeFile(new URL(NAME, folder), page(cases, costs));
  return `docs/benchmarks/${NAME}`;
}

function drawing({ plan, days }: Case): string {
  const [day] = days;
  const curve = day?.curve ?? [];
  const target = plan.assumed.coreLoad * 100;
  const level = (y: number) => [[0, y] as const, [24, y] as const];
  const spans = day?.downFrom === undefined ? [] : [[day.downFrom, day.downFrom + 0.25] as const];
  const bound =
    plan.perSite.bound === 'workers'
      ? 'media workers'
      : plan.perSite.bound === 'recorder'
        ? 'recorders'
        : 'network ports';
  return chart([
    {
      title: `Load of the ${bound} of a city, % of a core`,
      note: 'Shaded: one node is away.',
      xTitle: 'hour of the day',
      spans,
      lines: [
        {
          name: 'the most loaded',
          points: curve.map(({ hour, most }) => [hour, most * 100] as const),
          colour: 1,
        },
        { name: 'mean', points: curve.map(({ hour, mean }) => [hour, mean * 100] as const), colour: 0 },
        { name: 'target', points: level(target), colour: 2, dashed: true },
      ],
      width: 480,
    },
    {
      title: 'Rooms at once',
      note: `Incidents come ${Math.round(plan.assumed.headroom * 100)} % more often.`,
      xTitle: 'hour of the day',
      spans,
      lines: [
        { name: 'live', points: curve.map(({ hour, rooms }) => [hour, rooms] as const), colour: 0 },
        {
          name: 'planned',
          points: level(plan.perSite.rooms + plan.perSite.bystanders),
          colour: 2,
          dashed: true,
        },
      ],
      width: 480,
    },
  ]);
}

function page(cases: readonly Case[], costs: Costs): string {
  const [first] = cases;
  if (!first) throw new Error('there is nothing to plan');
  const rows = rowsOf(first.plan).map(([what], index) => [
    what,
    ...cases.map(({ plan }) => rowsOf(plan)[index]?.[1] ?? ''),
  ]);
  const heads = cases.map(
    ({ name, plan: { assumed: a } }) =>
      `${name}: ${a.ambulances.toLocaleString('en')} ambulances, ${a.hospitals.toLocaleString('en')} hospitals`,
  );
  const warnings = [...new Set(cases.flatMap(({ plan }) => plan.warnings))];
  return `# Capacity of a city, a province, a nation

Written by \`goldenhour plan --write\` from costs measured on ${costs.date.slice(0, 10)} (${costs.machine}; [how cost grows](cost.md)).
\`goldenhour plan --preset city\` calculates the same with figures of your own.
${warnings.map((warning) => `\n**${warning}**\n`).join('')}
${table(['', ...heads], rows)}

Rooms at once are the 99.9 % quantile of the Poisson distribution at the offered load of the busiest hour, not its mean, and at most one
room for each ambulance. A node is a media node with its recorder; several can stand on one host. Nodes are counted in whole rooms at
the target load, with ${Math.round(first.plan.assumed.headroom * 100)} % added, and one more that may be lost.

${levers(first.plan)}

## Checked by simulated days

Incidents come at random with a daily profile whose busiest hour has the assumed share, ${Math.round(first.plan.assumed.headroom * 100)} % more of them than assumed; rooms live for a
lognormal time; people join one after the other. Rooms are placed by the system's own rule (\`leastLoaded\` and \`workerForPeer\` of
signaling/media/placement.ts) from figures up to a second old. In the busiest hour one node dies, its rooms move after 5 s, and a new
node stands there a quarter of an hour later. Load is that of the process that limits a node, over the busiest hour and the one behind
it. The plan holds when no room is without a place, no process is above a full core, and at most ${ABOVE_TARGET * 100} % of that time is above the
target load, five times as much while a node is away.

${table(['', ...cases.map(({ name }) => name)], simulationRows(cases))}

![A simulated day of a city](capacity-day.svg)

## Assumptions

"Guess" is a number nobody measured: replace it by one of your own with the option.

${table(
  ['option', 'city', 'meaning', 'source'],
  assumptionRows(first.plan.assumed, costs).map(({ option, value, meaning, source }) => [
    option === '' ? '' : `\`${option}\``,
    String(value),
    meaning,
    source,
  ]),
)}
`;
}

function simulationRows(cases: readonly Case[]): string[][] {
  const percent = (share: number) => `${Number((share * 100).toPrecision(2))} %`;
  const row = (what: string, of: (days: readonly Simulated[]) => string) => [
    what,
    ...cases.map(({ days }) => of(days)),
  ];
  const mean = (days: readonly Simulated[], of: (day: Simulated) => number) =>
    days.reduce((sum, day) => sum + of(day), 0) / Math.max(1, days.length);
  const most = (days: readonly Simulated[], of: (day: Simulated) => number) => Math.max(...days.map(of));
  return [
    row('days simulated, of one site', (days) => String(days.length)),
    row('incidents a day, mean', (days) => String(Math.round(mean(days, ({ incidents }) => incidents)))),
    row('most rooms at once', (days) => String(most(days, ({ mostRooms }) => mostRooms))),
    row('load, median', (days) => percent(mean(days, ({ load }) => load.p50))),
    row('load, 95th percentile', (days) => percent(mean(days, ({ load }) => load.p95))),
    row('load, 99th percentile', (days) => percent(mean(days, ({ load }) => load.p99))),
    row('load, the most of any moment', (days) => percent(most(days, ({ load }) => load.max))),
    row('time above the target load, mean day', (days) =>
      percent(mean(days, ({ aboveTarget }) => aboveTarget)),
    ),
    row('time above the target load, worst day', (days) =>
      percent(most(days, ({ aboveTarget }) => aboveTarget)),
    ),
    row('the same while a node is away, worst day', (days) =>
      percent(most(days, (day) => day.aboveTargetWhileDown)),
    ),
    row('rooms moved from the lost node, most', (days) => String(most(days, ({ moved }) => moved))),
    row('rooms without a place, all days', (days) =>
      String(days.reduce((sum, day) => sum + day.withoutRoom, 0)),
    ),
    row('days on which the plan held', (days) => `${days.filter(holds).length} of ${days.length}`),
  ];
}

/** What moves the result most, calculated and not said from memory. */
function levers({ assumed, perSite }: Plan): string {
  const { option: record } = ASSUMPTIONS.recorded;
  const name = { workers: 'media workers', recorder: 'recorder', network: 'network port' }[perSite.bound];
  const what =
    perSite.bound === 'recorder'
      ? ` A node has one recorder, one process; it is full after ${perSite.roomsPerNode} rooms of ${tracksOf(assumed)}, while its workers could carry more. Fewer bits recorded (--mbit-4k, --${record}) save nodes one for one.`
      : '';
  return `What limits a node is its ${name}.${what}`;
}

function tracksOf(a: Assumed): string {
  const mbit = a.uhdCameras * a.uhdMbit + (a.hdCameras + a.glassesShare) * a.hdMbit;
  return `about ${Math.round(mbit)} Mbit/s each`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
