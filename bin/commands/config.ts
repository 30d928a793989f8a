/** `goldenhour config`: shows the options that are in force, or writes their reference. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../platform/setup/index.ts';
import type { Command } from '../command.ts';

const help = `Usage: goldenhour config [--reference [--write]] [options of the configuration]

Prints the options that are in force as JSON, secrets left out, after checking all of them.

  --reference   print the reference of all options (docs/configuration.md) instead
  --write       write it to docs/configuration.md
  --config FILE read this file; any option can be given as --PATH VALUE, such as --http.port 9443
`;

async function run(args: readonly string[]): Promise<number> {
  if (args.includes('--reference')) {
    const { configReference } = await import('../../platform/config/reference.ts');
    const text = configReference();
    if (args.includes('--write')) await writeFile(join(projectRoot, 'docs', 'configuration.md'), text);
    else process.stdout.write(text);
    return 0;
  }
  const { loadConfig } = await import('../../platform/config/load.ts');
  const { publicConfig } = await import('../../platform/config/public.ts');
  process.stdout.write(`${JSON.stringify(publicConfig(loadConfig({ args })), null, 2)}\n`);
  return 0;
}

export const configCommand: Command = {
  summary: 'print the configuration in force, or the reference of all options',
  help,
  setup: 'base',
  run,
};
