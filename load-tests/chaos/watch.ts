/** What is seen beside the clients: under which epoch the node takes orders, and the alarms of the recorder. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { History } from './history.ts';
import type { ChaosStack } from './stack.ts';

const EVERY_MS = 250;
const ALARM = 'alarm of a recording';

/** Watches until the answer is called, which resolves when nothing is asked any more. */
export function watch(stack: ChaosStack, rooms: readonly string[], history: History): () => Promise<void> {
  let over = false;
  const stop = stack.recorder?.listen((message) => {
    if (message === ALARM) history.add({ t: 'alarm', at: history.now(), code: message });
  });
  const asking = askNode();
  return async () => {
    over = true;
    stop?.();
    await asking;
  };

  async function askNode(): Promise<void> {
    const { control } = stack;
    while (control && !over) {
      await sleep(EVERY_MS);
      try {
        const [{ bootId: before }, dump] = await Promise.all([
          control.request('node.describe', {}),
          control.request('node.dump', { roomIds: [...rooms] }),
        ]);
        const { bootId: boot } = await control.request('node.describe', {});
        // Another life of the node began between the questions: this answer belongs to neither.
        if (before !== boot) continue;
        for (const { roomId, epoch } of dump.rooms) {
          history.add({ t: 'node', at: history.now(), boot, room: roomId, epoch });
        }
      } catch {
        // The node is away or does not answer, which is what the faults are for.
      }
    }
  }
}
