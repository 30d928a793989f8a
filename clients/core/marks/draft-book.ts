/**
 * Drafts of a room as one peer hears of them: from the socket, from the data channel `preview`, and its own. Nobody can add to the
 * draft of another.
 */
import {
  type DraftsState,
  evolveDrafts,
  initialDrafts,
  type OpenDraft,
  openDrafts,
} from '../../../ar-annotations/scene/drafts.ts';
import type { Draft, DraftPoints, MarkKind, Surface } from '../../../ar-annotations/scene/types.ts';
import { DraftPoints as DraftPointsParser } from '../../../signaling/protocol/marks.ts';
import type { Clock } from '../clock.ts';
import type { MarkNotified } from '../types.ts';
import { fromBytes, type MarkRoom, ownMarksOf } from './room.ts';

/** How often it is looked for authors who fell silent. */
const LOOK_MS = 500;
/** Senders remembered of drafts whose beginning has not come. */
const EARLY_KEPT = 64;

export class DraftBook {
  readonly #room: MarkRoom;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #stops: (() => void)[];
  /** Own pens that are down: what others are told of their end does not end them here. */
  readonly #own = new Set<string>();
  readonly #senders = new Map<string, string>();
  #state: DraftsState = initialDrafts();
  #shown = 0;

  constructor(room: MarkRoom, clock: Clock, changed: () => void) {
    this.#room = room;
    this.#clock = clock;
    this.#changed = changed;
    const own = ownMarksOf(room);
    this.#stops = [
      own.on('begun', (draft) => this.#begun(draft)),
      own.on('points', (points) => this.#grow(room.peerId, points)),
      own.on('cancelled', ({ markId }) => {
        if (!this.#own.has(markId)) this.#evolve({ type: 'ended', markId });
      }),
      room.on('marks', (notified) => this.#handle(notified)),
      room.on('state', () => this.#endStated()),
      room.data.listen('preview', ({ peerId }, bytes) => {
        const parsed = DraftPointsParser.safeParse(fromBytes(bytes));
        if (parsed.success) this.#grow(peerId, parsed.data);
      }),
      clock.every(LOOK_MS, () => this.#look()),
    ];
  }

  /** Oldest first, without those whose author is silent. */
  get open(): OpenDraft[] {
    return openDrafts(this.#state, this.#clock.monotonic());
  }

  /** Who draws what, by peer id. */
  get drawing(): ReadonlyMap<string, { readonly kind: MarkKind; readonly surface: Surface }> {
    return new Map(this.open.map(({ draft: { author, kind, surface } }) => [author, { kind, surface }]));
  }

  begin(draft: Draft): void {
    this.#own.add(draft.markId);
    this.#evolve({ type: 'begun', draft });
    ownMarksOf(this.#room).emit('begun', draft);
  }

  points(points: DraftPoints): void {
    this.#evolve({ type: 'points', points });
    ownMarksOf(this.#room).emit('points', points);
  }

  /** The own pen is up: the draft is what others see until the fact comes, or over. */
  release(markId: string, isOver: boolean): void {
    this.#own.delete(markId);
    if (isOver) {
      this.#evolve({ type: 'ended', markId });
      ownMarksOf(this.#room).emit('cancelled', { markId });
    } else this.#endStated();
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #handle({ name, data }: MarkNotified): void {
    if (name === 'mark.begun') this.#begun(data.draft);
    else if (name === 'mark.points') this.#grow(data.peerId, data.points);
    else if (name === 'mark.cancelled') {
      const author = this.#state.open[data.markId]?.draft.author ?? data.peerId;
      if (author === data.peerId && !this.#own.has(data.markId)) {
        this.#evolve({ type: 'ended', markId: data.markId });
      }
    }
  }

  #begun(draft: Draft): void {
    const { markId, author } = draft;
    if (this.#own.has(markId)) return;
    if (Object.hasOwn(this.#room.state.marks.scene.marks, markId)) return;
    // Points that somebody else sent under this name would stand in the mark.
    if ((this.#senders.get(markId) ?? author) !== author) this.#evolve({ type: 'ended', markId });
    this.#senders.delete(markId);
    this.#evolve({ type: 'begun', draft });
  }

  #grow(peerId: string, points: DraftPoints): void {
    const { markId } = points;
    if (this.#own.has(markId)) return;
    const known = this.#state.open[markId]?.draft.author ?? this.#senders.get(markId);
    if (known !== undefined && known !== peerId) return;
    if (known === undefined) this.#remember(markId, peerId);
    this.#evolve({ type: 'points', points });
  }

  #remember(markId: string, peerId: string): void {
    this.#senders.set(markId, peerId);
    for (const oldest of this.#senders.keys()) {
      if (this.#senders.size <= EARLY_KEPT) break;
      this.#senders.delete(oldest);
    }
  }

  /** The fact has come: the mark stands. */
  #endStated(): void {
    const { marks } = this.#room.state.marks.scene;
    for (const markId of Object.keys(this.#state.open)) {
      if (Object.hasOwn(marks, markId)) this.#evolve({ type: 'ended', markId });
    }
  }

  #evolve(message: Parameters<typeof evolveDrafts>[1]): void {
    const next = evolveDrafts(this.#state, message, this.#clock.monotonic());
    if (next === this.#state) return;
    this.#state = next;
    this.#shown = this.open.length;
    this.#changed();
  }

  #look(): void {
    const shown = this.open.length;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changed();
  }
}
