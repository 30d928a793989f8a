/**
 * What the owner of a room remembers of marks that are being drawn, so that an author who vanishes leaves a truncated mark
 * and not nothing. It is not a fact and does not survive this process: the author's page does, and finishes its mark elsewhere.
 */
import {
  type DraftsState,
  draftShape,
  evolveDrafts,
  initialDrafts,
  type OpenDraft,
  silentDrafts,
  truncatedMark,
} from '../../ar-annotations/scene/drafts.ts';
import type { Draft } from '../../ar-annotations/scene/types.ts';
import type { Clock } from '../../platform/clock.ts';
import { AppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Live } from '../methods/types.ts';
import type { LogEntry } from '../protocol/entry.ts';
import { type DraftPoints, Mark, Shape } from '../protocol/marks.ts';
import { hasRole, STAFF_ROLES } from '../protocol/roles.ts';
import { mayDraw } from '../protocol/state-marks.ts';
import { type Rooms, SYSTEM } from '../rooms/types.ts';
import { OpenFetches } from './fetches.ts';

/** How often it is looked after authors who fell silent, in milliseconds. */
const LOOK_MS = 500;
/** Pens of one peer that are down at once: ten fingers, of which some rest. */
const PER_PEER_MAX = 8;
/** Of a room; the fold keeps no more. */
const PER_ROOM_MAX = 64;
/** Points of one message (`DraftPoints`). */
const POINTS_A_MESSAGE = 200;

export interface DeskParts {
  readonly rooms: Rooms;
  readonly live: Pick<Live, 'tell'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export class MarkDesk {
  readonly fetches: OpenFetches;
  readonly #parts: DeskParts;
  readonly #drafts = new Map<string, DraftsState>();
  readonly #stops: (() => void)[];
  readonly #committing = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.fetches = new OpenFetches(() => parts.clock.monotonic());
    this.#stops = [
      parts.rooms.onEntry((roomId, entry) => this.#onEntry(roomId, entry)),
      parts.rooms.onDisowned((roomId) => this.#forget(roomId)),
    ];
  }

  /** The draft of that name, while it is open. */
  draft(roomId: string, markId: string): Draft | undefined {
    return this.#of(roomId).open[markId]?.draft;
  }

  /** A pen is down; the same again changes nothing. Throws `too-many`, and `conflict` for a name that is taken or has ended. */
  begin(roomId: string, draft: Draft): void {
    const state = this.#of(roomId);
    const known = state.open[draft.markId];
    if (known ? known.draft.author !== draft.author : state.ended.includes(draft.markId)) throw taken();
    const open = Object.values(state.open);
    const own = open.filter((other) => other.draft.author === draft.author);
    if (!known && (own.length >= PER_PEER_MAX || open.length >= PER_ROOM_MAX)) throw tooManyPens();
    this.#evolve(roomId, { type: 'begun', draft });
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** Points of one's own open draft; answers false for any other. */
  points(roomId: string, peerId: string, points: DraftPoints): boolean {
    if (this.draft(roomId, points.markId)?.author !== peerId) return false;
    this.#evolve(roomId, { type: 'points', points });
    return true;
  }

  /** Cancelled, or finished. */
  end(roomId: string, markId: string): void {
    this.#evolve(roomId, { type: 'ended', markId });
    if ([...this.#drafts.values()].every(({ open }) => Object.keys(open).length === 0)) this.#rest();
  }

  /** What somebody who comes in now has to know of the drafts of the room, in the order to be told. */
  *retold(roomId: string): Iterable<{ readonly draft: Draft } | { peerId: string; points: DraftPoints }> {
    for (const open of Object.values(this.#of(roomId).open)) {
      yield { draft: open.draft };
      for (const points of pointsOf(open)) yield { peerId: open.draft.author, points };
    }
  }

  /** Commits nothing more: whoever serves the room next has the authors' pages. Resolves when what was begun is done. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#rest();
    for (const stop of this.#stops) stop();
    await Promise.all(this.#committing);
  }

  #of(roomId: string): DraftsState {
    return this.#drafts.get(roomId) ?? initialDrafts();
  }

  #evolve(roomId: string, message: Parameters<typeof evolveDrafts>[1]): void {
    this.#drafts.set(roomId, evolveDrafts(this.#of(roomId), message, this.#parts.clock.monotonic()));
  }

  #onEntry(roomId: string, { events }: LogEntry): void {
    for (const event of events) {
      if (event.type === 'MarkAdded' && this.#drafts.has(roomId)) this.end(roomId, event.mark.markId);
      if (event.type === 'RoomClosed') this.#forget(roomId);
      if (event.type !== 'PeerLeft') continue;
      this.fetches.peerLeft(roomId, event.peerId);
      for (const open of Object.values(this.#of(roomId).open))
        if (open.draft.author === event.peerId) this.#abandoned(roomId, open);
    }
  }

  #look(): void {
    for (const [roomId, drafts] of this.#drafts)
      for (const open of silentDrafts(drafts, this.#parts.clock.monotonic())) this.#abandoned(roomId, open);
  }

  /** The author of a draft has vanished: what there is becomes a mark, and who sees the draft is told when nothing does. */
  #abandoned(roomId: string, open: OpenDraft): void {
    const { markId, author } = open.draft;
    this.end(roomId, markId);
    if (this.#closed) return;
    const commit = this.#commit(roomId, open)
      .catch((error: unknown) => {
        this.#parts.log.info({ roomId, markId, why: messageOf(error) }, 'a truncated mark was not stated');
        return false;
      })
      .then((isStated) => {
        if (!isStated) this.cancelled(roomId, author, markId);
      })
      .finally(() => this.#committing.delete(commit));
    this.#committing.add(commit);
  }

  /** Answers false where nothing was drawn that may stand. */
  async #commit(roomId: string, open: OpenDraft): Promise<boolean> {
    const mark = truncatedMark(open);
    if (!mark) return false;
    const room = this.#parts.rooms.at(roomId);
    const { author, surface } = mark;
    const state = await room.state();
    const producerId = surface.kind === 'video' ? surface.producerId : undefined;
    const isWithdrawn = state.peers[author] !== undefined && !mayDraw(state, author, producerId);
    if (isWithdrawn) return false;
    await room.execute('mark.added', { mark: Mark.parse(mark) }, SYSTEM);
    return true;
  }

  /** Tells people at work that a draft ended without a mark. */
  cancelled(roomId: string, peerId: string, markId: string): void {
    this.#parts.live.tell(roomId, 'mark.cancelled', { peerId, markId }, (peer) =>
      hasRole(STAFF_ROLES, peer.role),
    );
  }

  #forget(roomId: string): void {
    this.#drafts.delete(roomId);
    this.fetches.roomGone(roomId);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** All that is known of a draft, in messages as its author would send them. */
function pointsOf(open: OpenDraft): DraftPoints[] {
  const { markId, kind } = open.draft;
  const shape = kind === 'stroke' ? undefined : draftShape(open);
  if (shape) return [{ markId, n: open.shapeN, shape: Shape.parse(shape) }];
  const runs: { from: number; n: number; points: OpenDraft['points'][number][] }[] = [];
  for (const [index, point] of open.points.entries()) {
    if (point === null) continue;
    const run = runs.at(-1);
    const goes = run && run.from + run.points.length === index && run.points.length < POINTS_A_MESSAGE;
    const n = open.from[index] ?? 0;
    if (goes) {
      run.points.push(point);
      run.n = Math.max(run.n, n);
    } else runs.push({ from: index, n, points: [point] });
  }
  return runs.map(({ from, n, points }) => ({
    ...{ markId, n, from },
    points: points.filter((point) => point !== null),
  }));
}

function taken(): AppError {
  return new AppError('conflict', 'This mark id belongs to another mark, or to one that has ended.', {
    status: 409,
    whatToDo: 'Draw it under a new id.',
    details: { state: 'taken' },
  });
}

function tooManyPens(): AppError {
  return new AppError('too-many', 'Too many marks are being drawn at once.', {
    status: 429,
    whatToDo: 'Finish or cancel one of them.',
    details: { retryAfterMs: 1000 },
  });
}
