/** One recording in the list. */
import type { JSX } from 'preact';
import type { RecordingSummary } from '../../../signaling/protocol/recordings.ts';
import { formatClock, formatDateTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Tag } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { reviewPath } from '../../ui/route.ts';
import { followLink } from '../../ui/router.ts';
import { shortIncident } from '../rooms/rooms-view.ts';
import { deletionText } from './deletion-text.ts';

export function StateTag(props: { summary: RecordingSummary }): JSX.Element {
  const { state } = props.summary;
  const text = t(`review.state.${state}`);
  if (state === 'sealed')
    return (
      <Tag kind="good" icon="seal">
        {text}
      </Tag>
    );
  if (state === 'failed')
    return (
      <Tag kind="bad" icon="warn">
        {text}
      </Tag>
    );
  if (state === 'recording')
    return (
      <Tag kind="note" icon="spot">
        {text}
      </Tag>
    );
  return <Tag icon={state === 'destroyed' ? 'remove' : 'clock'}>{text}</Tag>;
}

export function Flags(props: { summary: RecordingSummary }): JSX.Element {
  const { summary } = props;
  return (
    <>
      {summary.drill ? (
        <Tag kind="warn" icon="flag">
          {t('drill.short')}
        </Tag>
      ) : null}
      {summary.legalHold === undefined ? null : (
        <Tag
          icon="lock"
          title={t('review.holdBy', { name: summary.legalHold.by, reason: summary.legalHold.reason })}
        >
          {t('review.hold')}
        </Tag>
      )}
    </>
  );
}

/** Tracks and gaps are counted when the room has ended: before, nothing true can be said of them. */
function Counts({ summary }: { summary: RecordingSummary }): JSX.Element | null {
  if (summary.state === 'recording') return null;
  return (
    <>
      <Tag icon="film">{t('review.tracks', { n: summary.tracks })}</Tag>
      {summary.gaps === 0 ? (
        <Tag>{t('review.noGaps')}</Tag>
      ) : (
        <Tag kind="warn" icon="warn">
          {t('review.gaps', { n: summary.gaps })}
        </Tag>
      )}
    </>
  );
}

export function RecordingRow(props: {
  summary: RecordingSummary;
  unitNames: ReadonlyMap<string, string>;
}): JSX.Element {
  const { summary, unitNames } = props;
  const path = reviewPath(summary.recordingId);
  const gone = summary.state === 'destroyed';
  const patients = summary.patients.map(({ patientId, name }) =>
    name === undefined ? patientId : `${patientId} ${name}`,
  );
  const units = summary.unitIds.map((id) => unitNames.get(id) ?? t('rooms.unit'));
  return (
    <li class={gone ? 'card recording-row gone' : 'card recording-row'}>
      <div class="recording-when figures">
        <strong>{formatDateTime(summary.startedUtc)}</strong>
        <span class="small soft">{t('review.lasted', { clock: formatClock(summary.durationMs) })}</span>
      </div>
      <div class="recording-what">
        <h2 class="one-line">{summary.title}</h2>
        <p class="small soft">
          {[t('rooms.incident', { id: shortIncident(summary.incidentId) }), ...units, ...patients].join(
            ' · ',
          )}
        </p>
        {summary.people.length === 0 ? null : (
          <p class="small recording-people">
            <Icon name="people" />
            <span>{summary.people.join(', ')}</span>
          </p>
        )}
      </div>
      <div class="row recording-tags">
        <StateTag summary={summary} />
        <Flags summary={summary} />
        <Counts summary={summary} />
        <Tag icon={summary.reviewedBy === undefined ? 'eye' : 'check'}>
          {summary.reviewedBy === undefined
            ? t('review.notReviewed')
            : t('review.reviewedBy', { name: summary.reviewedBy })}
        </Tag>
      </div>
      {gone ? (
        <div class="small soft recording-open">
          <p>{t('review.deleted')}</p>
          {summary.deletion === undefined ? null : <p>{deletionText(summary.deletion)}</p>}
        </div>
      ) : (
        <a class="button primary recording-open" href={path} onClick={(event) => followLink(event, path)}>
          {t('review.open')}
          <span class="visually-hidden">{summary.title}</span>
        </a>
      )}
    </li>
  );
}
