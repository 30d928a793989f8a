/** A host on a link of its own that counts and drops what comes for it as early as the kernel allows: the cheapest receiver there is. */
import { Host } from '../network/host.ts';

/** Ports that are counted and dropped. */
export const FIRST_PORT = 20_000;
export const LAST_PORT = 49_999;

export interface Dropped {
  readonly packets: number;
  /** With the headers of IP and UDP. */
  readonly bytes: number;
}

/** Only within a network namespace of our own (see `inOwnNetwork`). */
export class DropLink {
  /** Name of the interface on our side; the host's own has a `p` behind it. */
  readonly device: string;
  readonly #host: Host;

  private constructor(host: Host) {
    this.#host = host;
    this.device = host.device.replace(/p$/, '');
  }

  static async create(): Promise<DropLink> {
    const link = new DropLink(await Host.create());
    try {
      const chain = `{ type filter hook ingress device ${link.device}p priority 0; policy accept; }`;
      const ports = `${FIRST_PORT}-${LAST_PORT}`;
      await link.#nft('add', 'table', 'netdev', 'sink');
      await link.#nft('add', 'chain', 'netdev', 'sink', 'in', chain);
      await link.#nft('add', 'rule', 'netdev', 'sink', 'in', 'udp', 'dport', ports, 'counter', 'drop');
      return link;
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  /** Our own address on the link. */
  get here(): string {
    return this.#host.here;
  }

  /** Where to send to. */
  get there(): string {
    return this.#host.there;
  }

  /** Since it was created. */
  async dropped(): Promise<Dropped> {
    const listed = await this.#nft('list', 'table', 'netdev', 'sink');
    const [, packets, bytes] = /counter packets (\d+) bytes (\d+)/.exec(listed) ?? [];
    return { packets: Number(packets), bytes: Number(bytes) };
  }

  async close(): Promise<void> {
    await this.#host.close();
  }

  #nft(...args: string[]): Promise<string> {
    return this.#host.run('nft', args);
  }
}
