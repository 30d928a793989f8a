/** A word of dispatch, over the whole screen until it is tapped. It counts as read only when a person could read it. */
import { useEffect, useRef } from 'preact/hooks';
import type { Parts } from '../parts.ts';
import { phraseIn } from '../texts/index.ts';
import { dwellMs, largeWord } from '../words.ts';

const LOOK_MS = 250;

export function LargeWord(props: { parts: Parts }) {
  const { parts } = props;
  const { line, host, say } = parts;
  const shown = largeWord(line.state.value, line.own.peerId, parts.seen.value);
  const key = useRef<HTMLButtonElement>(null);
  const text = shown ? (shown.phrase ? phraseIn(host.language.value, shown.phrase) : shown.text) : '';
  useEffect(() => {
    if (!shown) return;
    key.current?.focus();
    return whileSeen(dwellMs(shown.text), () => parts.markRead(shown.messageId));
  }, [shown?.messageId]);
  if (!shown) return null;
  return (
    <div class="live-large" role="alertdialog" aria-modal="true" aria-labelledby="live-large-text">
      <p class="live-who">{say('wordFrom')}</p>
      <p id="live-large-text" class="live-text">
        {text}
      </p>
      <button ref={key} type="button" class="key main big" onClick={() => parts.putAway(shown.messageId)}>
        {say('wordRead')}
      </button>
    </div>
  );
}

/** Calls once the page was visible for so long altogether. Answers how to stop. */
function whileSeen(ms: number, run: () => void): () => void {
  let left = ms;
  const timer = setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    left -= LOOK_MS;
    if (left > 0) return;
    clearInterval(timer);
    run();
  }, LOOK_MS);
  return () => clearInterval(timer);
}
