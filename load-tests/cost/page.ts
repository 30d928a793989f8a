/** The page docs/benchmarks/cost.md and its drawings. */
import { chart, type Panel } from './chart.ts';
import { AXES, type Axis, type Costs, type Curve } from './costs.ts';
import { roomsAgainstForecast } from './curves.ts';
import { fitCurve, valueAt } from './fit.ts';

const TITLES: Readonly<Record<Axis, string>> = {
  viewers: 'Viewers',
  publishers: 'Publishers',
  rooms: 'Rooms',
  marks: 'Marks per second',
  replay: 'Facts per room: taking a room over',
  joins: 'Facts per room: joining it',
  recordings: 'Recordings',
};
const STEPS = 24;
/** A curve that explains less of the points says nothing about how cost grows. */
const CLEAR = 0.9;

/** Path under docs/ and text of each file. */
export function costFiles(costs: Costs): Record<string, string> {
  const files: Record<string, string> = {
    'benchmarks/costs.json': `${JSON.stringify(costs)}\n`,
    'benchmarks/cost.md': page(costs),
  };
  for (const axis of AXES)
    files[`benchmarks/${drawing(axis)}`] = chart(curvesAlong(costs, axis).map(panelOf));
  return files;
}

const drawing = (axis: Axis) => `cost-${axis}.svg`;
const curvesAlong = ({ curves }: Costs, axis: Axis) => curves.filter((curve) => curve.axis === axis);

function panelOf(curve: Curve): Panel {
  const end = Math.max(...curve.points.map(([x]) => x));
  const xs = Array.from({ length: STEPS + 1 }, (_, n) => (end * n) / STEPS);
  const { band } = fitCurve(curve.points.map(([x, y]) => ({ x, y })));
  return {
    title: `${upper(curve.figure)}, ${curve.unit}`,
    note: `${formula(curve)}, R² ${curve.r2.toFixed(3)}`,
    xTitle: curve.of,
    dots: curve.points,
    lines: [{ points: xs.map((x) => [x, valueAt(curve.coefficients, x)] as const), colour: 0 }],
    band: xs.map((x) => [x, ...band(x)] as const),
    width: 400,
  };
}

const upper = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

function formula({ coefficients }: Curve): string {
  const [constant = 0, linear = 0, bend] = coefficients.map((value) => Number(value.toPrecision(3)));
  return `${constant} + ${linear} n${bend === undefined ? '' : ` + ${bend} n²`}`;
}

function page(costs: Costs): string {
  const { unit } = costs;
  const state = costs.trial
    ? 'A **trial**: too few runs, or a machine on which other programs ran. Good for trying the capacity plan, not for buying machines.'
    : 'Measured on a machine with nothing else to do.';
  const forecast = roomsAgainstForecast(costs);
  return `# How cost grows

Written by \`goldenhour bench COST\`; the numbers are in costs.json, which \`goldenhour plan\` reads.
${costs.date.slice(0, 10)}, ${costs.machine}, load average ${costs.load} when it began, ${costs.runs} runs of each level in one random
order. ${state}

The system under test has one core for itself, its sources and clients share the other one. Processor time is the kernel's own count
for all threads of the process. What each process costs with nothing to do was measured between the others and is subtracted. Each
curve is a line by least squares; a parabola only where its corrected information criterion is clearly better and it bends by more
than 5 % of the end. The bands and intervals are 95 %, by bootstrap over the points.

Viewers are SRTP addresses (AES-GCM) whose packets the kernel counts and drops before any socket: ICE, DTLS, bandwidth estimation and the
decryption of what publishers send are not in these figures; the capacity plan adds a share for them.

${AXES.map((axis) => section(costs, axis)).join('\n')}
## What one more costs

| of | costs |
|---|---|
${unitRows(unit).join('\n')}

Rooms of one 1080p stream with sound for three viewers cost ${percent(forecast)} of what publishers and viewers alone foretell, so cost ${Math.abs(forecast - 1) <= 0.25 ? 'adds up' : 'does **not** simply add up'}.
`;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function section(costs: Costs, axis: Axis): string {
  const rows = curvesAlong(costs, axis).map((curve) => {
    const largest = Math.max(...curve.residuals.map(Math.abs));
    const intervals = curve.intervals
      .slice(1)
      .map(([least, most]) => `${least} to ${most}`)
      .join('; ');
    const grows = growthOf(curve);
    return `| ${curve.figure}, ${curve.unit} | ${formula(curve)} | ${intervals} | ${curve.r2.toFixed(3)} | ${Number(largest.toPrecision(3))} | ${curve.idle ?? ''} | ${grows} |`;
  });
  return `## ${TITLES[axis]}

n: ${curvesAlong(costs, axis)[0]?.of}.

![${TITLES[axis]}](${drawing(axis)})

| figure | fitted | 95 % of each n | R² | largest residual | idle, subtracted | growth |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function growthOf({ coefficients, r2 }: Curve): string {
  if (r2 < CLEAR) return 'not clear: the points scatter too much';
  if (coefficients.length === 2) return 'linear';
  return (coefficients[2] ?? 0) > 0
    ? '**faster than linear**: each one more costs more than the one before'
    : 'slower than linear: each one more costs less than the one before';
}

function unitRows(unit: Costs['unit']): string[] {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const core = (share: number) => `${(share * 100).toFixed(2)} % of a core`;
  return [
    `| a packet received by a worker | ${unit.packetInMicros.toFixed(2)} µs |`,
    `| a packet sent by a worker, encrypted | ${unit.packetOutMicros.toFixed(2)} µs |`,
    `| a worker with nothing to do | ${core(unit.workerIdleCore)}, ${mb(unit.workerIdleBytes)} |`,
    `| one more viewer of 4K | ${mb(unit.viewerBytes)} of the worker's memory |`,
    `| a mark as a fact, to four people | ${unit.markMs.toFixed(2)} ms of signaling |`,
    `| a join to a room with 100 facts | ${unit.joinMs.toFixed(1)} ms of signaling |`,
    `| taking over a room, for each fact in it | ${unit.replayMsPerFact.toFixed(3)} ms of signaling |`,
    `| a fact in the database: of four one mark with its reference, the others messages | ${Math.round(unit.factBytes)} bytes |`,
    `| recording, for each Mbit/s | ${core(unit.recorderCorePerMbit)} |`,
    `| recording, for each track | ${mb(unit.recorderBytesPerTrack)} |`,
    `| a recorder with nothing to do | ${core(unit.recorderIdleCore)}, ${mb(unit.recorderIdleBytes)} |`,
    `| a signaling process with nothing to do | ${core(unit.signalingIdleCore)}, ${mb(unit.signalingIdleBytes)} |`,
  ];
}
