/** `goldenhour cpr-check`: holds the measure of compressions against labelled videos of the site, and records that it may be used. */
import type { CprCheckFigures } from '../../signaling/protocol/cpr-check.ts';
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { splitArguments, usageError } from '../own-arguments.ts';

const help = `Usage: goldenhour cpr-check VIDEO LABELS [VIDEO LABELS]… [--record]
       goldenhour cpr-check --withdraw

Measures the compressions in videos the way the dispatcher's page does, and holds the result against the labels: the mean
error, the share within ±10 a minute, how long a rate was shown at all, and whether "too fast" and "paused" were said.

LABELS is a JSON file with the begin of every compression in milliseconds from the first picture:
{"v":1,"durationMs":60000,"compressions":[512,1060,1604]}

  --record    keep this check, so that the page measures in production; refused below the limits
  --withdraw  take every kept check back
  --json      print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE. docs/operate.md tells how to film and label.
`;

interface Pair {
  readonly video: string;
  readonly labels: string;
}

async function check(pairs: readonly Pair[]) {
  const { readFile } = await import('node:fs/promises');
  const { checkReadings, CprLabels, figuresOf } = await import('../../clients/core/cpr/check.ts');
  const { CprMeasure } = await import('../../clients/core/cpr/measure.ts');
  const { greyFrames } = await import('../cpr-video.ts');
  const ffmpeg = await ffmpegPath();
  const checks = [];
  for (const { video, labels: file } of pairs) {
    const labels = CprLabels.safeParse(parsed(await readFile(file, 'utf8')));
    if (!labels.success) throw usageError('cpr-check', `${file} does not hold labels.`);
    const measure = new CprMeasure();
    const readings = [];
    for await (const frame of greyFrames(ffmpeg, video)) {
      const reading = measure.add(frame);
      if (reading) readings.push(reading);
    }
    checks.push(checkReadings(readings, labels.data));
  }
  return figuresOf(checks);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Words that are no JSON are no labels; the parser behind says so.
    return undefined;
  }
}

async function ffmpegPath(): Promise<string> {
  const { cacheRoot } = await import('../../platform/setup/bring-node.mjs');
  const { chosenFfmpeg } = await import('../../platform/setup/ffmpeg.ts');
  const { findProgram } = await import('../../platform/setup/run-program.ts');
  const found = process.env.FFMPEG_BIN ?? (await chosenFfmpeg(cacheRoot())) ?? findProgram('ffmpeg');
  if (found !== undefined) return found;
  const { AppError } = await import('../../platform/errors.ts');
  throw new AppError('no-ffmpeg', 'There is no ffmpeg.', { whatToDo: 'Run "goldenhour setup".' });
}

async function withChecks<T>(
  settings: readonly string[],
  action: (
    checks: import('../../signaling/bystander/site.ts').Site['compressions'],
    audit: (name: string, details: Record<string, string>) => Promise<void>,
  ) => Promise<T>,
): Promise<T> {
  const { auditConsole, withPeople } = await import('../with-people.ts');
  const { openDatabase } = await import('../../platform/sql/database.ts');
  const { openSite } = await import('../../signaling/bystander/site.ts');
  const { readMasterKey } = await import('../../signaling/people/keyring.ts');
  return withPeople(settings, async ({ config, people }) => {
    const database = await openDatabase(config.database.url);
    try {
      const masterKey = await readMasterKey(config.dataDir);
      const { compressions } = await openSite({ database, masterKey, isProduction: true });
      return await action(compressions, (name, details) => auditConsole(people, name, details));
    } finally {
      await database.close();
    }
  });
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

async function answerOf(figures: CprCheckFigures, recorded: boolean): Promise<Answer> {
  const { failedLimits } = await import('../../signaling/protocol/cpr-check.ts');
  const failed = failedLimits(figures);
  const { tooFast, paused } = figures;
  const state = recorded
    ? 'Recorded: the page may measure compressions in production.'
    : failed.length > 0
      ? `Below the limits: ${failed.join(', ')}.`
      : 'Keeps the limits. Nothing is recorded; add --record for that.';
  const text = `Videos                ${figures.videos}, ${figures.compressingSeconds} s of compressions
Mean error            ${figures.meanError} a minute
Within ±10 a minute   ${percent(figures.within10)} of the shown time
Rate shown            ${percent(figures.shown)} of the time of compressions
Shown without any     ${percent(figures.shownWithout)}
"Too fast" said       ${tooFast.found} of ${tooFast.events}
"Paused" said         ${paused.found} of ${paused.events}

${state}
`;
  return { text, json: { ...figures, failed, recorded } };
}

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const flags = new Set(['--record', '--withdraw']);
  const { words, settings } = splitArguments(
    'cpr-check',
    rest.filter((argument) => !flags.has(argument)),
    [],
  );
  if (rest.includes('--withdraw') && words.length === 0) {
    await withChecks(settings, async (checks, audit) => {
      await audit('cpr-check.withdraw', {});
      await checks.withdraw();
    });
    print({ text: 'No check is kept: measuring in production is off.\n', json: { recorded: false } }, json);
    return 0;
  }
  if (words.length === 0 || words.length % 2 === 1 || rest.includes('--withdraw'))
    throw usageError('cpr-check', 'Name a video and its labels.');
  const pairs = words.flatMap((video, i) => {
    const labels = words[i + 1];
    return i % 2 === 0 && labels !== undefined ? [{ video, labels }] : [];
  });
  const figures = await check(pairs);
  const { failedLimits } = await import('../../signaling/protocol/cpr-check.ts');
  const wanted = rest.includes('--record');
  const record = wanted && failedLimits(figures).length === 0;
  if (record) {
    await withChecks(settings, async (checks, audit) => {
      await checks.record(figures);
      await audit('cpr-check.record', { videos: String(figures.videos) });
    });
  }
  print(await answerOf(figures, record), json);
  if (!wanted || record) return 0;
  process.stderr.write('Nothing was recorded: measuring stays as it was.\n');
  return 1;
}

export const cprCheckCommand: Command = {
  summary: 'check the measuring of compressions on videos of your own, and allow it',
  help,
  setup: 'base',
  run,
};
