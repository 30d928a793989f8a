/** Every track with its source, its losses and its gaps. */
import type { JSX } from 'preact';
import type { Gap } from '../../../signaling/protocol/manifest.ts';
import type { TrackView } from '../../../signaling/protocol/recordings.ts';
import { isFault } from '../../core/review/coverage.ts';
import { formatNumber } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Tag } from '../../ui/controls.tsx';
import { useChanges } from '../../ui/hooks.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { clockAt, useReviewing } from './reviewing.ts';
import { trackTitle } from './track-view.ts';

const icons: Readonly<Record<TrackView['kind'], IconName>> = {
  video: 'camera',
  audio: 'mic',
  messages: 'chat',
};
const MOST_GAPS = 20;

function GapLine(props: { gap: Gap }): JSX.Element {
  const reviewing = useReviewing();
  const { gap } = props;
  const clock = `${clockAt(reviewing, gap.from)}–${clockAt(reviewing, gap.to)}`;
  return (
    <li>
      <button
        type="button"
        class="link-button figures"
        aria-label={t('tracks.goGap', { clock })}
        onClick={() => reviewing.player.seek(gap.from)}
      >
        {clock}
      </button>{' '}
      {t(`gap.${gap.cause}`)} {gap.filled === undefined ? null : <Tag icon="ambulance">{t('tile.fill')}</Tag>}
    </li>
  );
}

function Track(props: { track: TrackView; gaps: readonly Gap[] }): JSX.Element {
  const reviewing = useReviewing();
  const { track, gaps } = props;
  const faults = gaps.filter((gap) => isFault(gap) || gap.filled !== undefined);
  const size = track.inits.at(-1);
  return (
    <li class="track-row stack tight">
      <div class="row">
        <Icon name={icons[track.kind]} />
        <strong class="grow">{trackTitle(track)}</strong>
        <span class="small soft">
          {track.mimeType?.replace(/^\w+\//, '')}{' '}
          {size?.width === undefined ? '' : `${size.width} × ${size.height}`}
        </span>
      </div>
      <p class="small soft">
        {[
          track.sender === undefined ? undefined : t('tracks.by', { name: track.sender }),
          t('tracks.span', { from: clockAt(reviewing, track.from), to: clockAt(reviewing, track.to) }),
          t('tracks.lost', {
            n: formatNumber(track.statistics.lost),
            all: formatNumber(track.statistics.packets + track.statistics.lost),
          }),
        ]
          .filter((each) => each !== undefined)
          .join(' · ')}
      </p>
      {faults.length === 0 ? (
        <p class="small soft">{t('tracks.none')}</p>
      ) : (
        <ul class="small stack tight track-gaps" aria-label={t('tracks.gaps', { n: faults.length })}>
          {faults.slice(0, MOST_GAPS).map((gap) => (
            <GapLine key={gap.from} gap={gap} />
          ))}
        </ul>
      )}
    </li>
  );
}

export function TracksPanel(): JSX.Element {
  const { session, player } = useReviewing();
  useChanges(session);
  useChanges(player);
  const lanes = new Map(player.lanes.map((lane) => [lane.trackId, lane]));
  return (
    <ul class="panel stack loose">
      {session.view.tracks.map((track) => (
        <Track key={track.trackId} track={track} gaps={lanes.get(track.trackId)?.gaps ?? track.gaps} />
      ))}
    </ul>
  );
}
