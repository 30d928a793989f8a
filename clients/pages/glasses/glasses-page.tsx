/**
 * The page of glasses: enrolled once by six digits, then no keyboard ever. It waits for its unit's incident, joins as the wearer,
 * and goes back to waiting when the unit is released.
 */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { JoinOptions } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { readPreference } from '../../storage/preferences.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { me, signedIn } from '../../ui/me.ts';
import type { Route } from '../../ui/route.ts';
import { useDirectory } from '../../ui/use-directory.ts';
import { JoinedRoom } from '../live/joined-room.tsx';
import { useRoomList } from '../rooms/use-room-list.ts';
import { EnrolGlasses } from './enrol-glasses.tsx';
import { GlassesView } from './glasses-view.tsx';

function Waits(props: { onRoom: (roomId: string) => void }): JSX.Element {
  const heading = usePageTitle(t('glasses.title'));
  const live = useRoomList();
  const who = signedIn();
  const unitId = who?.unitId;
  const roomId = live.rooms?.find((room) => unitId !== undefined && room.unitIds.includes(unitId))?.roomId;
  const { onRoom } = props;
  useEffect(() => {
    if (roomId !== undefined) onRoom(roomId);
  }, [roomId, onRoom]);
  const unit = useDirectory()?.units.find((each) => each.unitId === unitId)?.name ?? who?.name ?? '–';
  const isConnected = live.socket === 'up' && live.rooms !== undefined;
  return (
    <main class="glasses glasses-waits" id="main">
      <Icon name="glasses" />
      <h1 ref={heading} tabIndex={-1}>
        {t('unit.title')}
      </h1>
      <p>{t('unit.text', { unit })}</p>
      <p role="status" class={isConnected ? 'good' : 'warn'}>
        {isConnected ? t('unit.connected') : (live.problem ?? t('unit.connecting'))}
      </p>
    </main>
  );
}

function NotForPeople(): JSX.Element {
  const heading = usePageTitle(t('glasses.title'));
  return (
    <main class="glasses glasses-waits" id="main">
      <h1 ref={heading} tabIndex={-1}>
        {t('glasses.title')}
      </h1>
      <p>{t('glasses.notForPeople')}</p>
      <a class="button primary" href="/">
        {t('notFound.home')}
      </a>
    </main>
  );
}

export function GlassesPage(props: { route: Route }): JSX.Element {
  const [roomId, setRoomId] = useState<string>();
  const options = useMemo<JoinOptions>(() => {
    const device = readPreference('deviceName') ?? t('glasses.deviceName');
    return { role: 'wearer', speaksHere: true, device };
  }, []);
  const who = me.value;
  if (who === 'unknown') {
    return (
      <main class="glasses glasses-waits" id="main">
        <span class="spinner" aria-hidden="true" />
        <p role="status">{t('load.who')}</p>
      </main>
    );
  }
  if (who === 'nobody') return <EnrolGlasses code={props.route.page === 'glasses' ? props.route.code : ''} />;
  if (who.kind !== 'device') return <NotForPeople />;
  if (roomId === undefined) return <Waits onRoom={setRoomId} />;
  return (
    <JoinedRoom key={roomId} roomId={roomId} options={options}>
      <GlassesView onReleased={() => setRoomId(undefined)} />
    </JoinedRoom>
  );
}
