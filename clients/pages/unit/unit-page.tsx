/** An enrolled device of a unit: waits for the unit's incident and goes to its room by itself. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { signedIn } from '../../ui/me.ts';
import { go } from '../../ui/router.ts';
import { useDirectory } from '../../ui/use-directory.ts';
import { useRoomList } from '../rooms/use-room-list.ts';
import { Shell } from '../shell.tsx';
import { BringGlasses } from './bring-glasses.tsx';

export function UnitPage(): JSX.Element {
  const heading = usePageTitle(t('unit.title'));
  const live = useRoomList();
  const unitId = signedIn()?.unitId;
  const wears = signedIn()?.roles.includes('wearer') === true;
  const room = unitId === undefined ? undefined : live.rooms?.find((each) => each.unitIds.includes(unitId));
  const roomId = room?.roomId;
  useEffect(() => {
    if (wears) go('/glasses', 'replace');
    else if (roomId !== undefined) go(`/ambulance/${roomId}`, 'replace');
  }, [roomId, wears]);
  const unitName =
    useDirectory()?.units.find((unit) => unit.unitId === unitId)?.name ?? signedIn()?.name ?? '–';
  const connected = live.socket === 'up' && live.rooms !== undefined;
  return (
    <Shell narrow>
      <div class="card empty">
        <Icon name="ambulance" />
        <h1 ref={heading} tabIndex={-1}>
          {t('unit.title')}
        </h1>
        <p>{t('unit.text', { unit: unitName })}</p>
        <Banner
          kind={connected ? 'good' : 'warn'}
          role="status"
          {...(connected ? {} : { icon: 'offline' as const })}
        >
          {connected ? t('unit.connected') : (live.problem ?? t('unit.connecting'))}
        </Banner>
        {unitId === undefined ? null : <BringGlasses unitId={unitId} />}
      </div>
    </Shell>
  );
}
