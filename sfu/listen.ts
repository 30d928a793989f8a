/** Where a node listens: addresses as configured, made into what mediasoup binds and announces. */
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import type * as mediasoup from 'mediasoup/types';
import { AppError } from '../platform/errors.ts';

export interface ListenAddress {
  /** An address of this machine; `0.0.0.0` or `::` for all of them. */
  readonly ip: string;
  /** The address or name that clients reach it by, such as the public side of a NAT. */
  readonly announced?: string | undefined;
}

/**
 * Kernel buffers of each socket, in bytes: a 4K keyframe is 170 packets within a millisecond to each viewer, and
 * Linux starts with 212,992 bytes. The kernel silently lowers it to net.core.rmem_max and wmem_max.
 */
export const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * Returns one entry per address. A wildcard without an announced address is replaced by each address of the
 * machine, because mediasoup would hand `0.0.0.0` to browsers as a candidate. Link-local addresses are left out (they
 * need a zone that candidates cannot carry); loopback stays out unless there is nothing else.
 */
export function expandAddresses(configured: readonly ListenAddress[]): ListenAddress[] {
  const expanded = configured.flatMap((address): ListenAddress[] => {
    const family = address.ip === '0.0.0.0' ? 'IPv4' : address.ip === '::' ? 'IPv6' : undefined;
    if (family === undefined || address.announced !== undefined) return [address];
    return ownAddresses(family).map((ip) => ({ ip }));
  });
  const unique = new Map(expanded.map((address) => [`${address.ip} ${address.announced ?? ''}`, address]));
  if (unique.size === 0) {
    throw new AppError('no-listen-address', 'There is no address to listen on for media.', {
      whatToDo: 'Give at least one address of this machine in the listen addresses of the media node.',
      details: { configured: configured.map(({ ip }) => ip) },
    });
  }
  return [...unique.values()];
}

function ownAddresses(family: 'IPv4' | 'IPv6'): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const usable = all.filter((entry) => entry.family === family && !entry.address.startsWith('fe80:'));
  const external = usable.filter((entry) => !entry.internal);
  // An IPv6 loopback alone says that the machine has no IPv6; IPv4 loopback alone is a machine without network.
  const chosen = external.length > 0 || family === 'IPv6' ? external : usable;
  return chosen.map((entry) => entry.address);
}

/** What a WebRtcServer binds: UDP on every address first, so that its candidates are preferred, then TCP. */
export function listenInfos(
  addresses: readonly ListenAddress[],
  port: number,
): mediasoup.TransportListenInfo[] {
  return (['udp', 'tcp'] as const).flatMap((protocol) =>
    addresses.map((address) => ({
      protocol,
      ip: address.ip,
      ...(address.announced === undefined ? {} : { announcedAddress: address.announced }),
      port,
      // Without it `::` takes the IPv4 port as well and a second socket on 0.0.0.0 fails to bind.
      ...(address.ip.includes(':') ? { flags: { ipv6Only: true } } : {}),
      sendBufferSize: SOCKET_BUFFER_BYTES,
      recvBufferSize: SOCKET_BUFFER_BYTES,
    })),
  );
}

/** Returns a TCP port that was free on `ip` a moment ago; the caller tries another when somebody was quicker. */
export function freePort(ip: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen({ host: ip, port: 0, exclusive: true }, () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}
