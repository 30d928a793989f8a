/** Says that nobody hears this person here, and brings their voice here with one key. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { announce, start } from '../../ui/announcer.tsx';
import { Banner } from '../../ui/controls.tsx';
import { watchPath } from '../../ui/route.ts';
import { useRoom } from './live-room.ts';
import { maySpeak, onlyWatches } from './people-view.ts';

/** Keeps the address in step, so that a reload does not take the voice out of the room it was moved to. */
function useAddress(roomId: string, watches: boolean): void {
  useEffect(() => {
    const { pathname } = location;
    if (!pathname.startsWith('/consult/')) return;
    history.replaceState(undefined, '', watches ? watchPath(roomId) : pathname);
  }, [roomId, watches]);
}

export function WatchBar(): JSX.Element | null {
  const { session, state } = useRoom();
  const here = state.value.peers[session.peerId] !== undefined;
  const watches = onlyWatches(state.value, session.peerId) && maySpeak(session.role);
  const spoke = useRef(false);
  useEffect(() => {
    if (watches && spoke.current) announce(t('watch.moved'), 'urgent');
    spoke.current = here && !watches;
  }, [here, watches]);
  useAddress(session.roomId, here ? watches : location.search === '?watch');
  if (!watches) return null;
  const speak = () => session.request('peer.speakHere', {});
  return (
    <section aria-label={t('people.watches')}>
      <Banner
        kind="warn"
        icon="eye"
        action={
          <button type="button" class="button primary" onClick={() => start(speak)}>
            <span>{t('watch.speakHere')}</span>
          </button>
        }
      >
        <strong>{t('watch.only')}</strong>
      </Banner>
    </section>
  );
}
