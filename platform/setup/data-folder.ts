/** The settings, checked before anything that takes minutes, and the folder of the database, keys and certificate. */
import { access, constants, mkdir, stat } from 'node:fs/promises';
import { AppError, messageOf } from '../errors.ts';
import type { SetupContext, Step } from './step.ts';

/** Makes the folder, for its owner alone, or throws `data-folder-unusable`. */
export async function makeDataFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new AppError(
      'data-folder-unusable',
      `The data folder ${dataDir} cannot be used: ${messageOf(error)}`,
      {
        whatToDo: 'Set dataDir to a folder that the account running this may write to.',
        cause: error,
      },
    );
  }
}

async function dataDirOf(context: SetupContext): Promise<string> {
  // The parser is a library, which exists only once the step before this one is done.
  const { loadConfig } = await import('../config/load.ts');
  return loadConfig({ args: context.settingsArgs }).dataDir;
}

function usesDataFolder(context: SetupContext): boolean {
  return context.profile === 'start';
}

export const dataFolderStep: Step = {
  title: 'settings and data folder',
  isDone: async (context) => {
    if (!usesDataFolder(context)) return true;
    const found = await stat(await dataDirOf(context)).catch(() => undefined);
    return found?.isDirectory() ?? false;
  },
  run: async (context) => makeDataFolder(await dataDirOf(context)),
};
