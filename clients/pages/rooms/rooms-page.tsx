/** The list of rooms one may enter, with calls for help on top. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { t } from '../../i18n/index.ts';
import { Banner, inputValue } from '../../ui/controls.tsx';
import { useNow, useOnline, usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { signedIn } from '../../ui/me.ts';
import { go } from '../../ui/router.ts';
import { useDirectory } from '../../ui/use-directory.ts';
import { maySpeak } from '../live/people-view.ts';
import { Shell } from '../shell.tsx';
import { RingingCalls, SoundHint } from './ringing-calls.tsx';
import { RoomCard } from './room-card.tsx';
import { BreakGlassDialog, CreateRoomDialog } from './room-dialogs.tsx';
import { mayCreate, orderRooms, roomPath, searchRooms } from './rooms-view.ts';
import { type LiveRooms, useRoomList } from './use-room-list.ts';

function ListState(props: { live: LiveRooms; online: boolean }): JSX.Element | null {
  const { live, online } = props;
  if (live.problem !== undefined) {
    return (
      <Banner
        kind="bad"
        role="alert"
        action={
          <button type="button" class="button" onClick={() => location.reload()}>
            {t('common.tryAgain')}
          </button>
        }
      >
        {live.problem}
      </Banner>
    );
  }
  if (!online || (live.rooms !== undefined && live.socket !== 'up')) {
    return (
      <Banner kind="warn" icon="offline" role="alert">
        {t('rooms.offline')}
      </Banner>
    );
  }
  return null;
}

function Skeleton(): JSX.Element {
  return (
    <div class="room-grid" role="status" aria-label={t('rooms.loading')}>
      {[1, 2, 3].map((n) => (
        <div key={n} class="card room-card skeleton" aria-hidden="true" />
      ))}
    </div>
  );
}

function Cards(props: {
  rooms: readonly RoomSummary[];
  words: string;
  onBreakGlass: (room: RoomSummary) => void;
}): JSX.Element {
  const now = useNow(10_000);
  const directory = useDirectory();
  const unitNames = new Map(directory?.units.map((unit) => [unit.unitId, unit.name]));
  const roles = signedIn()?.roles ?? [];
  const found = searchRooms(orderRooms(props.rooms), props.words, unitNames);
  if (found.length === 0) {
    return (
      <div class="empty card">
        <Icon name="ambulance" />
        <p>
          <strong>{props.words.trim() === '' ? t('rooms.empty') : t('rooms.noneFound')}</strong>
        </p>
        <p>{props.words.trim() === '' ? t('rooms.emptyText') : t('rooms.noneFoundText')}</p>
      </div>
    );
  }
  return (
    <ul class="room-grid">
      {found.map((room) => (
        <RoomCard
          key={room.roomId}
          room={room}
          path={roomPath(roles, room.roomId)}
          now={now}
          unitNames={unitNames}
          mayWatch={roles.some(maySpeak)}
          onBreakGlass={() => props.onBreakGlass(room)}
        />
      ))}
    </ul>
  );
}

export function RoomsPage(): JSX.Element {
  const heading = usePageTitle(t('rooms.title'));
  const live = useRoomList();
  const online = useOnline();
  const [words, setWords] = useState('');
  const [creating, setCreating] = useState(false);
  const [glass, setGlass] = useState<RoomSummary>();
  const roles = signedIn()?.roles ?? [];
  const { list } = live;
  return (
    <Shell>
      <div class="stack loose">
        {list === undefined ? null : <RingingCalls list={list} calls={live.ringing} />}
        <SoundHint />
        <ListState live={live} online={online} />
        <div class="row spread">
          <h1 ref={heading} tabIndex={-1}>
            {t('rooms.title')}
          </h1>
          <div class="row room-tools">
            <input
              class="input room-search"
              type="search"
              aria-label={t('rooms.search')}
              placeholder={t('rooms.search')}
              value={words}
              onInput={(event) => setWords(inputValue(event))}
            />
            {mayCreate(roles) ? (
              <button
                type="button"
                class="button primary"
                disabled={list === undefined}
                onClick={() => setCreating(true)}
              >
                <Icon name="plus" />
                {t('create.open')}
              </button>
            ) : null}
          </div>
        </div>
        {live.rooms === undefined ? (
          live.problem === undefined ? (
            <Skeleton />
          ) : null
        ) : (
          <Cards rooms={live.rooms} words={words} onBreakGlass={setGlass} />
        )}
      </div>
      {creating && list !== undefined ? (
        <CreateRoomDialog
          list={list}
          onClose={() => setCreating(false)}
          onCreated={(roomId) => go(roomPath(roles, roomId))}
        />
      ) : null}
      {glass !== undefined && list !== undefined ? (
        <BreakGlassDialog
          list={list}
          room={glass}
          onClose={() => setGlass(undefined)}
          onOpened={() => go(roomPath(roles, glass.roomId))}
        />
      ) : null}
    </Shell>
  );
}
