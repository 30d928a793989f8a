/** Opens the door after the tap, again and again until it answers; on a bad link it takes longer and says so. */
import { openDoor } from './door.ts';
import { describeBrowser } from './features.ts';
import type { FlowEvent } from './flow.ts';
import type { Fragment } from './fragment.ts';
import { forget, recall, remember } from './memory.ts';
import { language } from './texts/index.ts';

/** After this long without an answer the page says that the link is weak. */
const SLOW_MS = 4000;
const RETRY_MS = 2500;

/** Returns the function that opens; called while it is under way, it does nothing. */
export function createOpener(
  fragment: Fragment | undefined,
  send: (event: FlowEvent) => void,
  opened: () => void,
): () => void {
  let asking = false;
  let again: ReturnType<typeof setTimeout> | undefined;

  const ask = async (wanted: Fragment) => {
    const slow = setTimeout(() => send({ type: 'slow' }), SLOW_MS);
    const answer = await openDoor(wanted, language.peek(), describeBrowser());
    clearTimeout(slow);
    asking = false;
    if ('ok' in answer) {
      const stopped = recall(wanted.secret)?.stopped === true;
      remember({ secret: wanted.secret, page: answer.ok, stopped });
      send({ type: 'opened', page: answer.ok, now: performance.now(), stopped });
      opened();
      return;
    }
    const { refusal } = answer;
    send({ type: 'refused', refusal });
    if (refusal.kind === 'busy') again = setTimeout(open, refusal.retryAfterMs ?? RETRY_MS);
    else if (refusal.kind === 'offline') again = setTimeout(open, RETRY_MS);
    else forget();
  };
  const open = () => {
    if (!fragment || asking) return;
    asking = true;
    clearTimeout(again);
    ask(fragment).catch((error: unknown) => console.error('the link was not opened', error));
  };
  return open;
}
