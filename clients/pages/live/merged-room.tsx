/** Stands in for a room that was merged into another one, and leads there by a key or, after a moment, by itself. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { Icon } from '../../ui/icons.tsx';
import { signedIn } from '../../ui/me.ts';
import { watchPath } from '../../ui/route.ts';
import { go } from '../../ui/router.ts';
import { useRoom } from './live-room.ts';
import { maySpeak, onlyWatches } from './people-view.ts';

/** Long enough to read why the page changes. */
const LEAD_AFTER_S = 6;

/** Where this person goes on: on the page they are on, and without a voice if they only watched. */
function usePathThere(intoRoomId: string): string {
  const { session, state } = useRoom();
  const watched = useRef(onlyWatches(state.value, session.peerId) || location.search === '?watch');
  if (watched.current && maySpeak(session.role)) return watchPath(intoRoomId);
  const onAmbulance = location.pathname.startsWith('/ambulance/');
  return onAmbulance ? `/ambulance/${intoRoomId}` : `/consult/${intoRoomId}`;
}

export function MergedRoom(props: { intoRoomId: string }): JSX.Element {
  const who = signedIn();
  const path = usePathThere(props.intoRoomId);
  const heading = useRef<HTMLHeadingElement>(null);
  const [left, setLeft] = useState(LEAD_AFTER_S);
  // An invitation opens one room; whoever came by one cannot follow.
  const mayFollow = who !== undefined && who.kind !== 'guest';
  useEffect(() => {
    heading.current?.focus();
    announce(t('merged.title'), 'urgent');
    if (!mayFollow) return undefined;
    const timer = setInterval(() => setLeft((old) => old - 1), 1000);
    return () => clearInterval(timer);
  }, [mayFollow]);
  useEffect(() => {
    if (left <= 0) go(path, 'replace');
  }, [left, path]);
  return (
    <main class="room-end" id="main">
      <div class="card stack loose">
        <Icon name="merge" class="end-icon" />
        <h1 ref={heading} tabIndex={-1}>
          {t('merged.title')}
        </h1>
        <p>{t('merged.text')}</p>
        {mayFollow ? (
          <>
            <button type="button" class="button primary big" onClick={() => go(path, 'replace')}>
              {t('merged.go')}
            </button>
            <p class="small soft figures">{t('merged.soon', { n: Math.max(0, left) })}</p>
          </>
        ) : (
          <p>{t('merged.guest')}</p>
        )}
      </div>
    </main>
  );
}
