/** Free ports for tests. Taken from the system and given back at once, so a clash is possible but rare. */
import { createServer } from 'node:net';

/** Finds `count` consecutive free TCP ports on loopback, for workers that take one port each. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = 20_000 + Math.floor(Math.random() * 40_000);
    const checks = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (checks.every(Boolean)) return first;
  }
  throw new Error('no free ports in 50 tries');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
