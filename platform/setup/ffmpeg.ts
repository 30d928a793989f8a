/** ffmpeg: ffmpeg-static's binary where its install script can fetch it, else the system's. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { writeAtomically } from '../files.ts';
import { answers } from './download.ts';
import { integrityOf } from './fetched.ts';
import { findProgram, runProgram } from './run-program.ts';
import type { Say, SetupContext, Step } from './step.ts';
import { ffmpegRequirement, requirePackages } from './system-packages.ts';

/** Holds the path of the ffmpeg that was chosen, so that a later start need not look again. */
function choiceFile(cache: string): string {
  return join(cache, 'ffmpeg', 'chosen');
}

/** The chosen ffmpeg, or undefined when none is chosen or it has gone. */
export async function chosenFfmpeg(cache: string): Promise<string | undefined> {
  const path = await readFile(choiceFile(cache), 'utf8').catch(() => '');
  return path !== '' && existsSync(path) ? path : undefined;
}

async function runs(binary: string, signal: AbortSignal): Promise<string | undefined> {
  const { code, stdout } = await runProgram(binary, ['-version'], { signal, deadlineMs: 20_000 });
  return code === 0 ? /^ffmpeg version (\S+)/.exec(stdout)?.[1] : undefined;
}

/** Runs the install script of ffmpeg-static, told to place the binary in our cache instead of node_modules. */
async function fetchStatic(context: SetupContext, say: Say): Promise<string | undefined> {
  const packageRoot = join(context.root, 'node_modules', 'ffmpeg-static');
  const description = await readFile(join(packageRoot, 'package.json'), 'utf8');
  const tag = /"binary-release-tag":\s*"([^"]+)"/.exec(description)?.[1] ?? 'unknown';
  const folder = join(context.cache, 'ffmpeg', tag);
  const binary = join(folder, 'ffmpeg');
  const address = `https://github.com/eugeneware/ffmpeg-static/releases/download/${tag}/`;
  const base =
    process.env.FFMPEG_BINARIES_URL ?? 'https://github.com/eugeneware/ffmpeg-static/releases/download';
  say('looking for the static binary');
  if (!(await answers(base, context.signal))) return undefined;
  await mkdir(folder, { recursive: true });
  const part = `${binary}.part`;
  await rm(part, { force: true });
  say('fetching the static binary');
  const { code } = await runProgram(process.execPath, [join(packageRoot, 'install.js')], {
    cwd: packageRoot,
    env: { ...process.env, FFMPEG_BIN: part, CI: '1' },
    signal: context.signal,
    deadlineMs: 10 * 60_000,
  });
  const version = code === 0 && existsSync(part) ? await runs(part, context.signal) : undefined;
  if (version === undefined) {
    await rm(part, { force: true });
    return undefined;
  }
  await rename(part, binary);
  await context.record([
    { what: 'ffmpeg', version, source: 'download', from: address, ...(await integrityOf(binary)) },
  ]);
  return binary;
}

async function provideFfmpeg(context: SetupContext, say: Say): Promise<void> {
  let chosen = await fetchStatic(context, say);
  if (chosen === undefined) {
    await requirePackages(context, [ffmpegRequirement], 'Recording and the demo', say);
    chosen = findProgram('ffmpeg');
    if (chosen === undefined || (await runs(chosen, context.signal)) === undefined) {
      throw new AppError('ffmpeg-missing', 'No ffmpeg runs on this machine.', {
        whatToDo: 'Install ffmpeg from your system, then start again.',
      });
    }
  }
  await writeAtomically(choiceFile(context.cache), chosen);
}

export const ffmpegStep: Step = {
  title: 'ffmpeg',
  isDone: async (context) =>
    context.profile === 'base' ||
    process.env.FFMPEG_BIN !== undefined ||
    (await chosenFfmpeg(context.cache)) !== undefined,
  run: provideFfmpeg,
  provide: async (context) => {
    if (context.profile === 'base' || process.env.FFMPEG_BIN !== undefined) return;
    const chosen = await chosenFfmpeg(context.cache);
    if (chosen !== undefined) process.env.FFMPEG_BIN = chosen;
  },
};
