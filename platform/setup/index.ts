/** Set-up: everything between a fresh clone and a program that can start, in one list of steps. */
import { setGlobalProxyFromEnv } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors.ts';
import { cacheRoot } from './bring-node.mjs';
import { dataFolderStep } from './data-folder.ts';
import { recordFetched } from './fetched.ts';
import { ffmpegStep } from './ffmpeg.ts';
import { acquireSetupLock } from './lock.ts';
import { nodeStep } from './node-step.ts';
import { npmDependenciesStep } from './npm-dependencies.ts';
import { pagesStep } from './pages.ts';
import { type Display, elapsed, StepLine } from './progress.ts';
import type { Profile, SetupContext, Step } from './step.ts';
import { systemPackagesStep } from './system-packages.ts';
import { workerStep } from './worker.ts';

/** The project's folder. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The steps in their order; the settings come before anything that takes minutes, so that a wrong value shows early. */
export const steps: readonly Step[] = [
  nodeStep,
  systemPackagesStep,
  npmDependenciesStep,
  dataFolderStep,
  workerStep,
  ffmpegStep,
  pagesStep,
];

export interface SetupOptions {
  readonly profile: Profile;
  readonly settingsArgs?: readonly string[];
  readonly root?: string;
  readonly cache?: string;
  readonly display?: Display;
  readonly steps?: readonly Step[];
  /** Ends the set-up early; SIGINT and SIGTERM do so in any case. */
  readonly signal?: AbortSignal;
}

/**
 * Does what is missing for `profile`, showing its progress, and sets the environment (`MEDIASOUP_WORKER_BIN`, `FFMPEG_BIN`)
 * for this process and its children. Does nothing, quickly and silently, when nothing is missing.
 *
 * @throws coded errors of the steps; `setup-interrupted` on a signal. Either way it can simply be started again.
 */
export async function setUp(options: SetupOptions): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(interruption());
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const signals = [interrupted.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const cache = options.cache ?? cacheRoot();
  const context: SetupContext = {
    root: options.root ?? projectRoot,
    cache,
    profile: options.profile,
    settingsArgs: options.settingsArgs ?? [],
    signal: AbortSignal.any(signals),
    record: (items) => recordFetched(cache, items),
  };
  // Node's own requests heed HTTPS_PROXY and NO_PROXY only when told to; npm and apt do so by themselves.
  const restoreProxy = setGlobalProxyFromEnv();
  try {
    await runSteps(context, options.steps ?? steps, options.display ?? process.stderr);
  } finally {
    restoreProxy();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/**
 * Sets the environment as `setUp` does, without setting anything up: for processes started past the command line, such as
 * `node main.ts --role sfu` under systemd, on a machine where `goldenhour setup` has run.
 */
export async function provideEnvironment(root = projectRoot, cache = cacheRoot()): Promise<void> {
  const signal = new AbortController().signal;
  const record = async () => undefined;
  const context: SetupContext = { root, cache, profile: 'start', settingsArgs: [], signal, record };
  for (const step of steps) await step.provide?.(context);
}

function interruption(): AppError {
  return new AppError('setup-interrupted', 'Set-up was interrupted.', {
    whatToDo: 'Start again: it goes on where it was.',
  });
}

async function runSteps(context: SetupContext, list: readonly Step[], display: Display): Promise<void> {
  const startedAt = performance.now();
  let release: (() => void) | undefined;
  let worked = false;
  try {
    for (const [index, step] of list.entries()) {
      if (!(await step.isDone(context))) {
        // Without anything to do there is no lock to wait for, so that a second start is quick.
        release ??= await acquireSetupLock(
          context.cache,
          () => display.write('Another set-up is running; waiting for it to end …\n'),
          context.signal,
        );
        // The one that held the lock may have done it meanwhile.
        if (!(await step.isDone(context))) {
          await runStep(context, step, new StepLine(display, index + 1, list.length, step.title));
          worked = true;
        }
      }
      await step.provide?.(context);
    }
  } finally {
    release?.();
  }
  if (worked) display.write(`Set-up is complete (${elapsed(performance.now() - startedAt)}).\n`);
}

async function runStep(context: SetupContext, step: Step, line: StepLine): Promise<void> {
  let outcome = context.signal.aborted ? 'interrupted' : 'failed';
  try {
    line.say('starting');
    await step.run(context, line.say);
    outcome = 'done';
  } catch (error) {
    if (context.signal.aborted) {
      outcome = 'interrupted';
      throw context.signal.reason;
    }
    throw error;
  } finally {
    line.end(outcome);
  }
}
