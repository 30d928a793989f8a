/** Starts the message centre of independent-centre.pl, a peer that nobody here wrote the protocol of. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { until } from './contract.ts';

const Said = z.record(z.string(), z.union([z.string(), z.number()]));
export type Said = z.infer<typeof Said>;

export interface IndependentCentre {
  readonly port: number;
  /** Each PDU as it was read there; texts in hexadecimal, commands as numbers. */
  readonly said: readonly Said[];
  close(): Promise<void>;
}

/** False where Perl or Net::SMPP is not installed (Debian: libnet-smpp-perl). */
export function hasIndependentCentre(): boolean {
  return spawnSync('perl', ['-MNet::SMPP', '-MJSON::PP', '-e', '1']).status === 0;
}

export async function startIndependentCentre(): Promise<IndependentCentre> {
  const script = join(import.meta.dirname, 'independent-centre.pl');
  const child = spawn('perl', [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const said: Said[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(Said.parse(JSON.parse(line))));
  const first = await until(() => said.shift(), 'the port of the independent centre');
  return {
    port: Number(first.port),
    said,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
