/**
 * A relay that adds delay, jitter, loss, reordering and doubles to UDP and delay to TCP, since the kernel here has no netem. It
 * stands at an address of its own with the ports of the server behind it: a media node that announces the relay's
 * address is reached through it without knowing. It measures the delay it really added.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, createServer, type Socket as TcpSocket } from 'node:net';
import { Impairment, type ImpairmentCounts, type ImpairmentOptions } from './impairment.ts';

export interface RelayOptions extends ImpairmentOptions {
  /** Address the relay listens on, e.g. 127.0.0.2. */
  readonly listen: string;
  /** Address of the server behind it, e.g. 127.0.0.1. */
  readonly target: string;
  readonly udpPorts: readonly number[];
  readonly tcpPorts: readonly number[];
  /** Where chance comes from; `Math.random` unless told. */
  readonly random?: () => number;
}

export interface Relay {
  /** Median and 99th percentile of the delay really added to packets so far, in milliseconds. */
  accuracy(): { packets: number; p50: number; p99: number };
  /** How much later than asked packets went on, in milliseconds: what this program itself adds. */
  lateness(): { p50: number; p99: number };
  /** What became of UDP packets so far, both directions together. */
  counts(): ImpairmentCounts;
  close(): Promise<void>;
}

/** Delays kept for `accuracy()`; a ring, so that a long run does not grow. */
const SAMPLES = 20_000;

/** Calls functions at their time, in the order of their times, with one timer for all. */
class DelayLine {
  #queue: { due: number; entered: number; deliver: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly delays = new Float64Array(SAMPLES);
  readonly late = new Float64Array(SAMPLES);
  count = 0;

  push(delayMs: number, deliver: () => void): void {
    const entered = performance.now();
    const item = { due: entered + delayMs, entered, deliver };
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.due ?? 0) > item.due) at -= 1;
    this.#queue.splice(at, 0, item);
    if (at === 0) this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#queue[0];
    if (next) this.#timer = setTimeout(() => this.#run(), Math.max(0, next.due - performance.now()));
  }

  #run(): void {
    const now = performance.now();
    let due = 0;
    while (due < this.#queue.length && (this.#queue[due]?.due ?? Number.POSITIVE_INFINITY) <= now + 0.2)
      due += 1;
    for (const item of this.#queue.splice(0, due)) {
      this.delays[this.count % SAMPLES] = now - item.entered;
      this.late[this.count % SAMPLES] = now - item.due;
      this.count += 1;
      item.deliver();
    }
    this.#arm();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }
}

/** Opens the relay on all its ports; throws when one is taken. */
export async function openRelay(options: RelayOptions): Promise<Relay> {
  const line = new DelayLine();
  const fates = {
    up: new Impairment(options, options.random),
    down: new Impairment(options, options.random),
  };
  const closers = await Promise.all([
    ...options.udpPorts.map((port) => relayUdp(options, port, line, fates)),
    ...options.tcpPorts.map((port) => relayTcp(options, port, line)),
  ]);
  return {
    accuracy: () => ({ packets: line.count, ...percentiles(line.delays, line.count) }),
    lateness: () => percentiles(line.late, line.count),
    counts: () => {
      const [up, down] = [fates.up.counts, fates.down.counts];
      return {
        packets: up.packets + down.packets,
        lost: up.lost + down.lost,
        ahead: up.ahead + down.ahead,
        doubled: up.doubled + down.doubled,
      };
    },
    close: async () => {
      line.close();
      await Promise.all(closers.map((close) => close()));
    },
  };
}

function percentiles(ring: Float64Array, count: number): { p50: number; p99: number } {
  const sorted = ring.slice(0, Math.min(count, SAMPLES)).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function relayUdp(
  options: RelayOptions,
  port: number,
  line: DelayLine,
  fates: { up: Impairment; down: Impairment },
): Promise<() => Promise<void>> {
  const front = await bindUdp(options.listen, port);
  const backs = new Map<string, Promise<UdpSocket>>();
  front.on('message', (packet, from) => {
    const key = `${from.address}:${from.port}`;
    let back = backs.get(key);
    if (!back) {
      back = bindUdp(options.listen, 0);
      backs.set(key, back);
      void back.then((socket) =>
        socket.on('message', (answer) => {
          for (const delay of fates.down.next())
            line.push(delay, () => front.send(answer, from.port, from.address));
        }),
      );
    }
    void back.then((socket) => {
      for (const delay of fates.up.next()) line.push(delay, () => socket.send(packet, port, options.target));
    });
  });
  return async () => {
    front.close();
    for (const back of backs.values()) (await back).close();
  };
}

async function bindUdp(address: string, port: number): Promise<UdpSocket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20, sendBufferSize: 4 << 20 });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, resolve);
  });
  // A datagram that cannot be sent is a lost packet, which is what a network does.
  socket.removeAllListeners('error').on('error', () => undefined);
  return socket;
}

async function relayTcp(options: RelayOptions, port: number, line: DelayLine): Promise<() => Promise<void>> {
  const open = new Set<TcpSocket>();
  const server = createServer({ allowHalfOpen: true }, (front) => {
    const back = connect({ port, host: options.target, allowHalfOpen: true });
    for (const [from, to] of [
      [front, back],
      [back, front],
    ] as const) {
      open.add(from);
      from.on('data', (chunk) => line.push(options.delayMs, () => to.write(chunk)));
      from.on('end', () => line.push(options.delayMs, () => to.end()));
      from.on('error', () => to.destroy());
      from.on('close', () => open.delete(from));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, options.listen, resolve);
  });
  return async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}
