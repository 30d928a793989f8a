/** What the kernel dropped on UDP sockets because nobody read them in time: the last column of /proc/net/udp (proc(5)). */
import { readFile } from 'node:fs/promises';

const UDP_TABLE = '/proc/net/udp';

/** Drops of each local IPv4 socket, by `address:port`, since it was opened. */
export function parseUdpTable(text: string): Map<string, number> {
  const drops = new Map<string, number>();
  for (const line of text.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const [, address, port] = /^([0-9A-F]{8}):([0-9A-F]{4})$/.exec(columns[1] ?? '') ?? [];
    const count = Number(columns.at(-1));
    if (address === undefined || port === undefined || !Number.isInteger(count)) continue;
    // The address is a number in the byte order of the host, which is little endian wherever this runs.
    const ip = [...Buffer.from(address, 'hex')].reverse().join('.');
    drops.set(`${ip}:${Number.parseInt(port, 16)}`, count);
  }
  return drops;
}

/** Reads the table of this process's network; empty where there is none (other systems than Linux). */
export async function readKernelDrops(file = UDP_TABLE): Promise<Map<string, number>> {
  try {
    return parseUdpTable(await readFile(file, 'latin1'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
}
