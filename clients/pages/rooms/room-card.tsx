/** One room in the list. */
import type { JSX } from 'preact';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { formatShortTime, formatSpan } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Tag } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { watchPath } from '../../ui/route.ts';
import { followLink } from '../../ui/router.ts';
import { rolesPresent, shortIncident } from './rooms-view.ts';

function Present(props: { room: RoomSummary }): JSX.Element {
  const roles = rolesPresent(props.room);
  if (roles.length === 0) return <p class="small soft">{t('rooms.nobody')}</p>;
  return (
    <ul class="present">
      {roles.map(({ role, names }) => (
        <li key={role}>
          <span class="present-role">{t(`role.${role}`)}</span>
          <span class="grow one-line" title={names.join(', ')}>
            {names.join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function RoomCard(props: {
  room: RoomSummary;
  path: string;
  now: number;
  unitNames: ReadonlyMap<string, string>;
  /** Who has a voice may leave it where it is; the others only ever watch. */
  mayWatch: boolean;
  onBreakGlass: () => void;
}): JSX.Element {
  const { room, path, now } = props;
  const closed = room.access === 'break-glass';
  const watching = watchPath(room.roomId);
  return (
    <li class={`card room-card${room.ringing === undefined ? '' : ' ringing'}${closed ? ' closed' : ''}`}>
      {room.drill ? (
        <div class="drill-banner inside" role="note">
          <Icon name="flag" />
          <span>{t('drill.short')}</span>
        </div>
      ) : null}
      <div class="room-card-head">
        <h2 class="room-title">{room.title}</h2>
        <p class="small soft figures">{t('rooms.incident', { id: shortIncident(room.incidentId) })}</p>
      </div>
      <div class="row">
        <Tag icon="clock">
          {t('rooms.since', {
            time: formatShortTime(room.createdUtc),
            span: formatSpan(now - room.createdUtc),
          })}
        </Tag>
        <Tag icon="patient">
          {room.patients.length === 0 ? t('rooms.noPatients') : room.patients.join(', ')}
        </Tag>
        <Tag icon="camera" {...(room.pictures > 0 ? { kind: 'good' as const } : {})}>
          {t('rooms.pictures', { n: room.pictures })}
        </Tag>
        {room.unitIds.map((id) => (
          <Tag key={id} icon="ambulance">
            {props.unitNames.get(id) ?? t('rooms.unit')}
          </Tag>
        ))}
      </div>
      <Present room={room} />
      {closed ? (
        <button type="button" class="button" onClick={props.onBreakGlass}>
          <Icon name="glass" />
          {t('glass.open')}
        </button>
      ) : (
        <div class="room-keys">
          <a class="button primary grow" href={path} onClick={(event) => followLink(event, path)}>
            {t('rooms.enter')}
            <span class="visually-hidden">{room.title}</span>
          </a>
          {props.mayWatch ? (
            <a
              class="button"
              href={watching}
              title={t('rooms.watchHint')}
              onClick={(event) => followLink(event, watching)}
            >
              <Icon name="eye" />
              {t('rooms.watch')}
              <span class="visually-hidden">{room.title}</span>
            </a>
          ) : null}
        </div>
      )}
    </li>
  );
}
