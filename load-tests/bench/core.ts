/** CORE: where the server's core goes while it forwards one 4K stream to as many viewers as it nearly can. */
import { cpus } from 'node:os';
import { PARTS } from '../core/fold.ts';
import { groupsOf, type Share, sharesSvg, sharesTable } from '../core/page.ts';
import { type Profile, profilePoint } from '../core/profile.ts';
import { type Bench, series } from './types.ts';

/** Near the knee of the machine of the published figures. */
const SINKS = 50;
const SECONDS = 8;
/** Other programs on the server's core, in percent of its samples. */
const MOST_STRANGERS = 5;

export const bench: Bench = {
  id: 'CORE',
  target:
    'no target: percent of a forwarding core that the worker itself uses, the rest being kernel, cipher and libraries',
  better: 'lower',
  minutes: 2,
  run: async ({ runs = 5, progress } = {}) => {
    const core = cpus().length - 1;
    const found: Profile[] = [];
    for (let run = 1; run <= runs; run += 1) {
      progress?.(run, runs);
      const suite = 'AEAD_AES_128_GCM';
      found.push(await profilePoint({ sinks: SINKS, seconds: SECONDS, suite, retransmission: true, core }));
    }
    const shares = PARTS.map(
      (part): Share => ({
        part,
        percent: series(
          'percent',
          found.map(({ folded }) => folded.shares.get(part) ?? 0),
        ),
      }),
    );
    const ours = series(
      'percent',
      found.map(({ folded }) =>
        PARTS.filter((part) => part.startsWith('worker')).reduce(
          (sum, part) => sum + (folded.shares.get(part) ?? 0),
          0,
        ),
      ),
    );
    const invalid = found.flatMap(voidOf)[0];
    return {
      ...ours,
      value: ours.median,
      reached: true,
      more: Object.fromEntries(shares.map(({ part, percent }) => [part, percent])),
      details: 'benchmarks/core.md',
      files: {
        'benchmarks/core.md': pageOf(shares, found),
        'benchmarks/core.svg': sharesSvg(
          shares,
          `${SINKS} viewers of one 4K stream, AES-128-GCM: percent of the work`,
        ),
      },
      leftOut: [
        'The sinks’ namespace receives and drops packets on the server’s core; through a network card that part would not be there, and the driver’s part would.',
      ],
      ...(invalid === undefined ? {} : { invalid }),
    };
  },
};

function voidOf({ point, folded }: Profile): string[] {
  const strangers = (folded.strangers * 100) / (folded.strangers + folded.working + folded.idle);
  return [
    ...(point.invalid === undefined ? [] : [point.invalid]),
    ...(folded.working < 1000 ? [`perf saw only ${folded.working} samples of the server at work`] : []),
    ...(strangers > MOST_STRANGERS
      ? [`other programs had ${Math.round(strangers)} % of the server's core`]
      : []),
  ];
}

function pageOf(shares: readonly Share[], found: readonly Profile[]): string {
  const { kernel, worker } = groupsOf(shares);
  const rate = series(
    'packets/s',
    found.map(({ point }) => point.packetsPerSecond),
    0,
  );
  const busy = series(
    'percent',
    found.map(({ point }) => point.serverCore),
  );
  return `# Where a core goes

Written by \`goldenhour bench CORE\`: ${found.length} runs of ${SECONDS} s with ${SINKS} viewers of one 4K stream of 20 Mbit/s, each
with a key of its own (AES-128-GCM): ${rate.median} packets a second, the core ${busy.median} % busy. The kernel has
${kernel} % of the work, the worker's own code ${worker} %: that is all that a better compilation of it can touch.

![Shares of the work](core.svg)

${sharesTable(shares)}

Medians and spread over the runs. Sampled is the whole core with the kernel's clock, ${'`perf record -e cpu-clock`'}; samples in the kernel
are told by their stack, those of the worker by the function alone. What was tried to make it faster from outside the
worker stands in [core-variants.md](core-variants.md).
`;
}
