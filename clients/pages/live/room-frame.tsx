/** The frame of both room pages: drill notice, title with link state, bars that explain what is wrong. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatClock } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { BrandMark } from '../../ui/brand.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { signedIn } from '../../ui/me.ts';
import { LanguageSwitch, ThemeSwitch } from '../../ui/settings-menu.tsx';
import { shortIncident } from '../rooms/rooms-view.ts';
import { DrillBanner, SkipLink } from '../shell.tsx';
import { ConnectionBar, ConnectionTag, type Home, RoomEnd } from './connection-line.tsx';
import { useRoom } from './live-room.ts';
import { nameOf } from './names.ts';
import { RecordingBar, RecordingTag } from './recording.tsx';
import { WatchBar } from './watch-bar.tsx';

/** Who speaks now, in words: the outline of a tile alone would be meaning by colour. */
function SpeakingNow(): JSX.Element {
  const { speaking, state, session } = useRoom();
  const names = speaking.value
    .filter((peerId) => peerId !== session.peerId)
    .map((peerId) => nameOf(state.value, peerId))
    .filter((name) => name !== undefined)
    .slice(0, 2);
  return (
    <span class="speaking-now">
      {names.length === 0 ? null : (
        <>
          <Icon name="speaker" />
          <span class="one-line">{t('speaking.now', { names: names.join(', ') })}</span>
        </>
      )}
    </span>
  );
}

function Lasting(): JSX.Element | null {
  const { state } = useRoom();
  const now = useNow(1000);
  const { createdUtc } = state.value;
  if (createdUtc === 0) return null;
  return (
    <span class="figures room-clock" title={t('room.sinceStart')}>
      <Icon name="clock" />
      {formatClock(now - createdUtc)}
    </span>
  );
}

/** One person may watch several rooms: the list opens beside this one, which goes on. */
function OtherRooms(): JSX.Element | null {
  if (signedIn()?.kind !== 'person') return null;
  const label = t('room.others');
  return (
    <a
      class="button icon-only quiet"
      href="/rooms"
      target="_blank"
      rel="noopener"
      aria-label={label}
      title={label}
    >
      <Icon name="rooms" />
    </a>
  );
}

export function RoomFrame(props: {
  page: string;
  children: ComponentChildren;
  tools?: ComponentChildren;
  /** Stands inside a page that has first link, mark and settings of its own. */
  inside?: boolean;
  /** Where the way out leads; the person's own home unless told. */
  home?: Home;
}): JSX.Element {
  const { state, connection } = useRoom();
  const { title, drill, incidentId, phase } = state.value;
  const name = phase === 'empty' ? t('room.connecting') : title;
  useEffect(() => {
    document.title = `${drill ? `${t('drill.short')} · ` : ''}${name} · GoldenHour`;
  }, [name, drill]);
  const over = connection.value.status === 'refused' || connection.value.status === 'ended';
  return (
    <div class={`room ${props.page}`}>
      {props.inside === true ? null : <SkipLink />}
      {drill ? <DrillBanner /> : null}
      <header class="room-top">
        {props.inside === true ? null : <BrandMark />}
        <div class="room-name">
          <h1 class="one-line" tabIndex={-1}>
            {name}
          </h1>
          <p class="small soft one-line figures">
            {incidentId === '' ? '' : t('rooms.incident', { id: shortIncident(incidentId) })}
          </p>
        </div>
        <SpeakingNow />
        <Lasting />
        {over ? null : <RecordingTag />}
        <ConnectionTag />
        <div class="room-tools-end">
          <OtherRooms />
          {props.tools}
          {props.inside === true ? null : (
            <span class="wide-only row">
              <ThemeSwitch />
              <LanguageSwitch />
            </span>
          )}
        </div>
      </header>
      <ConnectionBar />
      {over ? null : <RecordingBar />}
      {over ? null : <WatchBar />}
      {over ? <RoomEnd {...(props.home === undefined ? {} : { home: props.home })} /> : props.children}
    </div>
  );
}
