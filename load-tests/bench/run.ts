/** Runs benchmarks one after the other, prints each, keeps the newest in docs/, and compares with an earlier run. */
import { readFile } from 'node:fs/promises';
import { AppError, isAppError, messageOf } from '../../platform/errors.ts';
import { printError } from '../../platform/terminal.ts';
import { compare, comparisonTable, gotWorse } from './baseline.ts';
import { takeSignals } from './interrupt.ts';
import { type MeasureOptions, measure } from './measure.ts';
import { DOCS, publish } from './publish.ts';
import { type Report, readReports } from './report.ts';
import { absentRows, byId } from './rows.ts';
import type { Bench } from './types.ts';
import { aroundWords, reportWords } from './words.ts';

/** A figure got worse than the baseline by more than its noise. */
export const WORSE = 1;
/** A benchmark failed, or was void: there is no figure. */
export const NO_FIGURE = 3;

export interface RunOptions extends Omit<MeasureOptions, 'signal'> {
  readonly json: boolean;
  /** Writes docs/benchmarks.md and docs/benchmarks.json. */
  readonly write: boolean;
  /** A file to compare with. */
  readonly baseline?: string;
  /** Folder of the two files; the project's own when absent. */
  readonly docs?: URL;
  /** Where reports and messages go; the process's own streams when absent. */
  readonly print?: (text: string) => void;
  readonly tell?: (text: string) => void;
}

/** The benchmarks of these ids in any case, in the order they are named; `all` is every one. @throws `usage` for an unknown one */
export function chosen(benches: readonly Bench[], ids: readonly string[]): Bench[] {
  const found = ids.flatMap((id) => {
    if (id.toLowerCase() === 'all') return [...benches].sort(byId);
    const bench = benches.find((each) => each.id === id.toUpperCase());
    if (bench) return [bench];
    const absent = absentRows(benches).find((row) => row.id === id.toUpperCase());
    throw new AppError(
      'usage',
      absent ? `${absent.id} has no benchmark: ${absent.reason}` : `There is no benchmark ${id}.`,
      {
        status: 400,
        whatToDo: 'See "goldenhour bench list".',
      },
    );
  });
  return [...new Set(found)];
}

/** All benchmarks with their target and time, then the rows of the targets that have none. */
export function listOf(benches: readonly Bench[]): string {
  const minutes = (bench: Bench) => (bench.minutes === undefined ? '' : `about ${bench.minutes} min`);
  const lines = [...benches]
    .sort(byId)
    .map((bench) => `${bench.id.padEnd(6)} ${minutes(bench).padEnd(13)} ${bench.target}`);
  const absent = absentRows(benches).map(({ id, target, reason }) => `${id.padEnd(6)} ${target}: ${reason}`);
  return `${lines.join('\n')}\n\nWithout a benchmark:\n${absent.join('\n')}\n`;
}

/**
 * Returns the exit code: 0 when every figure is valid, met or not; WORSE; NO_FIGURE. A benchmark that fails does not stop the next.
 * @throws `usage` before anything is run: for an unknown benchmark, or a baseline that cannot be read
 */
export async function runBenches(
  benches: readonly Bench[],
  ids: readonly string[],
  options: RunOptions,
): Promise<number> {
  const wanted = chosen(benches, ids);
  const baseline = options.baseline === undefined ? undefined : await readBaseline(options.baseline);
  const print = options.print ?? ((text) => process.stdout.write(text));
  const tell = options.tell ?? ((text) => process.stderr.write(text));
  const interruption = takeSignals();
  const reports: Report[] = [];
  try {
    for (const [n, bench] of wanted.entries()) {
      const time = bench.minutes === undefined ? '' : `, about ${bench.minutes} min`;
      tell(`${bench.id} (${n + 1} of ${wanted.length})${time}\n`);
      try {
        const measured = await measure(bench, { ...options, signal: interruption.signal });
        reports.push(measured.report);
        print(options.json ? `${JSON.stringify(measured.report)}\n` : reportWords(measured.report));
        if (options.write && measured.report.invalid === undefined)
          await publish(measured, options.docs ?? DOCS);
      } catch (error) {
        if (interruption.signal.aborted) return 130;
        tell(`${bench.id} failed:\n`);
        printError(error, tell);
      }
    }
  } finally {
    interruption.stop();
  }
  const [first] = reports;
  if (first && !options.json) print(`\n${aroundWords(first)}`);
  const valid = reports.filter(({ invalid }) => invalid === undefined);
  const code = valid.length < wanted.length ? NO_FIGURE : 0;
  if (!baseline) return code;
  const compared = compare(
    wanted.map(({ id }) => id),
    reports,
    baseline,
  );
  // With --json, standard output is for programs alone.
  (options.json ? tell : print)(`\n${comparisonTable(compared)}`);
  return gotWorse(compared) ? WORSE : code;
}

const WHICH_FILE =
  'Name docs/benchmarks.json, or a file into which "goldenhour bench ID… --json" was written.';

async function readBaseline(file: string): Promise<Report[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('usage', `The baseline cannot be read: ${messageOf(error)}.`, {
      status: 400,
      whatToDo: WHICH_FILE,
    });
  });
  try {
    return readReports(text, file);
  } catch (error) {
    if (!isAppError(error, 'bench-file-invalid')) throw error;
    throw new AppError('usage', error.message, { status: 400, whatToDo: WHICH_FILE });
  }
}
