/**
 * The viewers' side of a measurement: a namespace behind a veth link. Most sinks are ports whose packets are counted and dropped where they
 * enter the namespace, before routing and any socket, which costs next to nothing; each fiftieth is a socket whose packets are verified.
 * The kernel hands a packet over on the core that sent it, so what receiving costs is the server's, as on loopback; a network card
 * would cost something there too.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PinnedProcess } from '../measuring/pinned-process.ts';
import { Host } from '../network/host.ts';
import type { SinkAddress, SrtpSuite } from './types.ts';
import { keyBytes, type SinkCipher, type Verdict } from './verifier.ts';

const run = promisify(execFile);

const COUNTED_PORT = 20_000;
const SAMPLED_PORT = 40_000;
export const SAMPLE_EVERY = 50;
/** What has not come by then is lost: no counter has moved for so long. */
const QUIET_MS = 1000;
const QUIET_DEADLINE_MS = 20_000;
const ASK_MS = 20;

const Counters = z.looseObject({
  nftables: z.array(
    z.looseObject({ counter: z.looseObject({ name: z.string(), packets: z.number() }).optional() }),
  ),
});
const Verdicts = z.array(
  z.strictObject({
    ...{ verified: z.number(), refused: z.number(), disordered: z.number(), repeated: z.number() },
    ...{ lost: z.number(), delays: z.instanceof(Float64Array) },
  }),
);

/** Control packets share the ports (RFC 5761); they are told by their type, which SRTCP leaves in the clear, and counted apart. */
const rules = (device: string) => `
table netdev sinks {
  counter rtcp { }
  counter counted { }
  counter sampled { }
  chain arriving {
    type filter hook ingress device "${device}" priority -500; policy accept;
    meta l4proto != udp accept
    @th,72,8 200-207 counter name rtcp drop
    udp dport ${COUNTED_PORT}-${SAMPLED_PORT - 1} counter name counted drop
    udp dport ${SAMPLED_PORT}-49999 counter name sampled
  }
}`;

export interface Sink extends SinkAddress {
  readonly sampled: boolean;
}

export class SinkField {
  /** Address at this end of the link, where servers send from. */
  readonly serverIp: string;
  readonly #host: Host;
  readonly #process: PinnedProcess;
  #counted = 0;
  #sampled = 0;

  private constructor(host: Host, process: PinnedProcess) {
    this.serverIp = host.here;
    this.#host = host;
    this.#process = process;
  }

  /** Needs a network namespace of one's own (see network/host.ts). The sampled sinks' process runs on `core`. */
  static async open({ core }: { readonly core: number }): Promise<SinkField> {
    const host = await Host.create();
    try {
      await host.run('nft', [rules(host.device)]);
      // What a server sends as segments is cut before the link, as most network cards need it; a veth would carry and count it as one packet.
      const ours = host.device.replace(/p$/, '');
      await run('ip', ['link', 'set', 'dev', ours, 'gso_max_segs', '1']);
      const script = new URL('sink-process.ts', import.meta.url);
      return new SinkField(host, new PinnedProcess(script, { core, namespaceOf: host.pid }));
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  /** Places for so many sinks, of which each `sampleEvery`-th and at least one is verified. */
  add(count: number, suite: SrtpSuite, sampleEvery = SAMPLE_EVERY): Sink[] {
    return Array.from({ length: count }, (_, index): Sink => {
      const sampled = index % sampleEvery === Math.min(sampleEvery, count) - 1;
      const port = sampled ? SAMPLED_PORT + this.#sampled : COUNTED_PORT + this.#counted;
      if (sampled) this.#sampled += 1;
      else this.#counted += 1;
      return { ip: this.#host.there, port, suite, key: randomBytes(keyBytes(suite)), sampled };
    });
  }

  /** Opens the sockets of the sampled sinks: before anyone sends to them. */
  async listen(): Promise<void> {
    const ports = Array.from({ length: this.#sampled }, (_, index) => SAMPLED_PORT + index);
    await this.#process.ask({ do: 'listen', ip: this.#host.there, ports });
  }

  /** Tells the sampled sinks, in their order, what they decrypt with. */
  async know(ciphers: readonly SinkCipher[]): Promise<void> {
    await this.#process.ask({ do: 'know', ciphers });
  }

  /** What came at the sampled sinks since the last time, judged against the packets that were sent to each. */
  async judge(ranges: readonly { readonly first: number; readonly count: number }[]): Promise<Verdict[]> {
    return Verdicts.parse(await this.#process.ask({ do: 'judge', ranges }, 120_000));
  }

  /** RTP packets that have reached the namespace so far. */
  async arrived(): Promise<number> {
    const text = await this.#host.run('nft', ['-j', 'list', 'counters']);
    const counters = Counters.parse(JSON.parse(text)).nftables.flatMap(({ counter }) => counter ?? []);
    return counters.filter(({ name }) => name !== 'rtcp').reduce((sum, { packets }) => sum + packets, 0);
  }

  /**
   * Waits until so many packets have come since `before`, or nothing comes any more; answers how many there were. Silence is long, because a
   * busy machine may keep a server waiting.
   */
  async quiet(before: number, expected: number): Promise<number> {
    const deadline = performance.now() + QUIET_DEADLINE_MS;
    let last = -1;
    let movedAt = performance.now();
    for (;;) {
      const came = (await this.arrived()) - before;
      const now = performance.now();
      if (came !== last) movedAt = now;
      if (came >= expected || now - movedAt > QUIET_MS || now > deadline) return came;
      last = came;
      await sleep(ASK_MS);
    }
  }

  /** Packets that queues of the measuring side have dropped so far: sockets of sampled sinks, the link, the kernel's backlog. */
  async drops(): Promise<number> {
    const sockets = (await this.#host.run('cat', ['/proc/net/udp'])).trim().split('\n').slice(1);
    const [here, there] = await Promise.all([
      run('ip', ['-j', '-s', 'link', 'show', this.#host.device.replace(/p$/, '')]),
      this.#host.run('ip', ['-j', '-s', 'link', 'show', this.#host.device]),
    ]);
    const backlog = (await readFile('/proc/net/softnet_stat', 'utf8')).trim().split('\n');
    return (
      sum(sockets.map((line) => Number(line.trim().split(/\s+/).at(-1)))) +
      linkDrops(here.stdout) +
      linkDrops(there) +
      sum(backlog.map((line) => Number.parseInt(line.split(' ')[1] ?? '0', 16)))
    );
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#process.close();
    await this.#host.close();
  }
}

const Links = z.tuple([
  z.looseObject({
    stats64: z.looseObject({
      rx: z.looseObject({ dropped: z.number() }),
      tx: z.looseObject({ dropped: z.number() }),
    }),
  }),
]);

function linkDrops(json: string): number {
  const [{ stats64 }] = Links.parse(JSON.parse(json));
  return stats64.rx.dropped + stats64.tx.dropped;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
