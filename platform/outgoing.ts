/**
 * The one address check of every outgoing request (design section 10). Addresses come from configuration and, later, from
 * people; a name can lead anywhere and change between a check and the connection, so it is the address that is about to be
 * connected to which is judged, inside the lookup of the connection itself.
 *
 * Refused are addresses that no service of a hospital has but every cloud machine answers with its own keys: link-local
 * ones (RFC 3927, RFC 4291 section 2.5.6) and the metadata services beside them, and those that name no single host. Private
 * networks and loopback are where gateways of a hospital stand, so they are taken.
 */
import { lookup as lookUp } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { AppError } from './errors.ts';

/** Networks that are never connected to unless the configuration names them, with what they are. */
const REFUSED: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8], // This network (RFC 1122 section 3.2.1.3); some systems take it as loopback.
  ['169.254.0.0', 16], // Link-local, and the metadata service of most clouds.
  ['100.100.100.200', 32], // Metadata of Alibaba Cloud.
  ['168.63.129.16', 32], // The host of an Azure machine.
  ['192.0.0.192', 32], // Metadata of Oracle Cloud.
  ['224.0.0.0', 3], // Multicast and what is reserved above it.
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::254', 128], // Metadata of Amazon over IPv6.
  ['ff00::', 8],
];
/** IPv6 forms that carry an IPv4 address in their last 32 bits (RFC 4291 section 2.5.5, RFC 6052, RFC 8215). */
const CARRIERS = /^(?:::ffff:|64:ff9b:(?:1:)?:?(?:0:)*|::)(\d+\.\d+\.\d+\.\d+)$/;

export class OutgoingGuard {
  readonly #refused = blockList(REFUSED);
  readonly #allowed: BlockList;

  /** @param allow addresses and networks (`169.254.10.0/24`) that are taken all the same; throws `config-invalid` for others */
  constructor(allow: readonly string[] = []) {
    this.#allowed = blockList(allow.map(readNetwork));
  }

  /** Whether this address may be connected to; false for what is no address at all. */
  allows(address: string): boolean {
    const plain = canonical(address);
    if (plain === undefined) return false;
    const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
    return this.#allowed.check(plain, family) || !this.#refused.check(plain, family);
  }

  /** Throws `outgoing-refused` for a host that is an address and may not be connected to; a name is judged when it is looked up. */
  assertHost(host: string): void {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) !== 0 && !this.allows(bare)) throw refused(bare);
  }

  /**
   * For `lookup` of `net.connect`, `tls.connect` and `http.request`: answers only addresses that may be connected to, and
   * fails with `outgoing-refused` when a name leads to none. Node does not look up a host that is an address: call
   * `assertHost` as well.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, '');
        return;
      }
      const taken = found.filter(({ address }) => this.allows(address));
      const [first] = taken;
      if (first === undefined) callback(refused(hostname), '');
      else if (options.all === true) callback(null, taken);
      else callback(null, first.address, first.family);
    });
  };
}

function refused(host: string): AppError {
  return new AppError('outgoing-refused', `Requests to ${host} are refused: no service is expected there.`, {
    status: 502,
    whatToDo: 'Correct the address, or name it in outgoing.allow if it is meant.',
  });
}

/** The address in the form that is compared, without a zone; an IPv4 address inside an IPv6 one counts as itself. */
function canonical(address: string): string | undefined {
  const bare = address.split('%')[0] ?? '';
  if (isIP(bare) === 0) return undefined;
  if (!isIPv6(bare)) return bare;
  // The URL parser writes every form of an IPv6 address in one way, but with hexadecimal digits only.
  const written = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  return CARRIERS.exec(dotted(written))?.[1] ?? written;
}

/** `::ffff:a9fe:a9fe` as `::ffff:169.254.169.254`. */
function dotted(address: string): string {
  return address.replace(/([0-9a-f]{1,4}):([0-9a-f]{1,4})$/, (_, high: string, low: string) => {
    const bytes = [high, low].flatMap((text) => {
      const group = Number.parseInt(text, 16);
      return [group >> 8, group & 0xff];
    });
    return bytes.join('.');
  });
}

function readNetwork(entry: string): readonly [string, number] {
  const [address = '', bits] = entry.split('/');
  const most = isIPv6(address) ? 128 : 32;
  const length = bits === undefined ? most : Number(bits);
  if (isIP(address) === 0 || !Number.isInteger(length) || length < 0 || length > most) {
    throw new AppError('config-invalid', `${entry} is neither an address nor a network.`, {
      whatToDo: 'Write an address such as 169.254.10.7 or a network such as 169.254.10.0/24.',
    });
  }
  return [address, length];
}

function blockList(networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of networks) list.addSubnet(network, bits, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
}
