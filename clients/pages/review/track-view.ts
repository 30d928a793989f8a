/** Tracks in words. Pure but for the language. */
import type { TrackView } from '../../../signaling/protocol/recordings.ts';
import type { Moment } from '../../core/review/coverage.ts';
import { t } from '../../i18n/index.ts';
import { clockAt, type Reviewing } from './reviewing.ts';

export function trackTitle(track: TrackView): string {
  if (track.title !== undefined) return track.title;
  return track.role === undefined ? t('tracks.messages') : t(`sourceRole.${track.role}`);
}

/** What stands on the tile where there is no media; undefined where there is. */
export function absence(reviewing: Reviewing, kind: 'video' | 'audio', moment: Moment): readonly string[] {
  const clock = (at: number) => clockAt(reviewing, at);
  switch (moment.kind) {
    case 'gap': {
      const span = { from: clock(moment.from), to: clock(moment.to) };
      const what = kind === 'video' ? t('tile.gapPicture', span) : t('tile.gapSound', span);
      return [what, t(`gap.${moment.cause}`)];
    }
    case 'before':
      return [t('tile.before', { at: clock(moment.at) })];
    case 'after':
      return [t('tile.after', { at: clock(moment.at) })];
    default:
      return [];
  }
}
