/** The state of the recording in words. */
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { nameOf, utcOf } from './names.ts';
import type { RecordingView } from './recording-view.ts';

/** Who switched it, by name; rooms start their recording by themselves. */
export function switchedBy(state: RoomState, by: string): string {
  return nameOf(state, by) ?? (by === 'system' ? t('recording.bySystem') : t('recording.byGone'));
}

/** The reason as it was given; the one that the room itself gives is put into words. */
export function reasonGiven(reason: string): string {
  return reason === 'default' ? t('recording.reasonDefault') : reason;
}

/** A few words for the tag in the top bar. */
export function shortText(state: RoomState, view: RecordingView): string {
  switch (view.kind) {
    case 'recording':
      return t('recording.safeUntil', { time: formatTime(utcOf(state, view.safeUntil)) });
    case 'stalled':
    case 'away':
      return t(`recording.${view.kind}`, { time: formatTime(utcOf(state, view.since)) });
    default:
      return t(`recording.${view.kind}`);
  }
}

/** A sentence or two for the bar across the page; empty where nothing is wrong. */
export function longText(state: RoomState, view: RecordingView): string {
  if (view.kind === 'off') {
    return t('recording.offLong', {
      name: switchedBy(state, view.by),
      time: formatTime(utcOf(state, view.since)),
      reason: reasonGiven(view.reason),
    });
  }
  if (view.kind !== 'stalled' && view.kind !== 'away') return '';
  const names = view.sources
    .map((id) => state.sources[id]?.source.label)
    .filter((each) => each !== undefined);
  const what =
    names.length === 0 ? t('recording.stalledAll') : t('recording.stalledSome', { names: names.join(', ') });
  return `${what} ${t(`recording.cause.${view.cause}`)}`;
}
