/** Free ports for tests. Looked for and given back at once, so a clash is possible but rare. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the range that Linux takes ports from by itself, so that no browser's connection takes one meanwhile. */
const RANGE = { from: 20_000, to: 32_000 } as const;

/** Finds `count` consecutive ports that are free for TCP and UDP, for workers that take one port each. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = RANGE.from + Math.floor(Math.random() * (RANGE.to - RANGE.from));
    const checks = Array.from({ length: count }, (_, i) => [
      isFreeForTcp(first + i),
      isFreeForUdp(first + i),
    ]);
    if ((await Promise.all(checks.flat())).every(Boolean)) return first;
  }
  throw new Error('no free ports in 50 tries');
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind(port, () => socket.close(() => resolve(true)));
  });
}
