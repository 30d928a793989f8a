/** Where a request comes from: the peer of the connection, or what a proxy that we trust says. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { AppError } from '../../platform/errors.ts';

export class Proxies {
  readonly #trusted = new BlockList();

  /** @param trusted addresses and networks (`10.0.0.0/8`) of reverse proxies; throws `config-invalid` for others */
  constructor(trusted: readonly string[]) {
    for (const entry of trusted) {
      const [address = '', bits] = entry.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      const length = bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits);
      if (
        isIP(address) === 0 ||
        !Number.isInteger(length) ||
        length < 0 ||
        length > (family === 'ipv6' ? 128 : 32)
      ) {
        throw new AppError('config-invalid', `${entry} is neither an address nor a network.`, {
          whatToDo: 'Write an address such as 10.0.0.7 or a network such as 10.0.0.0/24.',
        });
      }
      this.#trusted.addSubnet(address, length, family);
    }
  }

  trusts(address: string): boolean {
    return isIP(address) !== 0 && this.#trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /**
   * The client's address. `X-Forwarded-For` is read from its end, where our own proxies write, and the first address
   * that is not one of theirs counts: everything before it can be invented by the client.
   */
  clientAddress(request: IncomingMessage): string {
    let address = plain(request.socket.remoteAddress ?? '');
    const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
    while (this.trusts(address)) {
      const before = plain((forwarded.pop() ?? '').trim());
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  }

  /** `https` on a TLS connection, or when a trusted proxy says that it took the request by TLS. */
  scheme(request: IncomingMessage): 'http' | 'https' {
    if ('encrypted' in request.socket && request.socket.encrypted === true) return 'https';
    if (!this.trusts(plain(request.socket.remoteAddress ?? ''))) return 'http';
    return String(request.headers['x-forwarded-proto']).split(',').pop()?.trim() === 'https'
      ? 'https'
      : 'http';
  }
}

/** IPv4 addresses of a dual-stack listener come as `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2). */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** What limits count by: the address, of IPv6 the network of 64 bits, since one client owns all of it. */
export function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = Array<string>(Math.max(0, tail === undefined ? 0 : 8 - left.length - right.length)).fill(
    '0',
  );
  const groups = [...left, ...middle, ...right].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}

/** Networks that are this machine itself. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
