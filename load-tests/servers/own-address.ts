/** Addresses of this machine, for tests. */
import { networkInterfaces } from 'node:os';

/** An IPv4 address that a browser on this machine reaches without loopback, if there is one. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
