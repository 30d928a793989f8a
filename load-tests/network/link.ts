/**
 * A bad link as one thing: a host in a namespace behind real queues (tbf), and a relay that delays, loses, reorders and doubles what
 * goes over it. It says how true to its word it was. Needs a network of the process's own (`inOwnNetwork`).
 */
import { Host, type Limits } from './host.ts';
import type { ImpairmentCounts, ImpairmentOptions } from './impairment.ts';
import { openRelay } from './relay.ts';

export interface LinkOptions extends Limits, ImpairmentOptions {
  /** Address of the server behind the link; it must announce `link.address` to be reached through it. */
  readonly target: string;
  readonly udpPorts: readonly number[];
  readonly tcpPorts: readonly number[];
  readonly random?: () => number;
}

export interface Link {
  /** The host that reaches the server over this link alone. */
  readonly host: Host;
  /** Where the host finds the server's ports. */
  readonly address: string;
  /** Milliseconds that were asked for and really added, and what became of packets. */
  accuracy(): { askedMs: number; p50: number; p99: number; lateP99: number } & ImpairmentCounts;
  /** Idempotent. */
  close(): Promise<void>;
}

export async function openLink(options: LinkOptions): Promise<Link> {
  const host = await Host.create();
  try {
    const { downKbit, upKbit } = options;
    await host.limit({
      ...(downKbit === undefined ? {} : { downKbit }),
      ...(upKbit === undefined ? {} : { upKbit }),
    });
    const relay = await openRelay({ ...options, listen: host.here });
    let closed: Promise<void> | undefined;
    const end = async () => {
      await relay.close();
      await host.close();
    };
    return {
      host,
      address: host.here,
      accuracy: () => {
        const { p50, p99 } = relay.accuracy();
        return { askedMs: options.delayMs, p50, p99, lateP99: relay.lateness().p99, ...relay.counts() };
      },
      close: () => {
        closed ??= end();
        return closed;
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}
