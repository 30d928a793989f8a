/** `goldenhour demo`: an emergency without hardware. */
import type { Command } from '../command.ts';

const help = `Usage: goldenhour demo [--json] [--port PORT]

Plays an emergency on this machine: the whole system on throwaway data, an ambulance that publishes a moving, generated
4K picture and speech, and a doctor who answers its call for help in headless Chromium. Addresses and passwords to look at
it with your own browser are printed while it runs. Everything is recorded: Enter, or the doctor in the room, closes the room;
the recording is then checked, sealed and verified, and can be played back on the review page. Ctrl-C ends it and removes its data.

  --json        play it to the end, print one JSON object with what was measured and what verify found in the recording, and
                exit 0 only if all of it happened. A copy of the package without its keys stays in the folder for temporary
                files; a later run removes it once it is 24 hours old
  --port PORT   port of the pages (default: 8543; with --json any free one)
`;

async function run(args: readonly string[]): Promise<number> {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, port: { type: 'string' } },
  });
  const { runDemo } = await import('../../load-tests/demo/run.ts');
  return runDemo({ json: values.json, port: Number(values.port ?? (values.json ? 0 : 8543)) });
}

export const demoCommand: Command = {
  summary: 'play an emergency on this machine, without hardware',
  help,
  setup: 'demo',
  run,
};
