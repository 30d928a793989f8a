/** Joins services in turn, in a process of its own (see join-process.ts). */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { JoinTarget } from './join-types.ts';

const PROGRAM = fileURLToPath(new URL('join-process.ts', import.meta.url));

const Times = z.strictObject({ packetMs: z.number(), frameMs: z.number(), roundTrips: z.number() });
const Joined = z.strictObject({
  name: z.enum(['mediasoup', 'Janus', 'GoldenHour']),
  version: z.string(),
  joins: z.array(Times),
});
const Joins = z.strictObject({ services: z.array(Joined), lateMs: z.number() });
const Report = z.union([Joins, z.strictObject({ error: z.string() })]);

export type Joined = z.infer<typeof Joined>;
/** `lateMs`: how late the joining process came to its own timers, 99th percentile. */
export type Joins = z.infer<typeof Joins>;

export interface JoinPlan {
  readonly services: readonly JoinTarget['name'][];
  /** Joins of each service, in turn with the others. */
  readonly rounds: number;
  /** Between two joins of one service, in milliseconds. */
  readonly apartMs: number;
  /** For all of it, in milliseconds. */
  readonly deadlineMs: number;
}

/** Opens the services, joins each `rounds` times and closes them. Rejects with what failed, or when the deadline passes. */
export async function measureJoins({ deadlineMs, ...plan }: JoinPlan): Promise<Joins> {
  const child = fork(PROGRAM, [JSON.stringify(plan)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  try {
    const report = await Promise.race([
      once(child, 'message', { signal: AbortSignal.timeout(deadlineMs) }).then(([message]) =>
        Report.parse(message),
      ),
      ended.then(([code, signal]): never => {
        throw new Error(`the joining process ended by itself with ${code ?? signal}`);
      }),
    ]);
    if ('error' in report) throw new Error(report.error);
    child.kill('SIGKILL');
    return report;
  } finally {
    // It closes its services and ends itself.
    if (child.connected) child.disconnect();
    await ended;
  }
}
