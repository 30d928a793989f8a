/** COST: how cost grows with viewers, rooms, publishers, marks, facts and recordings. Writes what `goldenhour plan` calculates with. */
import { cpus, loadavg, totalmem } from 'node:os';
import { onFirstCore } from '../cost/cores.ts';
import { AXES, type Costs } from '../cost/costs.ts';
import { curvesOf, roomsAgainstForecast, unitCosts } from '../cost/curves.ts';
import { LEVELS, type Levels, measureCosts } from '../cost/measure.ts';
import { costFiles } from '../cost/page.ts';
import { voidReason } from '../measuring/void.ts';
import { type Bench, type BenchResult, series } from './types.ts';

const RUNS = 3;
const SEED = 20_260_801;
/** A curve that explains less says that something else moved the cost more than what was counted. */
const EXPLAINED = 0.95;
/** Packets that do not arrive cost less than those that do. */
const LOST_PERCENT = 2;

export const bench: Bench = {
  id: 'COST',
  target: `how cost grows with viewers, rooms, publishers, marks, facts and recordings: each curve of processor time explains ≥ ${EXPLAINED * 100} %`,
  minutes: 8,
  namespaces: true,
  run: ({ runs = RUNS, progress } = {}) => benchCosts(runs, LEVELS, progress),
};

/** A test runs it with fewer levels. */
export async function benchCosts(
  runs: number,
  levels: Levels,
  progress?: (done: number, of: number) => void,
): Promise<BenchResult> {
  const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  const measured = await onFirstCore(() =>
    measureCosts({ runs, seed: SEED, levels, ...(progress ? { progress } : {}) }),
  );
  const { generator, short, lost } = measured.worst;
  const invalid =
    voidReason({ generatorCore: generator, offeredShortPercent: short }) ??
    (lost > LOST_PERCENT ? `${lost.toFixed(1)} % of the packets of one point did not arrive` : undefined);
  const costs: Costs = {
    ...{ v: 1, date: new Date().toISOString(), machine: machine(), load, runs },
    // The benchmark before this one counts in the load average too; more than one program for each core does not come from it.
    trial: runs < RUNS || load > cpus().length || invalid !== undefined,
    unit: unitCosts(measured),
    curves: curvesOf(measured.readings),
  };
  return resultOf(costs, invalid);
}

function resultOf(costs: Costs, invalid: string | undefined): BenchResult {
  const processor = costs.curves.filter(({ figure }) => figure.startsWith('processor'));
  const explained = processor.map(({ r2 }) => r2 * 100);
  const least = Math.min(...explained);
  const { unit } = costs;
  return {
    ...series('percent', explained),
    value: Math.round(least * 10) / 10,
    reached: least >= EXPLAINED * 100,
    more: {
      'a packet sent by a worker': series('µs', [unit.packetOutMicros], 2),
      'a packet received by a worker': series('µs', [unit.packetInMicros], 2),
      'a mark in a room of four': series('ms', [unit.markMs], 2),
      'a join to a room with 100 facts': series('ms', [unit.joinMs]),
      'taking over a room of 1,000 facts': series('ms', [unit.replayMsPerFact * 1000]),
      'recording a 1080p track of 4 Mbit/s': series('percent', [unit.recorderCorePerMbit * 400]),
      'rooms against what viewers and publishers foretell': series('percent', [
        roomsAgainstForecast(costs) * 100,
      ]),
    },
    ...(invalid === undefined ? {} : { invalid }),
    ...(least >= EXPLAINED * 100 ? {} : { why: whyOf(costs) }),
    details: 'benchmarks/cost.md',
    files: costFiles(costs),
  };
}

function whyOf({ curves }: Costs): string {
  const poor = AXES.filter((axis) =>
    curves.some(
      (curve) => curve.axis === axis && curve.figure.startsWith('processor') && curve.r2 < EXPLAINED,
    ),
  );
  return `Along ${poor.join(', ')} other things moved the processor time more than what was counted.`;
}

function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}
