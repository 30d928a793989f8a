/** A plan in words: rows for the terminal and for docs/benchmarks/capacity.md. */
import type { Costs } from '../cost/costs.ts';
import { ASSUMPTIONS, type Assumed, type Assumption, NAMES } from './assumptions.ts';
import { type Plan, SURE } from './model.ts';

export type Row = readonly [what: string, value: string];

/** Mbit/s or Gbit/s, with three digits. */
export function rate(mbit: number): string {
  return mbit >= 1000 ? `${digits(mbit / 1000)} Gbit/s` : `${digits(mbit)} Mbit/s`;
}

function size(gb: number): string {
  if (gb >= 1e6) return `${digits(gb / 1e6)} PB`;
  return gb >= 1000 ? `${digits(gb / 1000)} TB` : `${digits(gb)} GB`;
}

function digits(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

export function rowsOf(plan: Plan): Row[] {
  const { perSite: site, total, assumed: a } = plan;
  const each = a.sites === 1 ? '' : `; ${site.nodes} at each of ${a.sites} sites`;
  return [
    ['incidents a day', digits(plan.incidentsPerDay)],
    ['rooms at once in the busy hour, on average', `${digits(plan.erlang.rooms)} erlang`],
    [
      `rooms planned for, not exceeded in ${SURE * 100} % of it`,
      `${digits(site.rooms * a.sites)}, and ${digits(site.bystanders * a.sites)} of bystanders`,
    ],
    ['media nodes, one of each site may be lost', `${digits(total.nodes)}${each}`],
    ['rooms on a node', `${site.roomsPerNode}, limited by its ${BOUND[site.bound]}`],
    ['cores: nodes with recorder, and signaling', digits(total.cores)],
    ['memory: nodes with recorder, and signaling', size(total.memoryGB)],
    ['signaling processes, one of each site may be lost', digits(total.signaling)],
    ['recorders, one on each node', digits(total.recorders)],
    ['into the media nodes in the busy hour', rate(total.inMbit)],
    ['out of the media nodes in the busy hour', rate(total.outMbit)],
    ['of it through TURN', `${rate(total.turnMbit)}, ${digits(total.turnCores)} cores of TURN servers`],
    ['uplink of an ambulance', rate(plan.ambulance.upMbit)],
    ['downlink of an ambulance', rate(plan.ambulance.downMbit)],
    [
      'downlink of a hospital in the busy hour',
      `${rate(plan.hospital.downMbit)} (${plan.hospital.rooms} viewers)`,
    ],
    ['uplink of a hospital in the busy hour', rate(plan.hospital.upMbit)],
    ['downlink of the dispatch centre in the busy hour, all centres together', rate(plan.centre.downMbit)],
    ['recordings in a year', size(total.storageTBPerYear * 1000)],
    ['recordings kept, all copies', size(total.storageTBKept * 1000)],
    ['growth of the database in a year', size(total.databaseGBPerYear)],
  ];
}

const BOUND = { workers: 'media workers', recorder: 'recorder', network: 'network port' } as const;

export interface AssumptionRow {
  readonly option: string;
  readonly value: number;
  readonly meaning: string;
  readonly source: string;
}

/** Assumptions first, then the measured costs with their date. */
export function assumptionRows(assumed: Assumed, costs: Costs): AssumptionRow[] {
  const chosen = NAMES.map((name): AssumptionRow => {
    const { option, meaning, source, default: usual }: Assumption = ASSUMPTIONS[name];
    const value = assumed[name];
    return { option: `--${option}`, value, meaning, source: value === usual ? source : 'given' };
  });
  const source = `measured ${costs.date.slice(0, 10)}${costs.trial ? ' in a trial' : ''}: ${costs.machine}`;
  const measured = ([meaning, value]: readonly [string, number]): AssumptionRow => ({
    ...{ option: '', value: Number(value.toPrecision(3)), meaning, source },
  });
  const { unit } = costs;
  return [
    ...chosen,
    ...[
      ['µs of a worker for a packet received', unit.packetInMicros] as const,
      ['µs of a worker for a packet sent', unit.packetOutMicros] as const,
      ['% of a core of a recorder for each Mbit/s', unit.recorderCorePerMbit * 100] as const,
      ['MB of a recorder for each track', unit.recorderBytesPerTrack / 1e6] as const,
      ['ms of signaling for a mark, the dearest fact', unit.markMs] as const,
      ['ms of signaling for a join', unit.joinMs] as const,
      ['bytes of the database for a fact', unit.factBytes] as const,
    ].map(measured),
  ];
}

/** What the terminal shows. */
export function textOf(plan: Plan, costs: Costs): string {
  const { ambulances, hospitals, sites } = plan.assumed;
  const rows = rowsOf(plan);
  const width = Math.max(...rows.map(([what]) => what.length));
  const assumptions = assumptionRows(plan.assumed, costs);
  const [options, values] = [
    Math.max(...assumptions.map(({ option }) => option.length)),
    Math.max(...assumptions.map(({ value }) => String(value).length)),
  ];
  return `${digits(ambulances)} ambulances, ${digits(hospitals)} hospitals, ${digits(sites)} ${sites === 1 ? 'site' : 'sites'} with media nodes

${rows.map(([what, value]) => `  ${what.padEnd(width)}  ${value}`).join('\n')}

Assumptions, each an option:

${assumptions
  .map(
    ({ option, value, meaning, source }) =>
      `  ${option.padEnd(options)}  ${String(value).padStart(values)}  ${meaning} [${source}]`,
  )
  .join('\n')}
${plan.warnings.map((warning) => `\nNote: ${warning}\n`).join('')}`;
}
