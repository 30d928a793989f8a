/** The ambulance is there: thanks the people at the phones and lets them go, while the room goes on. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { act, start, tell } from '../../ui/announcer.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { phonesOf } from './phones.ts';

export function ReleaseSection(): JSX.Element | null {
  const { session, state } = useRoom();
  const phones = phonesOf(state.value).filter(
    ({ link }) => link !== undefined && link.parentLinkId === undefined,
  );
  if (phones.length === 0) return null;
  const release = async (peerId: string) => {
    if (await act(() => session.request('bystander.release', { peerId }))) tell(t('release.done'), 'good');
  };
  return (
    <section class="stack release">
      <h3>{t('release.title')}</h3>
      <p class="small soft">{t('release.text')}</p>
      {phones.map(({ peerId, peer }) => (
        <button
          type="button"
          key={peerId}
          class="button primary"
          onClick={() => start(() => release(peerId))}
        >
          <Icon name="check" />
          {t('release.now', { name: peer.name })}
        </button>
      ))}
    </section>
  );
}
