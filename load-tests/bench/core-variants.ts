/**
 * CORE-AB: what a packet costs the server's core when the worker is changed from outside, each variant in each round. Workers that
 * were built in other ways take part from the folder that GOLDENHOUR_WORKER_VARIANTS names.
 */
import { cpus } from 'node:os';
import { type Tried, triedTable } from '../core/page.ts';
import { costOf, type Measured, runPoint } from '../core/point.ts';
import { type Variant, Variants } from '../core/variants.ts';
import { interleave } from '../measuring/interleave.ts';
import { type Bench, series } from './types.ts';

const SINKS = 45;
const SECONDS = 4;

export const bench: Bench = {
  id: 'CORE-AB',
  target:
    'no target: time of a core for one packet forwarded, in the cheapest variant that changes nothing for viewers',
  better: 'lower',
  minutes: 9,
  run: async ({ runs = 5, progress } = {}) => {
    const core = cpus().length - 1;
    const variants = await Variants.prepare(process.env.GOLDENHOUR_WORKER_VARIANTS);
    try {
      const named = new Map(variants.all.map((variant) => [variant.name, variant]));
      const pointOf = async (name: string): Promise<Measured> => {
        const {
          workerBin,
          suite = 'AEAD_AES_128_GCM',
          retransmission = true,
        }: Partial<Variant> = named.get(name) ?? {};
        const wish = { sinks: SINKS, seconds: SECONDS, suite, retransmission, core };
        return runPoint(wish, workerBin === undefined ? {} : { workerBin });
      };
      const results = await interleave([...named.keys()], runs, pointOf, progress);
      return judge([...named.keys()].map((name) => ({ name, points: results(name) })));
    } finally {
      await variants.close();
    }
  },
};

interface Found {
  readonly name: string;
  readonly points: readonly Measured[];
}

function judge(found: readonly Found[]) {
  const [first] = found;
  if (!first) throw new Error('there are no variants');
  const base = first.points.map(costOf);
  const tried = found.map(({ name, points }): Tried => {
    const costs = points.map(costOf);
    const lost = points.map(({ lostPackets, expectedPackets }) => (lostPackets * 100) / expectedPackets);
    return {
      name,
      cost: series('µs', costs, 2),
      saved: series(
        'percent',
        costs.map((cost, round) => 100 * (1 - cost / (base[round] ?? cost))),
      ),
      core: series(
        'percent',
        points.map(({ serverCore }) => serverCore),
      ),
      delay: series(
        'ms',
        points.map(({ delay }) => Math.min(delay.p99, 10_000)),
        2,
      ),
      lost: Math.round(Math.max(...lost) * 100) / 100,
    };
  });
  const refused = found
    .flatMap(({ points }) => points)
    .reduce((sum, point) => sum + point.refused + point.disordered, 0);
  const invalid =
    refused > 0
      ? `${refused} packets did not pass their check or came out of order`
      : found.flatMap(({ points }) => points.flatMap((point) => point.invalid ?? []))[0];
  const cost = tried
    .map((each) => each.cost)
    .reduce((least, each) => (each.median < least.median ? each : least));
  return {
    ...cost,
    value: cost.median,
    reached: true,
    more: Object.fromEntries(tried.map((each) => [each.name, each.cost])),
    details: 'benchmarks/core-variants.md',
    files: { 'benchmarks/core-variants.md': pageOf(tried, first.points) },
    ...(invalid === undefined ? {} : { invalid }),
  };
}

function pageOf(tried: readonly Tried[], points: readonly Measured[]): string {
  const rate = series(
    'packets/s',
    points.map(({ packetsPerSecond }) => packetsPerSecond),
    0,
  );
  return `# What was tried from outside the worker

Written by \`goldenhour bench CORE-AB\`: ${points.length} rounds, every variant once in each for ${SECONDS} s, ${SINKS} viewers of one
4K stream of 20 Mbit/s (${rate.median} packets a second), server and everything else on a core each. The cost is the time that the
worker's process had the core, with what the kernel did for it, for each packet that arrived. A variant pays when it
saved something in every round, and costs when it did not in any.

${triedTable(tried)}

Each viewer is a socket of its own here. In a running node all viewers of a worker share one, where sending in batches also saves
calls between viewers. What it saves depends on how much piles up while the worker is busy: least when the core is idle,
most at the knee.
`;
}
