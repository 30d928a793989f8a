/** Keeps the newest report of each benchmark in docs/benchmarks.json and shows all of them in docs/benchmarks.md. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Measured } from './measure.ts';
import { pageOf } from './page.ts';
import { type Report, readReports } from './report.ts';
import { byId } from './rows.ts';

export const DOCS = new URL('../../docs/', import.meta.url);

/** The reports in git, sorted by id. @throws `bench-file-invalid` */
export async function publishedReports(folder = DOCS): Promise<Report[]> {
  const text = await readFile(new URL('benchmarks.json', folder), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '[]';
    throw error;
  });
  return readReports(text, 'docs/benchmarks.json').sort(byId);
}

/** Replaces the report of this benchmark, writes both files and those that the benchmark brings. */
export async function publish({ report, files }: Measured, folder = DOCS): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = new URL(path, folder);
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, text);
  }
  const others = (await publishedReports(folder)).filter(({ id }) => id !== report.id);
  await writeReports([...others, report], folder);
}

/** Writes docs/benchmarks.json and the page made of it. */
export async function writeReports(reports: readonly Report[], folder = DOCS): Promise<void> {
  const sorted = [...reports].sort(byId);
  await writeFile(new URL('benchmarks.json', folder), jsonOf(sorted));
  await writeFile(new URL('benchmarks.md', folder), pageOf(sorted));
}

/** One line for the samples of each figure: there are thousands. */
function jsonOf(reports: readonly Report[]): string {
  const text = JSON.stringify(reports, null, 2);
  return `${text.replace(/\[[-\d.e+,\s]+\]/g, (numbers) => numbers.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'))}\n`;
}
