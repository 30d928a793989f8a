/** `goldenhour measure-check`: judges lengths that the site measured on a print of its own, and records that they may be measured. */
import type { MeasureCheckFigures, MeasuredLength } from '../../signaling/protocol/measure-check.ts';
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { splitArguments, usageError } from '../own-arguments.ts';

const help = `Usage: goldenhour measure-check LENGTHS [LENGTHS]… [--record]
       goldenhour measure-check --withdraw

Judges lengths that were measured on pictures with the pages of this version against what they are: the mean error, the share
of lengths that lie within the shown uncertainty, and how wide that uncertainty is. In production lengths are measured
only after a check was recorded.

LENGTHS is a JSON file with every length of the print that was measured, in millimetres:
{"v":1,"lengths":[{"trueMm":50,"measuredMm":49.2,"uncertaintyMm":2.1}]}

  --record    keep this check, so that pages measure in production; refused below the limits
  --withdraw  take every kept check back
  --json      print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE. docs/operate.md tells how to print and measure.
`;

async function lengthsOf(file: string): Promise<readonly MeasuredLength[]> {
  const { readFile } = await import('node:fs/promises');
  const { MeasuredLengths } = await import('../../signaling/protocol/measure-check.ts');
  const parsed = MeasuredLengths.safeParse(json(await readFile(file, 'utf8')));
  if (!parsed.success) throw usageError('measure-check', `${file} does not hold measured lengths.`);
  return parsed.data.lengths;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Words that are no JSON hold no lengths; the parser behind says so.
    return undefined;
  }
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

function answerOf(figures: MeasureCheckFigures, failed: readonly string[], recorded: boolean): Answer {
  const state = recorded
    ? 'Recorded: lengths may be measured in production.'
    : failed.length > 0
      ? `Below the limits: ${failed.join(', ')}.`
      : 'Keeps the limits. Nothing is recorded; add --record for that.';
  const text = `Lengths               ${figures.lengths}
Mean error            ${percent(figures.meanError)} of the length
Within what was shown ${percent(figures.within)} of the lengths
Mean uncertainty      ±${percent(figures.meanUncertainty)} of the length

${state}
`;
  return { text, json: { ...figures, failed, recorded } };
}

async function run(args: readonly string[]): Promise<number> {
  const { withSite } = await import('../with-site.ts');
  const { auditConsole } = await import('../with-people.ts');
  const { failedMeasureLimits, measureFigures } = await import('../../signaling/protocol/measure-check.ts');
  const { json, rest } = takeJson(args);
  const flags = new Set(['--record', '--withdraw']);
  const { words, settings } = splitArguments(
    'measure-check',
    rest.filter((argument) => !flags.has(argument)),
    [],
  );
  if (rest.includes('--withdraw') && words.length === 0) {
    await withSite(settings, async ({ site, people }) => {
      await auditConsole(people, 'measure-check.withdraw', {});
      await site.lengths.withdraw();
    });
    print({ text: 'No check is kept: measuring in production is off.\n', json: { recorded: false } }, json);
    return 0;
  }
  if (words.length === 0 || rest.includes('--withdraw'))
    throw usageError('measure-check', 'Name a file of measured lengths.');
  const figures = measureFigures((await Promise.all(words.map(lengthsOf))).flat());
  const failed = failedMeasureLimits(figures);
  const wanted = rest.includes('--record');
  const record = wanted && failed.length === 0;
  if (record) {
    await withSite(settings, async ({ site, people }) => {
      await site.lengths.record(figures);
      await auditConsole(people, 'measure-check.record', { lengths: String(figures.lengths) });
    });
  }
  print(answerOf(figures, failed, record), json);
  if (!wanted || record) return 0;
  process.stderr.write('Nothing was recorded: measuring stays as it was.\n');
  return 1;
}

export const measureCheckCommand: Command = {
  summary: 'check lengths that you measured on a print of your own, and allow measuring',
  help,
  setup: 'base',
  run,
};
