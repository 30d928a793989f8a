/**
 * The thread that reads packages. A long recording's manifest takes seconds to parse, and the main thread of a recorder
 * captures: packets would be dropped meanwhile.
 */
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { isAppError, messageOf } from '../../platform/errors.ts';
import { LoadedPackage } from './load.ts';
import { type Answered, Asked, answerOf } from './view-questions.ts';

const KEPT = 6;
const port = parentPort;
if (!port) throw new Error('This file runs as a thread of the recorder.');
const { root } = z.strictObject({ root: z.string() }).parse(workerData);
const kept = new Map<string, LoadedPackage>();

try {
  // On Linux a priority belongs to the thread that asks (setpriority(2)).
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Where it may not be lowered, reading competes with capture as any process does.
}

async function answer(raw: unknown): Promise<void> {
  const { id, roomId, question } = Asked.parse(raw);
  try {
    const loaded = kept.get(roomId) ?? new LoadedPackage(join(root, roomId));
    kept.delete(roomId);
    kept.set(roomId, loaded);
    const oldest = kept.size > KEPT ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    port?.postMessage({ id, answer: answerOf(await loaded.view(), question) } satisfies z.infer<
      typeof Answered
    >);
  } catch (error) {
    const code = isAppError(error) ? error.code : 'internal';
    port?.postMessage({ id, code, message: messageOf(error) } satisfies z.infer<typeof Answered>);
  }
}

// One after the other: two questions would read the same package twice.
let last = Promise.resolve();
port.on('message', (raw: unknown) => {
  last = last.then(() => answer(raw));
});
