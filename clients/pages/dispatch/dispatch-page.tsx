/** The dispatcher's page: open incidents on the left, the one in hand beside them, a new one under one key. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { JoinOptions, RoomList } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { signedIn } from '../../ui/me.ts';
import type { Route } from '../../ui/route.ts';
import { followLink, go } from '../../ui/router.ts';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { JoinedRoom } from '../live/joined-room.tsx';
import { type LiveRooms, useRoomList } from '../rooms/use-room-list.ts';
import { Shell, SkipLink } from '../shell.tsx';
import { DispatchKeysDialog } from './dispatch-keys-dialog.tsx';
import { Incident } from './incident.tsx';
import { IncidentList } from './incident-list.tsx';
import { dispatchPath, neighbour, orderIncidents } from './incidents-view.ts';
import { NewIncidentDialog, NewIncidentForm } from './new-incident-form.tsx';

/** No incident is in hand: the form stands ready, since the next thing that happens is a call. */
function NoIncident(props: { list: RoomList | undefined }): JSX.Element {
  const heading = usePageTitle(t('dispatch.page'));
  return (
    <main class="no-incident" id="main" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>
        {t('dispatch.new')}
      </h1>
      {props.list === undefined ? (
        <p class="soft" role="status">
          {t('load.who')}
        </p>
      ) : (
        <div class="card">
          <NewIncidentForm list={props.list} onMade={() => undefined} />
        </div>
      )}
    </main>
  );
}

function Refused(): JSX.Element {
  const heading = usePageTitle(t('dispatch.page'));
  return (
    <Shell narrow>
      <div class="card stack">
        <h1 ref={heading} tabIndex={-1}>
          {t('dispatch.refused')}
        </h1>
        <p>{t('dispatch.refusedText')}</p>
        <a class="button primary" href="/rooms" onClick={(event) => followLink(event, '/rooms')}>
          {t('end.home')}
        </a>
      </div>
    </Shell>
  );
}

function usePageKeys(
  live: LiveRooms,
  roomId: string | undefined,
  set: (dialog: 'new' | 'keys') => void,
): void {
  const step = (by: 1 | -1) => {
    const next = neighbour(orderIncidents(live.rooms ?? []), roomId, by);
    if (next !== undefined) go(dispatchPath(next));
  };
  useShortcuts((key) => {
    if (key === ']') step(1);
    else if (key === '[') step(-1);
    else if (key === '?') set('keys');
    else if (key.toLowerCase() === 'n' && live.list !== undefined) set('new');
    else return false;
    return true;
  });
}

const asDispatcher: JoinOptions = { speaksHere: true, role: 'dispatcher' };
const asCoordinator: JoinOptions = { speaksHere: true, role: 'coordinator' };

function Desk(props: { roomId: string | undefined; options: JoinOptions }): JSX.Element {
  const { roomId } = props;
  const live = useRoomList();
  const [dialog, setDialog] = useState<'new' | 'keys'>();
  const openNew = () => {
    // Without an incident the form is there already; with one it opens above it, so that the call goes on.
    if (roomId === undefined) document.querySelector<HTMLInputElement>('.new-incident input')?.focus();
    else setDialog('new');
  };
  usePageKeys(live, roomId, (which) => (which === 'new' ? openNew() : setDialog(which)));
  return (
    <div class={roomId === undefined ? 'dispatch' : 'dispatch with-incident'}>
      <SkipLink />
      <IncidentList live={live} current={roomId} onNew={openNew} />
      {roomId === undefined ? (
        <NoIncident list={live.list} />
      ) : (
        <JoinedRoom key={roomId} roomId={roomId} options={props.options}>
          <Incident />
        </JoinedRoom>
      )}
      {dialog === 'new' && live.list !== undefined ? (
        <NewIncidentDialog list={live.list} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'keys' ? <DispatchKeysDialog onClose={() => setDialog(undefined)} /> : null}
    </div>
  );
}

export function DispatchPage(props: { route: Route }): JSX.Element {
  const { route } = props;
  const roomId = route.page === 'dispatch' ? route.roomId : undefined;
  const roles = signedIn()?.roles ?? [];
  if (roles.includes('dispatcher')) return <Desk roomId={roomId} options={asDispatcher} />;
  if (roles.includes('coordinator')) return <Desk roomId={roomId} options={asCoordinator} />;
  return <Refused />;
}
