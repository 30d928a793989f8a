/** The steps of the link above the picture, and browsers that wait to be let in. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import { formatClock } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { announce, start } from '../../ui/announcer.tsx';
import { IconButton } from '../../ui/controls.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { KeyCap } from './key-cap.tsx';
import { LinkHints } from './link-board.tsx';
import { LinkSteps } from './link-steps.tsx';
import { type Asking, askingOf } from './link-view.ts';
import { roomUtc, useProgress } from './use-progress.ts';

export function LinkStrip(props: { link: LinkState; live: boolean; onLinks: () => void }): JSX.Element {
  const { link, live } = props;
  const progress = useProgress(link);
  return (
    <section class={live ? 'link-strip live' : 'link-strip'} aria-label={t('link.steps')}>
      <LinkSteps link={link} progress={progress} />
      <IconButton icon="message" label={t('link.title')} shortcut="L" onClick={props.onLinks} />
      {live ? <LinkHints link={link} /> : null}
    </section>
  );
}

export function answerAsking(
  { session }: ReturnType<typeof useRoom>,
  { linkId, openingId }: Asking,
  admitted: boolean,
): Promise<unknown> {
  return session.request('link.answer', { linkId, openingId, admitted });
}

/** The first browser that asks, above everything else: somebody with the patient may be waiting. */
export function AskBanner(): JSX.Element | null {
  const room = useRoom();
  useNow(1000);
  const waiting = askingOf(room.state.value);
  const [first] = waiting;
  const text = first === undefined ? '' : t('link.asks');
  useEffect(() => {
    if (text !== '') announce(text, 'urgent');
  }, [text]);
  if (first === undefined) return null;
  return (
    <section class="ask-banner" aria-label={t('link.asksTitle')}>
      <Icon name="invite" />
      <div class="grow">
        <strong>{text}</strong>
        <p class="small figures">
          {[
            t('link.asksText', { clock: formatClock(roomUtc(room) - first.utc) }),
            first.browser === undefined ? '' : t('link.asksHas', { browser: first.browser }),
            waiting.length > 1 ? t('link.asksMore', { n: waiting.length - 1 }) : '',
          ].join(' ')}
        </p>
      </div>
      <button
        type="button"
        class="button answer"
        aria-keyshortcuts="Y"
        onClick={() => start(() => answerAsking(room, first, true))}
      >
        {t('link.admit')}
        <KeyCap name="Y" />
      </button>
      <button
        type="button"
        class="button"
        aria-keyshortcuts="D"
        onClick={() => start(() => answerAsking(room, first, false))}
      >
        {t('link.refuse')}
        <KeyCap name="D" />
      </button>
    </section>
  );
}
