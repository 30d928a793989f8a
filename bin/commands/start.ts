/** `goldenhour start`: the service. */
import type { Command } from '../command.ts';

const help = `Usage: goldenhour start [--config FILE] [--role all|signaling|sfu|recorder] [--OPTION VALUE …]

Starts the service, after setting up what is missing. Ctrl-C or SIGTERM ends it in good order.

  --config FILE   read options from this JSON file (else ./goldenhour.json, where there is one)
  --role ROLE     all: everything on one machine (default); signaling, sfu or recorder: one part of a split installation
  --OPTION VALUE  any option by its path, such as --http.port 9443 --dataDir /var/lib/goldenhour

docs/configuration.md lists all options; each can come from the environment as well.
`;

async function run(args: readonly string[]): Promise<number> {
  const { serve } = await import('../../main.ts');
  return serve(args);
}

export const startCommand: Command = {
  summary: 'start the service',
  help,
  setup: 'start',
  takesOptions: true,
  run,
};
