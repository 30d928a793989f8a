/** Runs benchmarks one after the other, prints a line for each, and keeps the newest figures in docs/. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { namespacePrefix } from '../../platform/testing/groups.ts';
import { type Publication, publish } from './publish.ts';
import { bench as r1 } from './r1-recorder-killed.ts';
import { bench as r2 } from './r2-worker-killed.ts';
import { bench as r5 } from './r5-signaling-killed.ts';
import { bench as r6 } from './r6-network.ts';
import { bench as r10 } from './r10-completeness.ts';
import { bench as r11 } from './r11-verify.ts';
import { bench as r12 } from './r12-disk-full.ts';
import { bench as s5 } from './s5-join.ts';
import { bench as s6 } from './s6-bystander.ts';
import { bench as s8 } from './s8-stroke.ts';
import { bench as s9 } from './s9-marks.ts';
import { bench as s11 } from './s11-recorder-cost.ts';
import { bench as s13 } from './s13-compressions.ts';
import { bench as still } from './still.ts';
import { type Bench, type BenchOptions, lineOf } from './types.ts';

export const BENCHES: readonly Bench[] = [s5, s6, s8, s9, s11, s13, still, r1, r2, r5, r6, r10, r11, r12];

const Child = z.looseObject({
  result: z.custom<Publication['result']>((value) => typeof value === 'object'),
});

export interface RunOptions extends BenchOptions {
  readonly json: boolean;
  /** Writes docs/benchmarks.md and docs/benchmarks.json. */
  readonly write: boolean;
}

/** Returns the exit code: 0 when every figure is valid, reached or not; 1 when one could not be measured. */
export async function runBenches(ids: readonly string[], options: RunOptions): Promise<number> {
  let code = 0;
  for (const id of ids) {
    const bench = BENCHES.find((each) => each.id === id.toUpperCase());
    if (!bench) {
      process.stderr.write(`There is no benchmark ${id}; "goldenhour bench list" names them.\n`);
      return 2;
    }
    const publication = await runOne(bench, options);
    const { result } = publication;
    const { files: _, ...printed } = result;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...publication, result: printed })}\n`
        : `${lineOf(bench, result)}\n`,
    );
    if (result.invalid !== undefined) {
      process.stderr.write(`${id}: no figure, because ${result.invalid}. Try again on a quieter machine.\n`);
      code = 1;
    } else if (options.write) await publish(publication);
  }
  return code;
}

async function runOne(bench: Bench, { runs, pictures }: RunOptions): Promise<Publication> {
  const [load = 0] = loadavg();
  const about = {
    id: bench.id,
    target: bench.target,
    date: new Date().toISOString(),
    machine: machine(),
    load: Math.round(load * 10) / 10,
  };
  const options = {
    ...(runs === undefined ? {} : { runs }),
    ...(pictures === undefined ? {} : { pictures }),
  };
  if (!bench.namespaces || process.env.GOLDENHOUR_NETNS === '1') {
    return { ...about, result: await bench.run(options) };
  }
  return { ...about, result: await runInNamespace(bench, options) };
}

/** Starts this program again in a network of its own and takes over the result it prints. */
async function runInNamespace(bench: Bench, { runs }: BenchOptions): Promise<Publication['result']> {
  const prefix = await namespacePrefix();
  if (!prefix) throw new Error(`${bench.id} needs network namespaces, which this machine does not allow`);
  const main = fileURLToPath(new URL('../../bin/cli.ts', import.meta.url));
  const own = [process.execPath, main, 'bench', bench.id, '--json', '--no-write'];
  const [program = '', ...args] = [
    ...prefix,
    ...own,
    ...(runs === undefined ? [] : ['--runs', String(runs)]),
  ];
  const child = spawn(program, args, {
    env: { ...process.env, GOLDENHOUR_NETNS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  const line = text.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`${bench.id} ended with code ${code} and printed no result`);
  return Child.parse(JSON.parse(line)).result;
}

function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, Linux, Node ${process.versions.node}`;
}
