/**
 * `node point-process.ts WISH`: measures one point of forwarding in the network namespace it is started in, with whatever worker its
 * environment names. A process of its own, because the profiler needs rights that end where a user's own namespace begins.
 * Prints one JSON line when the viewers are there (`Ready`) and one at the end (the point).
 */
import { execFile } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
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
});
export type Wish = z.infer<typeof Wish>;

export const Ready = z.strictObject({ pids: z.array(z.number()).readonly() });
export type Ready = z.infer<typeof Ready>;

const execute = promisify(execFile);
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

async function run([text = '']: readonly string[]): Promise<number> {
  const { sinks, seconds, suite, retransmission, core } = Wish.parse(JSON.parse(text));
  const input = await videoInput('4k-20mbit');
  const point = await measurePoint({
    start: (options) => startMediasoupWith({ retransmission }, options),
    streams: [{ input, sinks }],
    suite,
    seconds,
    serverCore: core,
    generatorCore: core === 0 ? 1 : 0,
    beside: async ({ pids }) => {
      await cutHere();
      print({ pids } satisfies Ready);
      return { close: async () => {} };
    },
  });
  print(point);
  return 0;
}

/**
 * Lets the kernel cut what is sent as segments before it reaches the link. A veth would pass them on whole, which costs next to nothing
 * and counts as one packet; a network that carries them to viewers does not exist.
 */
async function cutHere(): Promise<void> {
  const links = Object.entries(networkInterfaces()).filter(([, addresses]) =>
    addresses?.every(({ internal }) => !internal),
  );
  for (const [device] of links) await execute('ip', ['link', 'set', 'dev', device, 'gso_max_segs', '1']);
}

if (import.meta.main) process.exit(await runToExitCode(() => run(process.argv.slice(2))));
