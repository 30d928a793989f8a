/** The keys of the player. */
import type { JSX, RefObject } from 'preact';
import { FASTEST_AUDIBLE, SPEEDS } from '../../core/review/player.ts';
import { formatNumber } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { IconButton, inputValue } from '../../ui/controls.tsx';
import { useChanges } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { copyLink, jump, jumpToMark, step, toggleDrawn, togglePlay } from './commands.ts';
import { clockAt, usePosition, useReviewing, wallAt } from './reviewing.ts';
import { useFullScreen } from './use-full-screen.ts';

function Now(): JSX.Element {
  const reviewing = useReviewing();
  const { player, session } = reviewing;
  const position = usePosition(player, 250);
  return (
    <div class="player-now figures">
      <span>
        <strong data-position={Math.round(position)}>{clockAt(reviewing, position)}</strong>
        <span class="soft"> / {clockAt(reviewing, session.view.to)}</span>
      </span>
      <span class="small soft" title={t('play.wall')}>
        {wallAt(reviewing, position)}
      </span>
    </div>
  );
}

function Speed(): JSX.Element {
  const { player } = useReviewing();
  useChanges(player);
  return (
    <>
      <select
        class="input player-speed"
        aria-label={t('play.speed')}
        value={String(player.speed)}
        onChange={(event) => {
          const chosen = SPEEDS.find((speed) => String(speed) === inputValue(event));
          if (chosen !== undefined) player.setSpeed(chosen);
        }}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={String(speed)}>
            {formatNumber(speed, speed % 1 === 0 ? 0 : 2)} ×
          </option>
        ))}
      </select>
      {player.speed > FASTEST_AUDIBLE ? (
        <span class="small player-silent">
          <Icon name="speaker-off" />
          {t('play.silent')}
        </span>
      ) : null}
    </>
  );
}

function Live(): JSX.Element | null {
  const { session, player } = useReviewing();
  useChanges(session);
  useChanges(player);
  if (!session.view.live) return null;
  return (
    <button
      type="button"
      class="button small-button player-live"
      aria-pressed={player.following}
      title={player.following ? t('play.liveNow') : t('play.liveGo')}
      aria-keyshortcuts="L"
      onClick={() => player.followLive()}
    >
      <Icon name="spot" />
      {t('play.live')}
    </button>
  );
}

function Moves(): JSX.Element {
  const reviewing = useReviewing();
  return (
    <>
      <IconButton
        icon="mark-back"
        label={t('play.markBack')}
        shortcut="P"
        onClick={() => jumpToMark(reviewing, -1)}
      />
      <button
        type="button"
        class="button jump wide-only-inline"
        aria-label={t('play.back30')}
        title={`${t('play.back30')} (⇧ ←)`}
        onClick={() => jump(reviewing, -30_000)}
      >
        −30
      </button>
      <button
        type="button"
        class="button jump"
        aria-label={t('play.back5')}
        title={`${t('play.back5')} (←)`}
        onClick={() => jump(reviewing, -5000)}
      >
        −5
      </button>
      <IconButton
        icon="step-back"
        label={t('play.frameBack')}
        shortcut=","
        onClick={() => step(reviewing, -1)}
      />
      <Play />
      <IconButton icon="step-on" label={t('play.frameOn')} shortcut="." onClick={() => step(reviewing, 1)} />
      <button
        type="button"
        class="button jump"
        aria-label={t('play.on5')}
        title={`${t('play.on5')} (→)`}
        onClick={() => jump(reviewing, 5000)}
      >
        +5
      </button>
      <button
        type="button"
        class="button jump wide-only-inline"
        aria-label={t('play.on30')}
        title={`${t('play.on30')} (⇧ →)`}
        onClick={() => jump(reviewing, 30_000)}
      >
        +30
      </button>
      <IconButton
        icon="mark-on"
        label={t('play.markOn')}
        shortcut="N"
        onClick={() => jumpToMark(reviewing, 1)}
      />
    </>
  );
}

function Play(): JSX.Element {
  const reviewing = useReviewing();
  const { player } = reviewing;
  useChanges(player);
  const label = player.playing ? t('play.pause') : t('play.play');
  return (
    <button
      type="button"
      class="button primary icon-only player-play"
      aria-label={label}
      aria-keyshortcuts="Space"
      aria-busy={player.waiting}
      title={`${player.waiting ? t('play.waiting') : label} (␣)`}
      onClick={() => togglePlay(reviewing)}
    >
      {player.waiting ? (
        <span class="spinner" aria-hidden="true" />
      ) : (
        <Icon name={player.playing ? 'pause' : 'play'} />
      )}
    </button>
  );
}

/** Only where somebody has drawn something. */
function DrawnSwitch(): JSX.Element | null {
  const reviewing = useReviewing();
  const { session, player, drawnShown } = reviewing;
  useChanges(session);
  const isDrawnOn = player.lanes.some(({ trackId }) => session.drawn.hasMarks(trackId));
  if (!isDrawnOn) return null;
  return (
    <IconButton
      icon={drawnShown ? 'eye' : 'eye-off'}
      label={drawnShown ? t('drawn.hide') : t('drawn.show')}
      shortcut="H"
      onClick={() => toggleDrawn(reviewing)}
    />
  );
}

export function PlayerBar(props: { stage: RefObject<HTMLElement | null>; onKeys: () => void }): JSX.Element {
  const reviewing = useReviewing();
  const full = useFullScreen(props.stage);
  return (
    <div class="controls-bar player-bar" role="toolbar" aria-label={t('play.label')}>
      <Now />
      <Live />
      <span class="controls-gap grow" />
      <Moves />
      <span class="controls-gap grow" />
      <DrawnSwitch />
      <Speed />
      <IconButton icon="copy" label={t('play.link')} onClick={() => start(() => copyLink(reviewing))} />
      {full === undefined ? null : (
        <IconButton
          icon={full.on ? 'full-exit' : 'full'}
          label={full.on ? t('full.leave') : t('full.enter')}
          shortcut="F"
          onClick={full.toggle}
        />
      )}
      <IconButton
        class="wide-only-inline"
        icon="keyboard"
        label={t('keys.title')}
        shortcut="?"
        onClick={props.onKeys}
      />
    </div>
  );
}
