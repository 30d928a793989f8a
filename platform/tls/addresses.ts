/** The names and addresses under which this machine can be reached. */
import { isIP, isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';

/** Addresses of all interfaces, loopback last, without link-local ones, which no page can be opened under. */
export function machineAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const usable = all.filter(({ address }) => !/^fe80:/i.test(address) && !address.startsWith('169.254.'));
  const outer = usable.filter(({ internal }) => !internal);
  const inner = usable.filter(({ internal }) => internal);
  return [...new Set([...outer, ...inner].map(({ address }) => address))];
}

/** Everything the certificate of this machine is for: `localhost`, the host name, what the operator adds, all addresses. */
export function machineNames(hostnames: readonly string[]): string[] {
  const own = hostname().toLowerCase();
  const names = ['localhost', ...(isIP(own) === 0 && /^[a-z0-9.-]+$/.test(own) ? [own] : [])];
  return [...new Set([...names, ...hostnames, ...machineAddresses(), '127.0.0.1', '::1'])].sort();
}

/** An https address as a person types it. */
export function httpsAddress(host: string, port: number): string {
  return `https://${isIPv6(host) ? `[${host}]` : host}${port === 443 ? '' : `:${port}`}/`;
}

/** The address for phones on the same network: the first IPv4 address that is not loopback, else undefined. */
export function addressForPhones(port: number): string | undefined {
  const outer = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const found = outer.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  );
  return found === undefined ? undefined : httpsAddress(found.address, port);
}

/**
 * The origin that links to this service begin with when the operator names none: the first name of the certificate that
 * the operator added, else this machine's address on the network, since `localhost` opens on no other device.
 */
export function ownOrigin(hostnames: readonly string[], port: number): string {
  const [named] = hostnames;
  const local = named === undefined ? addressForPhones(port) : httpsAddress(named, port);
  return new URL(local ?? httpsAddress('localhost', port)).origin;
}
