/** Marks of one room as one peer draws and sees them: facts, drafts and poses put together for the picture on the screen. */
import type { AlignedPose } from '../../../ar-annotations/frames/align.ts';
import type { Draft, FrameName, Mark, Surface } from '../../../ar-annotations/scene/types.ts';
import { mayDraw } from '../../../signaling/protocol/state-marks.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { ClientError } from '../errors.ts';
import { DraftBook } from './draft-book.ts';
import { Fades } from './fades.ts';
import { PenImpl } from './pen.ts';
import { PoseBook } from './pose-book.ts';
import { colourOf, displayed, FRAME_MS, isOn, type MarkRoom, markOfDraft, nameOf } from './room.ts';
import type {
  MarkSession,
  MarkSessionEvents,
  OutChannel,
  Pen,
  PenStart,
  ShownMark,
  ShownPicture,
} from './types.ts';

/** A mark that nobody has placed yet is not to be mistaken for one that is in its place. */
const WAITING_OPACITY = 0.45;

/** Marks of a session, until `close()` or the end of the session. */
export function createMarks(session: MarkRoom, clock: Clock = systemClock): MarkSession {
  return new MarkSessionImpl(session, clock);
}

/** A mark or a draft, with what is said of it whatever its place. */
interface Drawn {
  readonly mark: Mark;
  readonly isDraft: boolean;
  readonly ageMs: number;
}

class MarkSessionImpl implements MarkSession {
  readonly #events = new Emitter<MarkSessionEvents>();
  readonly #room: MarkRoom;
  readonly #clock: Clock;
  readonly #drafts: DraftBook;
  readonly #poses: PoseBook;
  readonly #fades: Fades;
  readonly #pens = new Set<PenImpl>();
  readonly #stops: (() => void)[];
  #channel: OutChannel | undefined;
  #cancelTell: (() => void) | undefined;
  #closed = false;

  constructor(room: MarkRoom, clock: Clock) {
    this.#room = room;
    this.#clock = clock;
    const changed = () => this.#changed();
    this.#drafts = new DraftBook(room, clock, changed);
    this.#poses = new PoseBook(room, clock, changed);
    this.#fades = new Fades(clock);
    this.#stops = [
      room.on('state', () => {
        this.#prepare();
        changed();
      }),
      room.on('ended', () => this.close()),
    ];
    this.#prepare();
  }

  get drawing(): MarkSession['drawing'] {
    return this.#drafts.drawing;
  }

  on<N extends keyof MarkSessionEvents>(name: N, listener: (data: MarkSessionEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  mayDraw(surface: Surface): boolean {
    const { state, peerId } = this.#room;
    if (surface.kind === 'image') return mayDraw(state, peerId);
    return Object.hasOwn(state.sources, surface.producerId) && mayDraw(state, peerId, surface.producerId);
  }

  begin(start: PenStart): Pen {
    if (this.#closed) throw new ClientError('closed', 'The session of marks has ended.');
    if (start.kind === 'stroke' || start.kind === 'pointer') this.#open();
    const pen = new PenImpl(
      {
        room: this.#room,
        clock: this.#clock,
        book: this.#drafts,
        channel: () => this.#open(),
        warn: (error) => this.#events.emit('warning', error),
        onEnded: (ended) => this.#pens.delete(ended),
      },
      start,
    );
    this.#pens.add(pen);
    return pen;
  }

  shown(surface: Surface, picture: ShownPicture = {}): readonly ShownMark[] {
    const drawn = this.#drawnOn(surface);
    const producerId = surface.kind === 'video' ? surface.producerId : undefined;
    const poses = producerId === undefined ? undefined : this.#poses.posesAt(producerId, picture)?.poses;
    const wearer = producerId === undefined ? undefined : this.#room.state.sources[producerId]?.peerId;
    const display = wearer === undefined ? 'all' : displayed(this.#room.state, wearer);
    this.#fades.keep(this.#known());
    return drawn.map((each) => {
      const { author, markId, anchor } = each.mark;
      const about = {
        ...each,
        authorName: nameOf(this.#room.state, author),
        colour: colourOf(this.#room.state, author),
      };
      if (display === 'none' || (display === 'fixed' && anchor.kind !== 'corner'))
        return { ...about, state: 'off', opacity: 0 };
      if (producerId === undefined || anchor.kind !== 'scene')
        return { ...about, state: 'fixed', opacity: 1 };
      if (isSameFrame(anchor.frame, picture.frozen)) return { ...about, state: 'fixed', opacity: 1 };
      return { ...about, ...this.#placed(producerId, markId, poses?.get(markId), picture) };
    });
  }

  mediaMsOf(producerId: string, rtpTimestamp: number): number | undefined {
    return this.#poses.mediaMsOf(producerId, rtpTimestamp);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const pen of [...this.#pens]) pen.drop();
    for (const stop of this.#stops) stop();
    this.#cancelTell?.();
    this.#drafts.close();
    this.#poses.close();
    this.#channel?.close();
    this.#events.removeAll();
  }

  /** The channel is made before the first stroke, since making it takes longer than the first points may. */
  #prepare(): void {
    const { state, peerId } = this.#room;
    const cameras = Object.values(state.sources).filter(({ kind }) => kind === 'video');
    const may =
      mayDraw(state, peerId) || cameras.some(({ producerId }) => mayDraw(state, peerId, producerId));
    if (may && cameras.length + state.marks.images.length > 0) this.#open();
  }

  #open(): OutChannel {
    this.#channel ??= this.#room.data.open('preview');
    return this.#channel;
  }

  #drawnOn(surface: Surface): Drawn[] {
    const { scene } = this.#room.state.marks;
    const stated = scene.order.flatMap((markId): Drawn[] => {
      const mark = scene.marks[markId];
      if (!mark || mark.erased || !isOn(surface, mark.surface)) return [];
      return [{ mark, isDraft: false, ageMs: Math.max(0, this.#room.roomTime - mark.at) }];
    });
    const now = this.#clock.monotonic();
    const drafts = this.#drafts.open.flatMap((open): Drawn[] => {
      const mark = isOn(surface, open.draft.surface) ? markOfDraft(open) : undefined;
      return mark ? [{ mark, isDraft: true, ageMs: now - open.startedAt }] : [];
    });
    return [...stated, ...drafts];
  }

  #known(): Set<string> {
    return new Set([
      ...this.#room.state.marks.scene.order,
      ...this.#drafts.open.map(({ draft }: { draft: Draft }) => draft.markId),
    ]);
  }

  /** Where a mark of a camera is in the picture shown, and how sure that is. */
  #placed(
    producerId: string,
    markId: string,
    pose: AlignedPose | undefined,
    picture: ShownPicture,
  ): Pick<ShownMark, 'state' | 'opacity' | 'homography'> {
    if (pose?.state === 'held' && pose.homography) {
      if (picture.frozen) return { state: 'held', opacity: 1, homography: pose.homography };
      return { state: 'held', ...this.#fades.of(markId, pose.homography) };
    }
    if (!this.#poses.hasTold(producerId, markId)) return { state: 'waiting', opacity: WAITING_OPACITY };
    const state = pose?.state === 'searching' ? 'searching' : 'lost';
    return picture.frozen ? { state, opacity: 0 } : { state, ...this.#fades.of(markId, undefined) };
  }

  #changed(): void {
    this.#cancelTell ??= this.#clock.after(FRAME_MS, () => {
      this.#cancelTell = undefined;
      this.#events.emit('change', undefined);
    });
  }
}

/** Whether two names mean one frame; a name that says nothing means none. */
function isSameFrame(a: FrameName, b: FrameName | undefined): boolean {
  if (!b) return false;
  if (a.stillId !== undefined && a.stillId === b.stillId) return true;
  if (a.mediaMs !== undefined && b.mediaMs !== undefined) return Math.abs(a.mediaMs - b.mediaMs) < 1;
  return a.print !== undefined && a.print === b.print && a.rtpTimestamp === b.rtpTimestamp;
}
