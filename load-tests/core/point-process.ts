/**
 * `node point-process.ts WISH`: measures one point of forwarding in the network namespace it is started in, with whatever worker its
 * environment names. A process of its own, because the profiler needs rights that end where a user's own namespace begins.
 * Prints one JSON line when the viewers are there (`Ready`) and one at the end (the point).
 */
import { z } from 'zod';
import { runToExitCode } from '../../platform/terminal.ts';
import { videoInput } from '../forwarding/input.ts';
import { startMediasoupWith } from '../forwarding/mediasoup-server.ts';
import { measurePoint } from '../forwarding/point.ts';
import { SUITES } from './ceiling.ts';

export const Wish = z.strictObject({
  sinks: z.number(),
  seconds: z.number(),
  suite: z.enum(SUITES),
  retransmission: z.boolean(),
  core: z.number(),
  /** One viewer in so many is verified; 50 unless given. */
  sampleEvery: z.number().optional(),
});
export type Wish = z.infer<typeof Wish>;

export const Ready = z.strictObject({ pids: z.array(z.number()).readonly() });
export type Ready = z.infer<typeof Ready>;

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function run([text = '']: readonly string[]): Promise<number> {
  const { sinks, seconds, suite, retransmission, core, sampleEvery } = Wish.parse(JSON.parse(text));
  const input = await videoInput('4k-20mbit');
  const point = await measurePoint({
    start: (options) => startMediasoupWith({ retransmission, batched: false }, options),
    streams: [{ input, sinks }],
    suite,
    seconds,
    ...(sampleEvery === undefined ? {} : { sampleEvery }),
    serverCore: core,
    generatorCore: core === 0 ? 1 : 0,
    beside: async ({ pids }) => {
      print({ pids } satisfies Ready);
      return { close: async () => {} };
    },
  });
  print(point);
  return 0;
}

if (import.meta.main) process.exit(await runToExitCode(() => run(process.argv.slice(2))));
