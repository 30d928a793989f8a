/**
 * What of a recording was handed out, for the audit: not one row for each segment of two seconds, but one for each track
 * and ten minutes of a visit, written before the first byte of them leaves. What was really looked at is told beside it by
 * the player (`seen`), as ranges of room time.
 */
import type { RecordingAudit } from './audited.ts';
import type { OpenVisit } from './visits.ts';

export const WINDOW_MS = 600_000;
const VISITS_KEPT = 1000;
/** Ranges in one row: the audit's values have at most 256 characters. */
const RANGES_PER_ROW = 8;

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is handed out: a time of a track, or a thing without time, such as a list, by a code. */
export type Piece = { readonly trackId: string; readonly range?: Range } | { readonly what: string };

export class Looks {
  readonly #audit: RecordingAudit;
  /** What was written of each visit; after a restart it is written once more. */
  readonly #written = new Map<string, Set<string>>();

  constructor(audit: RecordingAudit) {
    this.#audit = audit;
  }

  /** Resolves when the audit says that this piece is handed out. Throws `store-unavailable` when it cannot. */
  async handOut(visit: OpenVisit, roomId: string, principalId: string, piece: Piece): Promise<void> {
    const written = this.#of(visit.visitId);
    for (const details of rowsOf(piece)) {
      const key = JSON.stringify(details);
      if (written.has(key)) continue;
      await this.#audit.write({
        action: 'recording.read',
        allowed: true,
        principalId,
        roomId,
        details: { visitId: visit.visitId, purpose: visit.purpose, ...details },
      });
      written.add(key);
    }
  }

  /** Writes what the player says was looked at. */
  async seen(visit: OpenVisit, roomId: string, principalId: string, ranges: readonly Range[]): Promise<void> {
    const merged = merge(ranges);
    for (let at = 0; at < merged.length; at += RANGES_PER_ROW) {
      const some = merged.slice(at, at + RANGES_PER_ROW);
      await this.#audit.write({
        action: 'recording.seek',
        allowed: true,
        principalId,
        roomId,
        details: {
          visitId: visit.visitId,
          ranges: some.map(({ from, to }) => `${Math.floor(from)}-${Math.ceil(to)}`).join('/'),
        },
      });
    }
  }

  #of(visitId: string): Set<string> {
    const written = this.#written.get(visitId) ?? new Set();
    this.#written.delete(visitId);
    this.#written.set(visitId, written);
    const oldest = this.#written.size > VISITS_KEPT ? this.#written.keys().next().value : undefined;
    if (oldest !== undefined) this.#written.delete(oldest);
    return written;
  }
}

function rowsOf(piece: Piece): Record<string, string | number>[] {
  if ('what' in piece) return [{ what: piece.what }];
  const { trackId, range } = piece;
  if (!range) return [{ trackId, what: 'track' }];
  const first = Math.floor(range.from / WINDOW_MS);
  const last = Math.max(first, Math.ceil(range.to / WINDOW_MS) - 1);
  return Array.from({ length: last - first + 1 }, (_, index) => ({
    trackId,
    from: (first + index) * WINDOW_MS,
    to: (first + index + 1) * WINDOW_MS,
  }));
}

/** Ranges in order, those that touch as one; a range that ends before it begins is turned round. */
export function merge(ranges: readonly Range[]): Range[] {
  const sorted = ranges
    .map(({ from, to }) => (from <= to ? { from, to } : { from: to, to: from }))
    .sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else merged.push({ ...range });
  }
  return merged;
}
