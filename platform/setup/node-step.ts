/** The step about Node itself: bring-node.mjs has done it, or this would not run. It notes what was fetched. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FetchedItem, isFetchedItem, readFetched } from './fetched.ts';
import type { SetupContext, Step } from './step.ts';

/** What bring-node.mjs wrote beside the Node that runs this, when it is one of ours. */
async function ownNote(context: SetupContext): Promise<FetchedItem | undefined> {
  const home = join(dirname(process.execPath), '..');
  if (!home.startsWith(join(context.cache, 'node'))) return undefined;
  const note: unknown = JSON.parse(await readFile(join(home, 'fetched.json'), 'utf8'));
  return isFetchedItem(note) ? note : undefined;
}

export const nodeStep: Step = {
  title: 'Node',
  isDone: async (context) => {
    const note = await ownNote(context);
    if (note === undefined) return true;
    const listed = (await readFetched(context.cache)).find(({ what }) => what === note.what);
    return listed?.version === note.version;
  },
  run: async (context) => {
    const note = await ownNote(context);
    if (note !== undefined) await context.record([note]);
  },
};
