/** What keys and buttons of the player do, once for both. */
import { nextMark, previousMark, shownMarks } from '../../core/review/marks.ts';
import { SPEEDS } from '../../core/review/player.ts';
import { t } from '../../i18n/index.ts';
import { announce, tell } from '../../ui/announcer.tsx';
import { copyText } from '../../ui/download.ts';
import { reviewPath } from '../../ui/route.ts';
import { clockAt, type Reviewing, wallAt } from './reviewing.ts';

/** Says where the playhead stands after a jump that nobody sees. */
function say(reviewing: Reviewing): void {
  const at = reviewing.player.position;
  announce(t('play.said', { clock: clockAt(reviewing, at), wall: wallAt(reviewing, at) }));
}

export function togglePlay({ player }: Reviewing): void {
  if (player.playing) player.pause();
  else player.play();
}

export function jump(reviewing: Reviewing, ms: number): void {
  reviewing.player.seek(reviewing.player.position + ms);
  say(reviewing);
}

export function step(reviewing: Reviewing, direction: 1 | -1): void {
  reviewing.player.step(direction);
}

/** To the next shown event, or the one before; stays where there is none. */
export function jumpToMark(reviewing: Reviewing, direction: 1 | -1): void {
  const { player, session, hidden } = reviewing;
  const marks = shownMarks(session.view.marks, hidden);
  const { position } = player;
  const mark = direction === 1 ? nextMark(marks, position) : previousMark(marks, position, player.playing);
  if (mark === undefined) return;
  player.seek(mark.at);
  announce(
    `${t(`mark.${mark.kind}`)}. ${t('play.said', { clock: clockAt(reviewing, mark.at), wall: wallAt(reviewing, mark.at) })}`,
  );
}

export function changeSpeed({ player }: Reviewing, direction: 1 | -1): void {
  const at = SPEEDS.findIndex((speed) => speed === player.speed);
  const next = SPEEDS[at + direction];
  if (next !== undefined) player.setSpeed(next);
}

export function toggleSound({ player }: Reviewing): void {
  const sounds = player.lanes.filter(({ kind }) => kind === 'audio');
  const muted = sounds.every((lane) => player.isMuted(lane.trackId));
  for (const lane of sounds) player.setMuted(lane.trackId, !muted);
}

/** Marks that people drew: seen, or the picture alone. */
export function toggleDrawn({ drawnShown, setDrawnShown }: Reviewing): void {
  setDrawnShown(!drawnShown);
  announce(drawnShown ? t('drawn.areHidden') : t('drawn.areShown'));
}

/** The link holds the room and a moment; whoever opens it needs the role and a reason of their own. */
export async function copyLink({ session, player }: Reviewing): Promise<void> {
  const address = `${location.origin}${reviewPath(session.api.recordingId, player.position)}`;
  const copied = await copyText(address);
  tell(copied ? t('play.linkCopied') : address, copied ? 'good' : 'info');
}
