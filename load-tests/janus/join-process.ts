/**
 * The process that joins: libwebrtc for Node takes the global scope, and aborts where the process ends by itself. It is started by
 * `measureJoins` with the names of services, the number of rounds and the milliseconds between two joins of a service; it answers over
 * its channel and is then ended from outside.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { interleave } from '../measuring/interleave.ts';
import { openJanus } from './join-janus.ts';
import { openMediasoup } from './join-mediasoup.ts';
import { openSystem } from './join-system.ts';
import type { JoinTarget } from './join-types.ts';
import { watchedWebrtc } from './webrtc-peer.ts';

const OPEN = { mediasoup: openMediasoup, Janus: openJanus, GoldenHour: openSystem } as const;
const Plan = z.strictObject({
  services: z.array(z.enum(['mediasoup', 'Janus', 'GoldenHour'])),
  rounds: z.number().int(),
  apartMs: z.number(),
});

/** How often the process looks at its clock, in milliseconds. */
const RESOLUTION_MS = 5;
const lateness = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

const targets = new Map<JoinTarget['name'], JoinTarget>();

async function closeAll(): Promise<void> {
  for (const target of targets.values()) await target.close();
  targets.clear();
}

/** Whoever started it is gone: no service may outlive them both. */
process.on('disconnect', () => {
  closeAll()
    .catch((error: unknown) => process.stderr.write(`${String(error)}\n`))
    .finally(() => process.kill(process.pid, 'SIGKILL'));
});

async function measure(): Promise<unknown> {
  const { services, rounds, apartMs } = Plan.parse(JSON.parse(process.argv[2] ?? ''));
  watchedWebrtc();
  for (const name of services) targets.set(name, await OPEN[name]());
  lateness.enable();
  const lastAt = new Map<string, number>();
  const results = await interleave(services, rounds, async (name) => {
    // A keyframe that was asked for a moment ago is given to this viewer too, or kept from it, as each service limits requests.
    await delay(Math.max(0, (lastAt.get(name) ?? Number.NEGATIVE_INFINITY) + apartMs - performance.now()));
    const times = await targets.get(name)?.join();
    lastAt.set(name, performance.now());
    return times;
  });
  lateness.disable();
  return {
    services: services.map((name) => ({
      name,
      version: targets.get(name)?.version,
      joins: results(name),
    })),
    lateMs: Math.max(0, lateness.percentile(99) / 1e6 - RESOLUTION_MS),
  };
}

try {
  const report = await measure();
  await closeAll();
  process.send?.(report);
} catch (error) {
  await closeAll();
  process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
