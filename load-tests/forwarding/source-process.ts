/**
 * Main of the source's process. It keeps an absolute schedule: a packet that is late does not move those after it, and how late each one
 * was is part of the answer (no coordinated omission). Between packets the thread sleeps in a futex, which wakes within 0.1 ms; timers of the
 * event loop know whole milliseconds only.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { answerParent } from '../measuring/pinned-process.ts';
import { type Turn, turnsOf } from './schedule.ts';
import { writeStamp } from './stamp.ts';

const Stream = z.strictObject({
  input: z.looseObject({
    ssrc: z.number(),
    clockRate: z.number(),
    roundMs: z.number(),
    packets: z.array(z.strictObject({ atMs: z.number(), data: z.instanceof(Uint8Array) })),
  }),
  targets: z.array(z.strictObject({ ip: z.string(), port: z.number() })),
});
const Message = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('open'), streams: z.array(Stream) }),
  z.strictObject({
    do: z.literal('send'),
    span: z.strictObject({ fromMs: z.number(), toMs: z.number(), phased: z.boolean() }),
  }),
]);

/** Runs begin a moment after their turns are known. */
const LEAD_MS = 20;
/** Longer waits let the event loop live, which is how a broken channel ends this process. */
const LONG_WAIT_MS = 4;
const WITHOUT_LOOP_MS = 50;
const BUFFER_BYTES = 4 * 1024 * 1024;

interface Outgoing {
  readonly input: z.infer<typeof Stream>['input'];
  readonly packets: readonly {
    readonly data: Uint8Array;
    readonly view: DataView;
    readonly timestamp: number;
  }[];
  readonly sockets: readonly Socket[];
  counter: number;
}

let streams: Outgoing[] = [];
/** The first thing that a socket complained of, such as a port at which nobody listens. */
let trouble: Error | undefined;
const bed = new Int32Array(new SharedArrayBuffer(4));

answerParent(async (message) => {
  const wish = Message.parse(message);
  if (wish.do === 'open') {
    streams = await Promise.all(wish.streams.map(outgoing));
    return undefined;
  }
  const turns = turnsOf(
    streams.map(({ input }) => input),
    wish.span,
  );
  const before = streams.map(({ counter }) => counter);
  const late = await sendAll(turns);
  if (trouble) throw trouble;
  return {
    streams: streams.map(({ counter }, n) => ({ first: before[n] ?? 0, count: counter - (before[n] ?? 0) })),
    late: { p50: share(late, 0.5), p99: share(late, 0.99), max: share(late, 1) },
  };
});

async function outgoing({ input, targets }: z.infer<typeof Stream>): Promise<Outgoing> {
  const packets = input.packets.map(({ data }) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return { data, view, timestamp: view.getUint32(4) };
  });
  return { input, packets, sockets: await Promise.all(targets.map(connected)), counter: 0 };
}

/** A connected socket sends without a look-up, and at once. */
async function connected({ ip, port }: { ip: string; port: number }): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: BUFFER_BYTES });
  socket.connect(port, ip);
  await once(socket, 'connect');
  socket.on('error', (error) => {
    trouble ??= error;
  });
  return socket;
}

async function sendAll(turns: readonly Turn[]): Promise<Float64Array> {
  const late = new Float64Array(turns.length);
  const begin = performance.now() + LEAD_MS;
  let atLoop = performance.now();
  for (const [index, { dueMs, stream, packet, round }] of turns.entries()) {
    const due = begin + dueMs;
    let now = performance.now();
    if (due - now > LONG_WAIT_MS) {
      await setTimeout(due - now - LONG_WAIT_MS / 2);
      now = atLoop = performance.now();
    } else if (now - atLoop > WITHOUT_LOOP_MS) {
      await setImmediate();
      now = atLoop = performance.now();
    }
    if (due > now) Atomics.wait(bed, 0, 0, due - now);
    late[index] = Math.max(0, performance.now() - due);
    const out = streams[stream];
    if (out) sendOne(out, packet, round);
  }
  return late.sort();
}

function sendOne(out: Outgoing, index: number, round: number): void {
  const packet = out.packets[index];
  if (!packet) return;
  const { view, data, timestamp } = packet;
  const { roundMs, clockRate, ssrc } = out.input;
  view.setUint16(2, out.counter & 0xffff);
  view.setUint32(4, timestamp + Math.round((round * roundMs * clockRate) / 1000));
  view.setUint32(8, ssrc);
  writeStamp(data, { sentNs: process.hrtime.bigint(), counter: out.counter });
  for (const socket of out.sockets) socket.send(data);
  out.counter += 1;
}

function share(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
