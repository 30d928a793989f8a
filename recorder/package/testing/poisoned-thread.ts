/** The packager's thread, which dies of the room `poison` whenever it is given it. */
import { parentPort } from 'node:worker_threads';
import * as z from 'zod/mini';

const Poison = z.object({ state: z.object({ roomId: z.literal('poison') }) });
parentPort?.on('message', (message: unknown) => {
  if (Poison.safeParse(message).success) throw new Error('This room is more than the thread can bear.');
});
await import('../thread.ts');
