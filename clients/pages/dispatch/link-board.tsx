/** Where the picture will be: how far the link has come, in letters that are read at a glance, and what to do now. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import { formatClock } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { announce, start } from '../../ui/announcer.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { LinkForm } from './link-form.tsx';
import { actionsOf, sinceOf } from './link-view.ts';
import { failureText, headlineText, linkName } from './link-words.ts';
import { useLinkActions } from './use-link-actions.ts';
import { roomUtc, useProgress } from './use-progress.ts';

export interface ShowLink {
  /** Shows the code of a link. */
  code(linkId: string): void;
  /** Opens the form for one more, like this one. */
  another(like: LinkState | undefined): void;
}

/** The keys of a link, as far as they are of use now. */
export function LinkKeyRow(props: { link: LinkState; show: ShowLink; small?: boolean }): JSX.Element {
  const { link, show } = props;
  const keys = useLinkActions();
  const may = actionsOf(link);
  const size = props.small === true ? ' small-button' : '';
  const code = async () => {
    const shown = await keys.show(link.linkId);
    if (shown !== undefined) show.code(shown);
  };
  return (
    <div class="row link-keys">
      {may.resend ? (
        <button
          type="button"
          class={`button${size}`}
          disabled={keys.busy}
          onClick={() => start(() => keys.resend(link.linkId))}
        >
          <Icon name="send" />
          {t('link.resend')}
        </button>
      ) : null}
      {may.show ? (
        <>
          <button type="button" class={`button${size}`} disabled={keys.busy} onClick={() => start(code)}>
            <Icon name="qr" />
            {t('link.show')}
          </button>
          <button
            type="button"
            class={`button${size}`}
            disabled={keys.busy}
            onClick={() => start(() => keys.copy(link.linkId))}
          >
            <Icon name="copy" />
            {t('link.copy')}
          </button>
        </>
      ) : null}
      {may.again ? (
        <button type="button" class={`button primary${size}`} onClick={() => show.another(link)}>
          <Icon name="send" />
          {t('link.again')}
        </button>
      ) : null}
      {may.revoke ? (
        <button
          type="button"
          class={`button quiet${size}`}
          disabled={keys.busy}
          onClick={() => start(() => keys.revoke(link.linkId))}
        >
          <Icon name="close" />
          {t('link.revoke')}
        </button>
      ) : null}
    </div>
  );
}

/** Failure and what to do, each in its sentence. */
export function LinkHints(props: { link: LinkState }): JSX.Element | null {
  const { link } = props;
  const progress = useProgress(link);
  const failure = failureText(progress);
  const hints = progress.hints.filter((hint) => hint !== 'second-device');
  const misused = link.misused > 0;
  if (failure === undefined && hints.length === 0 && !misused) return null;
  return (
    <ul class="link-hints">
      {failure === undefined ? null : (
        <li class="bad">
          <Icon name="warn" />
          <span>{failure}</span>
        </li>
      )}
      {hints.map((hint) => (
        <li key={hint}>
          <Icon name="info" />
          <span>{t(`link.hint.${hint}`)}</span>
        </li>
      ))}
      {misused ? (
        <li class="bad">
          <Icon name="lock" />
          <span>{t('link.misused', { n: link.misused })}</span>
        </li>
      ) : null}
    </ul>
  );
}

function Progress(props: { link: LinkState; show: ShowLink }): JSX.Element {
  const { link } = props;
  const room = useRoom();
  useNow(1000);
  const progress = useProgress(link);
  const headline = headlineText(link, progress);
  const bad = progress.failure !== undefined || progress.steps.some(({ state }) => state === 'failed');
  useEffect(() => announce(headline, bad ? 'urgent' : 'calm'), [headline, bad]);
  return (
    <>
      <p class="soft one-line figures">{linkName(link)}</p>
      <h2 class={bad ? 'board-headline bad' : 'board-headline'}>
        {headline}
        {progress.ended === undefined ? (
          <span class="board-clock figures">{formatClock(roomUtc(room) - sinceOf(link, progress))}</span>
        ) : null}
      </h2>
      <LinkHints link={link} />
      <LinkKeyRow link={link} show={props.show} />
    </>
  );
}

export function LinkBoard(props: { link: LinkState | undefined; show: ShowLink }): JSX.Element {
  const { link, show } = props;
  return (
    <div class="link-board">
      <div class="link-board-card">
        {link === undefined ? (
          <>
            <h2 class="board-headline">{t('link.none')}</h2>
            <LinkForm
              onMade={(linkId, { phone }) => {
                if (phone === undefined) show.code(linkId);
              }}
            />
          </>
        ) : (
          <Progress link={link} show={show} />
        )}
      </div>
    </div>
  );
}
