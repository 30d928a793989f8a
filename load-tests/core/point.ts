/** One point of forwarding, measured by a process of its own; what a packet costs is what variants of a worker are compared by. */
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { mustRun } from '../../platform/setup/run-program.ts';
import { namespacePrefix } from '../../platform/testing/groups.ts';
import { Ready, type Wish } from './point-process.ts';

/** What is read of a point here; its other fields are of no use to a cost. */
const Measured = z.looseObject({
  packetsPerSecond: z.number(),
  expectedPackets: z.number(),
  lostPackets: z.number(),
  verified: z.number(),
  refused: z.number(),
  disordered: z.number(),
  delay: z.looseObject({ p50: z.number(), p99: z.number() }),
  /** Percent of a core: of the whole core, and of the server's own processes. */
  serverCore: z.number(),
  serverProcesses: z.number(),
  invalid: z.string().optional(),
});
export type Measured = z.infer<typeof Measured>;

const SCRIPT = new URL('point-process.ts', import.meta.url).pathname;
const DEADLINE_MS = 180_000;

export interface PointOptions {
  /** Instead of the worker that mediasoup would start: any program that becomes one. */
  readonly workerBin?: string;
  /** Called with the server's processes when all viewers are there, a moment before packets flow. */
  onReady?(ready: Ready): void;
}

/** Measures one point. Throws `needs-namespaces` where the machine does not allow them. */
export async function runPoint(wish: Wish, { workerBin, onReady }: PointOptions = {}): Promise<Measured> {
  // Root keeps its rights, which some variants need, in a network of its own; a user namespace would take them.
  const asRoot = process.getuid?.() === 0 ? ['unshare', '--net'] : undefined;
  const prefix = asRoot ?? (await namespacePrefix());
  if (!prefix) {
    throw new AppError('needs-namespaces', 'Forwarding is measured between network namespaces.', {
      whatToDo: 'Run it as root, with iproute2 and util-linux installed.',
    });
  }
  const [program = '', ...args] = [...prefix, process.execPath, SCRIPT, JSON.stringify(wish)];
  let point: Measured | undefined;
  await mustRun(program, args, {
    env: {
      ...process.env,
      GOLDENHOUR_NETNS: '1',
      ...(workerBin === undefined ? {} : { MEDIASOUP_WORKER_BIN: workerBin }),
    },
    deadlineMs: DEADLINE_MS,
    errorCode: 'generator-failed',
    whatToDo: 'See what it printed; this says nothing about the server under test.',
    onLine: (line) => {
      const printed = jsonOf(line);
      const ready = Ready.safeParse(printed);
      if (ready.success) onReady?.(ready.data);
      const measured = Measured.safeParse(printed);
      if (measured.success) point = measured.data;
    },
  });
  if (!point) throw new AppError('generator-failed', 'The measuring process ended without a point.');
  return point;
}

/** Time of a core that the server's processes spent on one packet that arrived, in microseconds. */
export function costOf({ serverProcesses, packetsPerSecond }: Measured): number {
  return (serverProcesses * 10_000) / packetsPerSecond;
}

function jsonOf(line: string): unknown {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    // Another program's words that begin with a brace.
    return undefined;
  }
}
