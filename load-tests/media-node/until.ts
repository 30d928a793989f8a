/** Waiting for what a page knows, which it cannot push. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/** Far more than a busy machine of two cores takes: a wait for a condition costs nothing when it comes early. */
const PATIENCE_MS = 60_000;

/** Asks until the answer fits; fails after a minute with the last answer. */
export async function until<T>(look: () => Promise<T>, isIt: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await look();
    if (isIt(value)) return value;
    assert.ok(performance.now() < deadline, `still ${JSON.stringify(value)}`);
    await delay(50);
  }
}
