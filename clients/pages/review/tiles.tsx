/** The pictures: one large, the others small, all elements staying where they are in the document. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Lane } from '../../core/review/lane.ts';
import { t } from '../../i18n/index.ts';
import { useChanges } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { DrawnOnTile } from './drawn-on-tile.tsx';
import { useReviewing } from './reviewing.ts';
import { absence, trackTitle } from './track-view.ts';

/** The elements belong to the player; the tile only gives them a place. */
function Pictures(props: { lane: Lane; covered: boolean; filled: boolean }): JSX.Element {
  const { lane } = props;
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = place.current;
    lane.element.className = 'picture own';
    lane.fill.element.className = 'picture fill';
    box?.append(lane.element, lane.fill.element);
    return () => box?.replaceChildren();
  }, [lane]);
  const state = `${props.covered ? ' covered' : ''}${props.filled ? ' filled' : ''}`;
  return <div class={`review-pictures${state}`} ref={place} aria-hidden="true" />;
}

function Cover(props: { lane: Lane }): JSX.Element | null {
  const reviewing = useReviewing();
  useChanges(reviewing.player);
  const { moment, filled, loading, problem } = props.lane.view;
  if (problem !== undefined) {
    const codec = props.lane.track.mimeType ?? '';
    const text = problem === 'codec' ? t('tile.problem.codec', { codec }) : t(`tile.problem.${problem}`);
    return (
      <div class="review-cover bad">
        <Icon name="warn" />
        <span>{text}</span>
      </div>
    );
  }
  const lines = filled === undefined ? absence(reviewing, 'video', moment) : [];
  if (lines.length > 0) {
    return (
      <div class={moment.kind === 'gap' ? 'review-cover gap' : 'review-cover'}>
        {moment.kind === 'gap' ? <Icon name="camera-off" /> : null}
        {lines.map((line, n) => (n === 0 ? <strong key={n}>{line}</strong> : <span key={n}>{line}</span>))}
      </div>
    );
  }
  return loading ? (
    <div class="review-loading">
      <span class="spinner" aria-hidden="true" />
      <span>{t('tile.loading')}</span>
    </div>
  ) : null;
}

function Tile(props: { lane: Lane; number: number }): JSX.Element {
  const { lane, number } = props;
  const { player } = useReviewing();
  useChanges(player);
  const large = player.large === lane.trackId;
  const title = trackTitle(lane.track);
  const { moment, filled, problem } = lane.view;
  const absent = problem !== undefined || moment.kind === 'before' || moment.kind === 'after';
  const covered = absent || (moment.kind === 'gap' && filled === undefined);
  return (
    <li class={large ? 'review-tile large' : 'review-tile'} data-track={lane.trackId}>
      <Pictures lane={lane} covered={covered} filled={filled !== undefined} />
      {covered || filled !== undefined ? null : <DrawnOnTile lane={lane} />}
      <Cover lane={lane} />
      <div class="review-caption">
        <div class="picture-caption">
          {number <= 9 ? <kbd class="tile-number inline">{number}</kbd> : null}
          <span class="caption-name one-line">{title}</span>
          {lane.track.sender === undefined ? null : (
            <span class="caption-owner one-line">{lane.track.sender}</span>
          )}
          {lane.track.owner.patientId === 'scene' ? null : (
            <span class="patient-chip">{lane.track.owner.patientId}</span>
          )}
        </div>
        {filled === undefined ? null : (
          <span class="fill-badge">
            <Icon name="ambulance" />
            {t('tile.fill')}
          </span>
        )}
      </div>
      {large ? null : (
        <button
          type="button"
          class="tile-key"
          aria-label={t('tile.makeLarge', { name: title })}
          onClick={() => player.setLarge(lane.trackId)}
        />
      )}
    </li>
  );
}

export function Tiles(): JSX.Element {
  const { player } = useReviewing();
  useChanges(player);
  const pictures = player.lanes.filter(({ kind }) => kind === 'video');
  if (pictures.length === 0) {
    return (
      <div class="stage-empty">
        <Icon name="camera-off" />
        <strong>{t('tile.noPictures')}</strong>
      </div>
    );
  }
  const small = pictures.length - 1;
  return (
    <ul class="review-tiles" data-small={Math.min(small, 8)} aria-label={t('tile.pictures')}>
      {pictures.map((lane, index) => (
        <Tile key={lane.trackId} lane={lane} number={index + 1} />
      ))}
    </ul>
  );
}

/** One key for each sound; what is missing of it is said on the key. */
export function Sounds(): JSX.Element | null {
  const reviewing = useReviewing();
  const { player } = reviewing;
  useChanges(player);
  const sounds = player.lanes.filter(({ kind }) => kind === 'audio');
  return sounds.length === 0 ? null : (
    <ul class="review-sounds" aria-label={t('tile.sounds')}>
      {sounds.map((lane) => (
        <Sound key={lane.trackId} lane={lane} />
      ))}
    </ul>
  );
}

function Sound(props: { lane: Lane }): JSX.Element {
  const { lane } = props;
  const reviewing = useReviewing();
  const { player } = reviewing;
  useChanges(player);
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const box = place.current;
    box?.append(lane.element, lane.fill.element);
    return () => box?.replaceChildren();
  }, [lane]);
  const muted = player.isMuted(lane.trackId);
  const name = [trackTitle(lane.track), lane.track.sender].filter((each) => each !== undefined).join(' · ');
  const { moment, filled, problem } = lane.view;
  const missing = filled === undefined ? absence(reviewing, 'audio', moment) : [t('tile.fill')];
  const fault =
    problem === undefined
      ? missing.join(': ')
      : problem === 'codec'
        ? t('tile.problem.codec', { codec: lane.track.mimeType ?? '' })
        : t(`tile.problem.${problem}`);
  return (
    <li>
      <button
        type="button"
        class="button small-button"
        aria-pressed={!muted}
        aria-label={muted ? t('tile.unmute', { name }) : t('tile.mute', { name })}
        onClick={() => player.setMuted(lane.trackId, !muted)}
      >
        <Icon name={muted ? 'speaker-off' : 'speaker'} />
        <span class="one-line">{name}</span>
      </button>
      {fault === '' ? null : <span class="small soft one-line">{fault}</span>}
      <span hidden ref={place} />
    </li>
  );
}
