/** What an export is told of the marks that people drew: facts without what only a tracker needs, bounded in size. */
import type { StrokePoint } from '../../ar-annotations/scene/types.ts';
import type { LogEntry } from '../protocol/entry.ts';
import type { SceneFact } from '../protocol/events-marks.ts';
import { MAX_DRAWN_FACTS } from '../protocol/recorder-http.ts';
import type { ExportRequest } from '../protocol/recordings.ts';

/** A stroke that is being drawn when the clip ends is finished within this time. */
const DRAWING_MS = 60_000;
/** About 25 bytes each, of the 8 MB that a recorder reads. */
const POINTS_MAX = 150_000;

export interface DrawnFact {
  readonly at: number;
  readonly fact: SceneFact;
}

/** Facts of the scene up to the end of the clip; marks of the chosen cameras only. */
export function exportDrawn(
  entries: readonly LogEntry[],
  { trackIds, to, showMarks }: Pick<ExportRequest, 'trackIds' | 'to' | 'showMarks'>,
): DrawnFact[] {
  if (showMarks === false) return [];
  const facts = entries
    .filter(({ at }) => at <= to + DRAWING_MS)
    .flatMap(({ at, events }) =>
      events.flatMap((event): DrawnFact[] => {
        switch (event.type) {
          case 'MarkAdded': {
            const { surface } = event.mark;
            return surface.kind === 'video' && trackIds.includes(surface.producerId)
              ? [{ at, fact: event }]
              : [];
          }
          case 'MarksErased':
          case 'MarksRestored':
            return [{ at, fact: event }];
          default:
            return [];
        }
      }),
    )
    .slice(-MAX_DRAWN_FACTS);
  const points = facts.reduce((sum, { fact }) => sum + pointsOf(fact).length, 0);
  const every = Math.max(1, Math.ceil(points / POINTS_MAX));
  return facts.map(({ at, fact }) => ({ at, fact: slim(fact, every) }));
}

function pointsOf(fact: SceneFact): readonly StrokePoint[] {
  return fact.type === 'MarkAdded' && fact.mark.shape.kind === 'stroke' ? fact.mark.shape.points : [];
}

function slim(fact: SceneFact, every: number): SceneFact {
  if (fact.type !== 'MarkAdded') return fact;
  const { mark } = fact;
  const anchor = mark.anchor.kind === 'scene' ? { ...mark.anchor, reference: '' } : mark.anchor;
  const { shape } = mark;
  if (shape.kind !== 'stroke') return { ...fact, mark: { ...mark, anchor } };
  const last = shape.points.length - 1;
  const points = shape.points
    .filter((_, index) => index % every === 0 || index === last)
    .map(([x, y, pressure, ms]): StrokePoint => [round(x), round(y), round(pressure), Math.round(ms)]);
  return { ...fact, mark: { ...mark, anchor, shape: { ...shape, points } } };
}

/** A tenth of a pixel of a 1080p picture. */
function round(value: number): number {
  return Math.round(value * 20_000) / 20_000;
}
