/** Open incidents beside the one in hand: calls that ring above, then the newest first. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { formatClock, formatShortTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { BrandMark } from '../../ui/brand.tsx';
import { Banner, Tag } from '../../ui/controls.tsx';
import { useNow, useOnline } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { followLink } from '../../ui/router.ts';
import { LanguageSwitch, ThemeSwitch } from '../../ui/settings-menu.tsx';
import { armSound } from '../rooms/ring.ts';
import { RingingCalls, SoundHint } from '../rooms/ringing-calls.tsx';
import type { LiveRooms } from '../rooms/use-room-list.ts';
import { dispatchPath, hasPublic, orderIncidents } from './incidents-view.ts';

function Line(props: { room: RoomSummary; current: boolean; now: number }): JSX.Element {
  const { room, current, now } = props;
  const path = dispatchPath(room.roomId);
  return (
    <li>
      <a
        class={`incident${current ? ' current' : ''}${room.ringing === undefined ? '' : ' ringing'}`}
        href={path}
        aria-current={current ? 'page' : undefined}
        onClick={(event) => followLink(event, path)}
      >
        <strong class="incident-title">{room.title}</strong>
        <span class="incident-facts">
          <span class="small soft figures">
            {formatShortTime(room.createdUtc)} · {formatClock(now - room.createdUtc)}
          </span>
          {room.drill ? (
            <Tag kind="warn" icon="flag">
              {t('drill.short')}
            </Tag>
          ) : null}
          {room.ringing === undefined ? null : (
            <Tag kind="bad" icon="bell">
              {t('dispatch.nobodySaw')}
            </Tag>
          )}
          {room.pictures > 0 ? (
            <Tag kind="good" icon="camera">
              {room.pictures}
              <span class="visually-hidden"> {t('rooms.pictures', { n: room.pictures })}</span>
            </Tag>
          ) : null}
          {hasPublic(room) ? <Tag icon="person">{t('role.bystander')}</Tag> : null}
        </span>
      </a>
    </li>
  );
}

/** A dispatcher's page has to ring: the first key or tap of any kind is the gesture that browsers ask for. */
function useArmedRing(): void {
  useEffect(() => {
    const arm = () => {
      stop();
      start(armSound);
    };
    const stop = () => {
      document.removeEventListener('keydown', arm);
      document.removeEventListener('pointerdown', arm);
    };
    document.addEventListener('keydown', arm);
    document.addEventListener('pointerdown', arm);
    return stop;
  }, []);
}

export function IncidentList(props: {
  live: LiveRooms;
  current: string | undefined;
  onNew: () => void;
}): JSX.Element {
  const { live, current } = props;
  const now = useNow(1000);
  const online = useOnline();
  useArmedRing();
  const rooms = live.rooms === undefined ? undefined : orderIncidents(live.rooms);
  const away = !online || (live.rooms !== undefined && live.socket !== 'up');
  return (
    <nav class="incidents" aria-label={t('dispatch.incidents')}>
      <div class="incidents-head">
        <BrandMark />
        <h2 class="grow">{t('dispatch.incidents')}</h2>
        <button
          type="button"
          class="button primary"
          aria-keyshortcuts="N"
          title={`${t('dispatch.new')} (N)`}
          disabled={live.list === undefined}
          onClick={props.onNew}
        >
          <Icon name="plus" />
          {t('dispatch.newShort')}
        </button>
      </div>
      {live.list === undefined ? null : (
        <RingingCalls list={live.list} calls={live.ringing} pathOf={dispatchPath} />
      )}
      <SoundHint />
      {live.problem === undefined ? null : (
        <Banner kind="bad" role="alert">
          {live.problem}
        </Banner>
      )}
      {away ? (
        <Banner kind="warn" icon="offline" role="alert">
          {t('rooms.offline')}
        </Banner>
      ) : null}
      {rooms === undefined && live.problem === undefined ? (
        <p class="soft small" role="status">
          {t('rooms.loading')}
        </p>
      ) : null}
      {rooms?.length === 0 ? <p class="soft small">{t('dispatch.noIncidents')}</p> : null}
      <ul class="incident-lines">
        {rooms?.map((room) => (
          <Line key={room.roomId} room={room} current={room.roomId === current} now={now} />
        ))}
      </ul>
      <div class="incidents-foot">
        <ThemeSwitch />
        <LanguageSwitch />
        <a class="button quiet" href="/rooms" onClick={(event) => followLink(event, '/rooms')}>
          <Icon name="rooms" />
          {t('nav.rooms')}
        </a>
      </div>
    </nav>
  );
}
