/** What is known of a track's segments: asked in windows around the playhead, never as a whole. */
import type { Gap } from '../../../signaling/protocol/manifest.ts';
import type { SegmentList, SegmentView } from '../../../signaling/protocol/recordings.ts';
import type { Span } from './coverage.ts';

/** One question covers this much of a track. */
export const WINDOW_MS = 120_000;
/** How soon the end of a recording that goes on, or a question that failed, is asked for again. */
const AGAIN_MS = 1000;

interface Window {
  /** Answered up to this room time. */
  completeTo: number;
  asking: boolean;
  /** Not before this time of `performance.now()`. */
  notBefore: number;
}

export type AskWindow = (from: number, to: number) => Promise<SegmentList>;

export class SegmentIndex {
  readonly #ask: AskWindow;
  readonly #now: () => number;
  readonly #windows = new Map<number, Window>();
  readonly #byNumber = new Map<number, SegmentView>();
  #sorted: SegmentView[] = [];
  #gaps: readonly Gap[] = [];

  constructor(ask: AskWindow, now: () => number = () => performance.now()) {
    this.#ask = ask;
    this.#now = now;
  }

  /** All known segments, by time. */
  get segments(): readonly SegmentView[] {
    return this.#sorted;
  }

  /** Gaps that windows told of; newer than those the player began with. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  isKnown(at: number): boolean {
    const window = this.#windows.get(Math.floor(at / WINDOW_MS));
    return window !== undefined && at < window.completeTo;
  }

  around(span: Span): readonly SegmentView[] {
    return this.#sorted.filter((segment) => segment.to > span.from && segment.from < span.to);
  }

  /**
   * Asks for what is missing of a span. Resolves when it is there; rejects with what the server said.
   * @param end of the track as known now: nothing is asked for behind it.
   */
  async ensure(span: Span, end: number): Promise<void> {
    const first = Math.floor(Math.max(0, span.from) / WINDOW_MS);
    const last = Math.floor(Math.max(0, Math.min(span.to, end)) / WINDOW_MS);
    for (let number = first; number <= last; number += 1) {
      if (this.#isDue(number, Math.min(end, span.to))) await this.#fetch(number);
    }
  }

  #isDue(number: number, wantedTo: number): boolean {
    const window = this.#windows.get(number);
    if (window === undefined) return true;
    const enough = Math.min(wantedTo, (number + 1) * WINDOW_MS);
    return !window.asking && window.completeTo < enough && this.#now() >= window.notBefore;
  }

  async #fetch(number: number): Promise<void> {
    const start = number * WINDOW_MS;
    const window = this.#windows.get(number) ?? { completeTo: start, asking: false, notBefore: 0 };
    this.#windows.set(number, window);
    window.asking = true;
    window.notBefore = this.#now() + AGAIN_MS;
    try {
      const list = await this.#ask(window.completeTo, start + WINDOW_MS);
      this.#take(list.segments);
      this.#gaps = mergeGaps(this.#gaps, list.gaps);
      window.completeTo = Math.max(window.completeTo, Math.min(start + WINDOW_MS, list.completeTo));
    } finally {
      window.asking = false;
    }
  }

  #take(segments: readonly SegmentView[]): void {
    for (const segment of segments) this.#byNumber.set(segment.n, segment);
    this.#sorted = [...this.#byNumber.values()].sort((a, b) => a.from - b.from || a.n - b.n);
  }
}

/**
 * What two answers say together, whichever came first: gaps only grow, and a part that was filled stays filled. A gap may
 * be filled in parts; then the rest of it is what an older answer still names as a whole.
 */
export function mergeGaps(known: readonly Gap[], later: readonly Gap[]): readonly Gap[] {
  const merged = new Map<string, Gap>();
  for (const gap of [...known, ...later]) {
    const key = `${gap.from}`;
    const old = merged.get(key);
    const tellsMore = gap.filled !== undefined || (old?.filled === undefined && gap.to > (old?.to ?? 0));
    if (old === undefined || tellsMore) merged.set(key, gap);
  }
  const all = [...merged.values()];
  const filled = all.filter((gap) => gap.filled !== undefined);
  const rest = all.filter((gap) => gap.filled === undefined).flatMap((gap) => restOf(gap, filled));
  let named = Number.NEGATIVE_INFINITY;
  const open = inOrder(rest).filter(({ to }) => {
    const isNew = to > named;
    named = Math.max(named, to);
    return isNew;
  });
  return inOrder([...filled, ...open]);
}

const inOrder = (gaps: readonly Gap[]) => [...gaps].sort((a, b) => a.from - b.from);

/** The parts of a gap that lie in none of the others. */
function restOf(gap: Gap, others: readonly Gap[]): readonly Gap[] {
  return others.reduce<readonly Gap[]>(
    (parts, { from, to }) =>
      parts.flatMap((part) =>
        to <= part.from || from >= part.to
          ? [part]
          : [
              { ...part, to: from },
              { ...part, from: to },
            ].filter((each) => each.to > each.from),
      ),
    [gap],
  );
}
