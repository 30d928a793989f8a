/**
 * A pen that is down. What it draws is told at display rate over the data channel, repeated twice a second over the socket for
 * what the server keeps of it, and becomes a fact when it is finished: once, however often the network fails meanwhile.
 */
import { createSmoother, simplifyStroke } from '../../../ar-annotations/scene/stroke.ts';
import type { Anchor, Draft, DraftPoints, Shape, StrokePoint } from '../../../ar-annotations/scene/types.ts';
import { POINTS_MAX } from '../../../ar-annotations/scene/types.ts';
import { DraftPoints as DraftPointsParser, Shape as ShapeParser } from '../../../signaling/protocol/marks.ts';
import type { Clock } from '../clock.ts';
import { ClientError, isClientError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { DraftBook } from './draft-book.ts';
import { FRAME_MS, type MarkRoom, toBytes } from './room.ts';
import type { OutChannel, Pen, PenStart } from './types.ts';

/** Points repeated in each message: a message may be lost. */
const TAIL = 12;
/** Points of one message (`DraftPoints`). */
const MOST = 150;
const CHECKPOINT_MS = 500;
/** Over the socket, where there is no data channel. */
const RELAY_MS = 80;
/** A pen that rests repeats its last points, or it would be taken for one whose author has vanished. */
const REST_MS = 1000;
const TELL_MS = 3000;
const FINISH_MS = 15_000;

export interface PenDeps {
  readonly room: MarkRoom;
  readonly clock: Clock;
  readonly book: DraftBook;
  readonly channel: () => OutChannel;
  readonly warn: (error: unknown) => void;
  readonly onEnded: (pen: PenImpl) => void;
}

export class PenImpl implements Pen {
  readonly markId = newId();
  readonly #deps: PenDeps;
  readonly #start: PenStart;
  readonly #smooth: (point: StrokePoint, last?: boolean) => StrokePoint;
  readonly #stops: (() => void)[];
  readonly #commandId = newId();
  readonly #points: StrokePoint[] = [];
  #raw: StrokePoint | undefined;
  #shape: Shape | undefined;
  #n = 0;
  /** Points told over the channel, and over the socket. */
  #told = 0;
  #kept = 0;
  #isChanged = false;
  #isKept = true;
  /** The server knows the draft: it takes its points. */
  #isBegun = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #keptAt = Number.NEGATIVE_INFINITY;
  #ended = false;
  #finishing: Promise<void> | undefined;

  constructor(deps: PenDeps, start: PenStart) {
    this.#deps = deps;
    this.#start = start;
    this.#smooth = createSmoother(start.aspect);
    deps.book.begin(this.#draft());
    this.#begin();
    let wasUp = true;
    this.#stops = [
      deps.clock.every(FRAME_MS, () => this.#tick()),
      deps.room.on('connection', ({ status }) => {
        const up = status === 'live' || status === 'weak' || status === 'media-rebuilding';
        // Another process may serve the room now, which has never heard of this draft.
        if (up && !wasUp) this.#begin();
        wasUp = up;
      }),
    ];
    const { at, kind } = start;
    if (kind === 'stroke') this.move([[at.x, at.y, 0.5, 0]]);
    if (kind === 'pointer') this.shape({ kind, at });
  }

  move(points: readonly StrokePoint[]): void {
    if (this.#ended || this.#start.kind !== 'stroke' || points.length === 0) return;
    const from = this.#points.length;
    for (const point of points) {
      this.#raw = bounded(point, this.#raw?.[3] ?? 0);
      this.#points.push(this.#smooth(this.#raw));
    }
    this.#isChanged = true;
    this.#isKept = false;
    this.#deps.book.points({ markId: this.markId, n: this.#nextN(), from, points: this.#points.slice(from) });
  }

  shape(shape: Shape): void {
    if (this.#ended || shape.kind !== this.#start.kind || shape.kind === 'stroke') return;
    this.#shape = shape;
    this.#isChanged = true;
    this.#isKept = false;
    this.#deps.book.points({ markId: this.markId, n: this.#nextN(), shape });
  }

  finish(): Promise<void> {
    this.#finishing ??= this.#finish().finally(() => {
      this.#finishing = undefined;
    });
    return this.#finishing;
  }

  cancel(): void {
    if (this.#ended) return;
    this.#end(true);
    this.#later(this.#deps.room.request('mark.cancel', { markId: this.markId }, { deadlineMs: TELL_MS }));
  }

  /** The session of marks has ended: what the server keeps becomes a truncated mark. */
  drop(): void {
    this.#end(true);
  }

  #draft(): Draft {
    const { kind, patientId, surface, anchor, aspect } = this.#start;
    const { peerId } = this.#deps.room;
    return { markId: this.markId, author: peerId, kind, patientId, surface, anchor, aspect };
  }

  #begin(): void {
    const { author: _, ...draft } = this.#draft();
    this.#kept = 0;
    this.#isKept = false;
    this.#keptAt = Number.NEGATIVE_INFINITY;
    this.#isBegun = false;
    this.#deps.room.request('mark.begin', draft, { deadlineMs: TELL_MS }).then(
      () => {
        this.#isBegun = true;
      },
      (error: unknown) => {
        this.#deps.warn(error);
        const isLate = isClientError(error) && error.code === 'deadline-exceeded';
        if (isLate && !this.#ended) this.#begin();
      },
    );
  }

  #nextN(): number {
    this.#n += 1;
    return this.#n;
  }

  #tick(): void {
    const now = this.#deps.clock.monotonic();
    const channel = this.#deps.channel();
    const rests = now - this.#toldAt >= REST_MS;
    if (channel.isOpen && (this.#isChanged || rests)) {
      this.#isChanged = false;
      this.#toldAt = now;
      this.#told = this.#tell(this.#told, (points) => channel.send(toBytes(points)));
      if (rests) this.#deps.book.points({ markId: this.markId, n: this.#nextN() });
    }
    const passed = now - this.#keptAt;
    const relay = !channel.isOpen;
    if (!this.#isBegun) return;
    const due = !this.#isKept && passed >= (relay ? RELAY_MS : CHECKPOINT_MS);
    if (!due && passed < REST_MS) return;
    this.#keptAt = now;
    this.#isKept = true;
    this.#kept = this.#tell(this.#kept, (points) => this.#checkpoint(points, relay));
    if (relay) {
      this.#told = this.#kept;
      this.#deps.book.points({ markId: this.markId, n: this.#nextN() });
    }
  }

  /** Says all from `done` on, and a little before; answers how many points were said. `send` answers false when it was dropped. */
  #tell(done: number, send: (points: DraftPoints) => boolean): number {
    if (this.#shape) {
      send({ markId: this.markId, n: this.#nextN(), shape: this.#shape });
      return 0;
    }
    const first = Math.max(0, Math.min(done, this.#points.length) - TAIL);
    for (let from = first; from < this.#points.length; from += MOST) {
      const points = this.#points.slice(from, from + MOST);
      if (!send({ markId: this.markId, n: this.#nextN(), from, points })) return Math.max(done, from);
    }
    return this.#points.length;
  }

  #checkpoint(points: DraftPoints, relay: boolean): boolean {
    const parsed = DraftPointsParser.safeParse(points);
    if (!parsed.success) {
      this.#deps.warn(parsed.error);
      return false;
    }
    const told = this.#deps.room.request(
      'mark.points',
      { points: parsed.data, relay },
      { deadlineMs: TELL_MS },
    );
    told.catch((error: unknown) => {
      // What did not arrive is said again with the next one.
      this.#kept = Math.min(this.#kept, points.from ?? 0);
      this.#isKept = false;
      this.#deps.warn(error);
    });
    return true;
  }

  async #finish(): Promise<void> {
    if (this.#ended) return;
    const shape = this.#finished();
    const anchor = this.#start.anchorOf?.(shape) ?? this.#start.anchor;
    const { room } = this.#deps;
    const truncated = room.state.marks.scene.marks[this.markId]?.truncated === true;
    await this.#add(truncated ? newId() : this.markId, shape, anchor);
    this.#end(truncated);
    // It was held to be abandoned while the network was away: the whole mark takes the place of its beginning.
    if (truncated) await room.request('mark.erase', { markIds: [this.markId] });
  }

  async #add(markId: string, shape: Shape, anchor: Anchor): Promise<void> {
    const { kind: _, at: _at, anchorOf: _anchorOf, ...start } = this.#start;
    const parsed = ShapeParser.safeParse(shape);
    if (!parsed.success)
      throw new ClientError('bad-request', 'This shape cannot be a mark.', { cause: parsed.error });
    const commandId = markId === this.markId ? this.#commandId : newId();
    await this.#deps.room.request(
      'mark.add',
      { ...start, markId, anchor, shape: parsed.data },
      { commandId, deadlineMs: FINISH_MS },
    );
  }

  #finished(): Shape {
    if (this.#start.kind !== 'stroke') {
      if (this.#shape) return this.#shape;
      throw new ClientError('bad-request', 'Nothing has been drawn yet.');
    }
    // The line ends under the pen, where smoothing has not come to yet.
    const points = this.#raw ? [...this.#points, this.#raw] : this.#points;
    return { kind: 'stroke', points: simplifyStroke(points, this.#start.aspect).slice(0, POINTS_MAX) };
  }

  #end(isOver: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const stop of this.#stops) stop();
    this.#deps.book.release(this.markId, isOver);
    this.#deps.onEnded(this);
  }

  #later(request: Promise<unknown>): void {
    request.catch(this.#deps.warn);
  }
}

/** A point as the wire takes it; times never go back. */
function bounded([x, y, pressure, ms]: StrokePoint, after: number): StrokePoint {
  const place = (value: number) => Math.min(2, Math.max(-1, value));
  return [place(x), place(y), Math.min(1, Math.max(0, pressure)), Math.min(600_000, Math.max(after, ms))];
}
