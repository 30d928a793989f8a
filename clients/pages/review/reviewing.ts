/** What the parts of the player page share. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { MarkKind } from '../../core/review/marks.ts';
import type { Player } from '../../core/review/player.ts';
import type { ReviewSession } from '../../core/review/session.ts';
import { formatClock, formatTime } from '../../i18n/format.ts';

export interface Reviewing {
  readonly session: ReviewSession;
  readonly player: Player;
  /** Kinds of events that are neither shown nor jumped to. */
  readonly hidden: ReadonlySet<MarkKind>;
  readonly setHidden: (hidden: ReadonlySet<MarkKind>) => void;
  /** Whether marks that people drew are seen on the pictures. */
  readonly drawnShown: boolean;
  readonly setDrawnShown: (shown: boolean) => void;
}

export const ReviewingContext = createContext<Reviewing | undefined>(undefined);

export function useReviewing(): Reviewing {
  const reviewing = useContext(ReviewingContext);
  if (reviewing === undefined) throw new Error('A part of the player stands outside it.');
  return reviewing;
}

/** The position, rendered again at most every `everyMs` while it moves. */
export function usePosition(player: Player, everyMs: number): number {
  const [position, setPosition] = useState(player.position);
  useEffect(() => {
    let last = 0;
    let shown = Number.NaN;
    return player.on('time', (at) => {
      const now = performance.now();
      // Standing still, the last place is shown exactly.
      if (at === shown || (player.playing && now - last < everyMs)) return;
      last = now;
      shown = at;
      setPosition(at);
    });
  }, [player, everyMs]);
  return position;
}

/** Time since the beginning of the recording, as on the time bar. */
export function clockAt({ session }: Reviewing, at: number): string {
  return formatClock(at - session.view.from);
}

export function wallAt({ session }: Reviewing, at: number): string {
  return formatTime(session.view.anchorUtc + at);
}
