/** What each process holds: memory, handles and files, and what the system's own figures and the node's dump count. */
import { readdir, readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { childrenOf } from '../chaos/inject.ts';
import type { ChaosStack } from '../chaos/stack.ts';

const PAGE_BYTES = 4096;
const ANSWER_MS = 10_000;
const MB = 1e6;
const Probe = z.strictObject({
  asked: z.int(),
  heapUsed: z.number(),
  external: z.number(),
  kinds: z.record(z.string(), z.int()),
});

export interface ProcessSample {
  /** In 10^6 bytes. */
  readonly rssMb: number;
  /** After collecting garbage, with what lies outside it; absent for a worker, which has no such heap. */
  readonly heapMb?: number;
  readonly files: number;
  /** Timers, sockets and other open things, by kind. */
  readonly kinds: Readonly<Record<string, number>>;
}

export interface Sample {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly processes: Readonly<Record<string, ProcessSample>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** Takes one. `probeFile` says where a process answers. */
export async function takeSample(
  stack: ChaosStack,
  at: number,
  probeFile: (name: string) => string,
): Promise<Sample> {
  const processes: Record<string, ProcessSample> = {};
  const named = [
    ...stack.signalings,
    ...(stack.sfu ? [stack.sfu] : []),
    ...(stack.recorder ? [stack.recorder] : []),
  ];
  for (const { name, pid } of named) {
    if (pid === undefined) continue;
    const { heapUsed, external, kinds } = await askProbe(pid, probeFile(name));
    const heapMb = (heapUsed + external) / MB;
    processes[name] = { heapMb, kinds, ...(await memoryOf(pid)) };
  }
  for (const pid of await childrenOf(stack.sfu?.pid, 'mediasoup')) {
    processes.worker = { kinds: {}, ...(await memoryOf(pid)) };
  }
  return { at, processes, counts: { ...(await nodeCounts(stack)), ...(await ownFigures(stack)) } };
}

async function askProbe(pid: number, file: string): Promise<z.infer<typeof Probe>> {
  const read = async () => {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : Probe.parse(JSON.parse(text));
  };
  const before = (await read())?.asked ?? 0;
  process.kill(pid, 'SIGUSR2');
  const deadline = performance.now() + ANSWER_MS;
  while (performance.now() < deadline) {
    const answer = await read();
    if (answer && answer.asked > before) return answer;
    await sleep(5);
  }
  throw new Error(`process ${pid} did not say in ${ANSWER_MS} ms what it holds`);
}

async function memoryOf(pid: number): Promise<{ rssMb: number; files: number }> {
  const [, resident = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  const files = await readdir(`/proc/${pid}/fd`);
  return { rssMb: (Number(resident) * PAGE_BYTES) / MB, files: files.length };
}

async function nodeCounts({ control }: ChaosStack): Promise<Record<string, number>> {
  if (!control) return {};
  const { rooms } = await control.request('node.dump', {});
  const sum = (of: (room: (typeof rooms)[number]) => number) =>
    rooms.reduce((all, room) => all + of(room), 0);
  return {
    'rooms at the node': rooms.length,
    transports: sum(({ transports }) => transports.length),
    producers: sum(({ producers }) => producers.length),
    consumers: sum(({ consumers }) => consumers.length),
    'data producers': sum(({ dataProducers }) => dataProducers.length),
    'data consumers': sum(({ dataConsumers }) => dataConsumers.length),
  };
}

const FIGURES: Readonly<Record<string, string>> = {
  goldenhour_rooms: 'open rooms',
  goldenhour_sockets: 'live connections',
  goldenhour_recording_rooms: 'rooms being recorded',
};

/** Gauges of `/metrics`, over all signaling processes that everyone is sent to. */
async function ownFigures(stack: ChaosStack): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of (await metricsOf(stack.port())).split('\n')) {
    const [, name = '', value = ''] = /^(\w+)(?:\{[^}]*\})? (\S+)$/.exec(line) ?? [];
    const words = FIGURES[name];
    if (words !== undefined) counts[words] = (counts[words] ?? 0) + Number(value);
  }
  return counts;
}

function metricsOf(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/metrics', rejectUnauthorized: false, agent: false };
    const sent = get({ ...options, timeout: ANSWER_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('error', reject);
      response.once('end', () => resolve(text));
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer to GET /metrics')));
    sent.once('error', reject);
  });
}
