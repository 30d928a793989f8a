/** The state of the link: a tag in the top bar, a bar across the page when it is not well, a page when it is over. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Connection } from '../../core/types.ts';
import { formatSpan } from '../../i18n/format.ts';
import { lookUp, t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { Tag } from '../../ui/controls.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { config, signedIn } from '../../ui/me.ts';
import { homeOf } from '../../ui/route.ts';
import { go } from '../../ui/router.ts';
import { useRoom } from './live-room.ts';
import { MergedRoom } from './merged-room.tsx';
import { needsBar, statusIcon, toneOf } from './status-view.ts';

/** Why, in a sentence; undefined where the status says it all. */
export function reasonText(connection: Connection): string | undefined {
  return lookUp(`connection.reason.${connection.reason}`) ?? lookUp(`error.${connection.reason}`);
}

export function ConnectionTag(): JSX.Element {
  const { connection } = useRoom();
  const { status } = connection.value;
  const tone = toneOf(status);
  return (
    <Tag kind={tone} icon={statusIcon(status)} title={reasonText(connection.value) ?? ''}>
      {t(`connection.${status}`)}
    </Tag>
  );
}

/** A bar that explains what is wrong and that it mends itself. Changes are spoken. */
export function ConnectionBar(): JSX.Element | null {
  const { connection } = useRoom();
  const now = useNow(1000);
  const { status, since } = connection.value;
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    announce(t(`connection.${status}`), status === 'reconnecting' ? 'urgent' : 'calm');
  }, [status]);
  if (!needsBar(connection.value)) return null;
  const reason = reasonText(connection.value);
  return (
    <section class={`link-bar ${toneOf(status)}`} aria-label={t('panel.link')}>
      <span class="spinner" aria-hidden="true" />
      <strong>{t(`connection.${status}`)}</strong>
      {reason === undefined ? null : <span class="grow">{reason}</span>}
      <span class="figures">{formatSpan(now - since)}</span>
    </section>
  );
}

/** Where the way out of a room leads. */
export interface Home {
  readonly path: string;
  readonly label: string;
}

/** Stands in for the page once the session is over or was refused. */
export function RoomEnd(props: { home?: Home }): JSX.Element | null {
  const { connection, state } = useRoom();
  const { status } = connection.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const over = status === 'refused' || status === 'ended';
  useEffect(() => {
    if (over) heading.current?.focus();
  }, [over]);
  if (!over) return null;
  if (status === 'ended' && state.value.mergedInto !== undefined)
    return <MergedRoom intoRoomId={state.value.mergedInto} />;
  const who = signedIn();
  const home = props.home ?? { path: who === undefined ? '/' : homeOf(who), label: t('end.home') };
  const phone = config.value?.helpPhone ?? '';
  return (
    <main class="room-end" id="main">
      <div class="card stack loose">
        <Icon name={status === 'refused' ? 'lock' : 'leave'} class="end-icon" />
        <h1 ref={heading} tabIndex={-1}>
          {status === 'refused' ? t('end.refused') : t('end.ended')}
        </h1>
        <p>{reasonText(connection.value) ?? t('end.noReason')}</p>
        <div class="row">
          {connection.value.reason === 'room-closed' || who?.kind === 'guest' ? null : (
            <button type="button" class="button primary" onClick={() => location.reload()}>
              {t('end.again')}
            </button>
          )}
          {who?.kind === 'guest' ? null : (
            <button type="button" class="button" onClick={() => go(home.path)}>
              {home.label}
            </button>
          )}
          {phone === '' || who?.kind === 'guest' ? null : (
            <a class="button" href={`tel:${phone}`}>
              <Icon name="phone" />
              {t('end.phone', { phone })}
            </a>
          )}
        </div>
      </div>
    </main>
  );
}
