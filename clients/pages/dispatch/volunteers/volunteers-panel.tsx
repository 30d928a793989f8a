/** Volunteers near the incident: alerted by one key, and how far each has come. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { VolunteersNear } from '../../../../signaling/protocol/links.ts';
import { callJson } from '../../../core/http.ts';
import { formatSpan, formatTime } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { start } from '../../../ui/announcer.tsx';
import { Banner, PanelTitle, Tag } from '../../../ui/controls.tsx';
import { errorText } from '../../../ui/error-text.ts';
import { Icon } from '../../../ui/icons.tsx';
import { useRoom } from '../../live/live-room.ts';
import { distanceText } from '../map/map-words.ts';
import {
  AT_ONCE,
  type Near,
  nearestFree,
  type VolunteerRow,
  type VolunteerStep,
  volunteerRows,
} from './volunteers-view.ts';

const kinds: Readonly<Partial<Record<VolunteerStep, 'good' | 'warn' | 'bad' | 'note'>>> = {
  coming: 'good',
  here: 'good',
  opened: 'note',
  delivered: 'note',
  failed: 'bad',
  'not-coming': 'warn',
};

/** Asked again whenever the address moves, and by hand: people move. */
function useNear(): { near: readonly Near[] | undefined; problem: string | undefined; reload(): void } {
  const { session, state } = useRoom();
  const [near, setNear] = useState<readonly Near[]>();
  const [problem, setProblem] = useState<string>();
  const [round, setRound] = useState(0);
  const { roomId } = session;
  const point = state.value.bystander.address?.point;
  const place = point === undefined ? '' : `${point.lat} ${point.lon}`;
  useEffect(() => {
    let over = false;
    const url = `${location.origin}/api/rooms/${encodeURIComponent(roomId)}/volunteers`;
    callJson((input, init) => fetch(input, init), url, 'GET', VolunteersNear, undefined).then(
      ({ volunteers }) => {
        if (over) return;
        setNear(volunteers);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (!over) setProblem(errorText(error));
      },
    );
    return () => {
      over = true;
    };
  }, [roomId, place, round]);
  return { near, problem, reload: () => setRound((old) => old + 1) };
}

function stepText(row: VolunteerRow): string {
  if (row.step === 'coming' && row.etaMinutes !== undefined)
    return t('volunteers.eta', { n: row.etaMinutes });
  return t(`volunteers.is.${row.step}`);
}

function Row(props: { row: VolunteerRow; onAlert: () => void }): JSX.Element {
  const { row } = props;
  const { step } = row;
  const age =
    row.positionAgeMs === undefined ? '' : t('volunteers.position', { age: formatSpan(row.positionAgeMs) });
  return (
    <li class="volunteer-row">
      <div class="grow">
        <p>
          <strong>{row.name}</strong>{' '}
          <span class="figures">
            {row.distanceM === undefined ? t('volunteers.noDistance') : distanceText(row.distanceM)}
          </span>
        </p>
        <p class="small soft">
          {row.alertedUtc === undefined
            ? age
            : t('volunteers.alertedAt', { time: formatTime(row.alertedUtc) })}
          {row.phone === undefined ? '' : ` · ${t('phone.line', { n: row.phone })}`}
        </p>
      </div>
      {step === 'free' ? (
        <button type="button" class="button small-button" onClick={props.onAlert}>
          <Icon name="bell" />
          {t('volunteers.alert', { name: row.name })}
        </button>
      ) : (
        <Tag {...(kinds[step] === undefined ? {} : { kind: kinds[step] })}>{stepText(row)}</Tag>
      )}
    </li>
  );
}

/** Needs the room around it; for the centre, which alone may read the register. */
export function VolunteersPanel(): JSX.Element {
  const { session, state } = useRoom();
  const { near, problem, reload } = useNear();
  const rows = volunteerRows(near ?? [], state.value);
  const nearest = nearestFree(rows);
  const alert = (chosen: readonly VolunteerRow[]) =>
    start(() =>
      session.request('volunteer.alert', { volunteerIds: chosen.map(({ volunteerId }) => volunteerId) }),
    );
  return (
    <div class="panel-body volunteers-panel">
      <PanelTitle icon="people">{t('volunteers.title')}</PanelTitle>
      {problem === undefined ? null : (
        <Banner
          kind="warn"
          action={
            <button type="button" class="button small-button" onClick={reload}>
              {t('volunteers.again')}
            </button>
          }
        >
          {problem}
        </Banner>
      )}
      {state.value.bystander.address?.point === undefined ? (
        <p class="small soft">{t('volunteers.noPlace')}</p>
      ) : null}
      <div class="row">
        <button
          type="button"
          class="button primary"
          disabled={nearest.length === 0}
          onClick={() => alert(nearest)}
        >
          <Icon name="bell" />
          {t('volunteers.alertNearest', { n: nearest.length === 0 ? AT_ONCE : nearest.length })}
        </button>
        <button type="button" class="button small-button" onClick={reload}>
          {t('volunteers.refresh')}
        </button>
      </div>
      {near !== undefined && rows.length === 0 ? <p class="soft">{t('volunteers.none')}</p> : null}
      <ul class="plain-list stack tight" aria-live="polite">
        {rows.map((row) => (
          <Row key={row.volunteerId} row={row} onAlert={() => alert([row])} />
        ))}
      </ul>
    </div>
  );
}
