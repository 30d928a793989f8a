/** Keeps the newest figure of each benchmark in docs/benchmarks.json and shows all of them in docs/benchmarks.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type BenchResult, type Series, UNITS } from './types.ts';

const FOLDER = new URL('../../docs/', import.meta.url);

const SeriesFigures = z.object({
  unit: z.enum(UNITS),
  median: z.number(),
  min: z.number(),
  max: z.number(),
  samples: z.array(z.number()),
});
const Publications = z.array(
  z.object({
    id: z.string(),
    target: z.string(),
    date: z.string(),
    machine: z.string(),
    load: z.number(),
    result: SeriesFigures.extend({
      value: z.number(),
      reached: z.boolean(),
      more: z.record(z.string(), SeriesFigures).optional(),
      details: z.string().optional(),
    }),
  }),
);

export interface Publication {
  readonly id: string;
  readonly target: string;
  readonly date: string;
  readonly machine: string;
  /** Load average of the last minute when it began. */
  readonly load: number;
  readonly result: BenchResult;
}

/** Replaces the figure of this benchmark and writes both files, and those that the benchmark brings. */
export async function publish(found: Publication): Promise<void> {
  const { files = {}, ...result } = found.result;
  const publication = { ...found, result };
  for (const [path, text] of Object.entries(files)) {
    const file = new URL(path, FOLDER);
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, text);
  }
  const json = new URL('benchmarks.json', FOLDER);
  const known = Publications.parse(JSON.parse(await readFile(json, 'utf8').catch(() => '[]')));
  const all: Publication[] = [...known.filter(({ id }) => id !== publication.id), publication];
  all.sort((a, b) => a.id.localeCompare(b.id));
  await writeFile(json, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(new URL('benchmarks.md', FOLDER), page(all));
}

function page(all: readonly Publication[]): string {
  const rows = all.flatMap(({ id, target, load, date, result }) => [
    row([
      id,
      result.details === undefined ? target : `[${target}](${result.details})`,
      figure(result),
      `${result.value} ${result.unit}`,
      result.reached ? 'yes' : '**no**',
      String(load),
      date.slice(0, 10),
    ]),
    ...Object.entries(result.more ?? {}).map(([name, more]) => row([id, name, figure(more), '', '', '', ''])),
  ]);
  const machines = [...new Set(all.map(({ machine }) => machine))];
  return `# Benchmarks

Written by \`goldenhour bench ID…\`; the samples are in benchmarks.json. "Figure" is median (least to most) over the runs,
"judged" is what the target names: the 95th percentile where it says p95. "Load" is the load average of the machine when
the benchmark began: above the number of its cores other programs took part of the time, and the figures are worse
than on a quiet machine. Each figure is reported as measured, reached or not.

${row(['', 'target or figure', 'figure', 'judged', 'reached', 'load', 'date'])}
|---|---|---|---|---|---|---|
${rows.join('\n')}

${machines.map((machine) => `Machine: ${machine}.`).join('\n')}
`;
}

function figure({ unit, median, min, max, samples }: Series): string {
  return `${median} ${unit} (${min} to ${max}), ${samples.length} runs`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
