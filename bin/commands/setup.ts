/** `goldenhour setup`: fetches and builds everything, and ends. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { cacheRoot } from '../../platform/setup/bring-node.mjs';
import { projectRoot, setUp } from '../../platform/setup/index.ts';
import { type Profile, profiles } from '../../platform/setup/step.ts';
import { workerPath } from '../../platform/setup/worker.ts';
import type { Command } from '../command.ts';

const help = `Usage: goldenhour setup [--for base|start|demo|test] [--again worker|ffmpeg|pages]

Fetches and builds what is missing, and ends. Every other command does the same for itself before it begins; this one is
for preparing a machine while it has a network, and for looking at what fails. It can be interrupted and started again.

  --for PURPOSE   base:  libraries only
                  start: all that a service needs (default)
                  demo:  and a browser
                  test:  and the servers that tests start
  --again WHAT    do this part again although it is there: worker, ffmpeg or pages

What was fetched, from where and with which integrity, is listed in fetched.json in the cache folder
($GOLDENHOUR_CACHE, else $XDG_CACHE_HOME/goldenhour, else ~/.cache/goldenhour).
`;

const forgetting: Readonly<Record<string, () => Promise<string>>> = {
  worker: async () => dirname(await workerPath(projectRoot, cacheRoot())),
  ffmpeg: async () => join(cacheRoot(), 'ffmpeg'),
  pages: async () => join(projectRoot, 'clients', 'dist'),
};

async function run(args: readonly string[]): Promise<number> {
  let profile: Profile = 'start';
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const value = rest.shift();
    const chosen = profiles.find((candidate) => candidate === value);
    const forget = value === undefined ? undefined : forgetting[value];
    if (argument === '--for' && chosen !== undefined) profile = chosen;
    else if (argument === '--again' && forget !== undefined)
      await rm(await forget(), { recursive: true, force: true });
    else {
      throw new AppError('usage', `"${argument} ${value ?? ''}" is not understood.`, {
        status: 400,
        whatToDo: 'See "goldenhour setup --help".',
      });
    }
  }
  await setUp({ profile });
  process.stdout.write(`Everything for "${profile}" is in place.\n`);
  return 0;
}

export const setupCommand: Command = {
  summary: 'fetch and build everything, then end',
  help,
  setup: 'none',
  run,
};
