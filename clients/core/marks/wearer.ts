/**
 * The wearer's side: finds the marks on this device's camera in its own frames, shows only what is held there, and tells everybody
 * where that is. A wrong place on a patient is the one failure that is not allowed: whatever is late, lost or unsure is not shown.
 */
import type { Mark } from '../../../ar-annotations/scene/types.ts';
import { MAX_ANCHORS } from '../../../ar-annotations/tracker/types.ts';
import { mayDraw } from '../../../signaling/protocol/state-marks.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Emitter, type Readable } from '../emitter.ts';
import type { LocalSource } from '../types-media.ts';
import { DraftBook } from './draft-book.ts';
import { Fades } from './fades.ts';
import type { Located, LocatedPose, Locator } from './locator.ts';
import { createPictureLocator } from './picture-locator.ts';
import { PoseSender } from './pose-sender.ts';
import {
  colourOf,
  displayed,
  FRAME_MS,
  isOn,
  type MarkRoom,
  markOfDraft,
  nameOf,
  type SceneAnchor,
} from './room.ts';
import type { MarkSession, ShownMark } from './types.ts';

/** A place that was found longer ago is not the present one. */
const STALE_MS = 200;
const LOOK_MS = 50;
/** A mark with two anchors, until the second is found, needs two places in the tracker. */
const FOLLOWED_MAX = MAX_ANCHORS - 4;

export interface WearerMarksEvents {
  /** Anything below changed; at most once per frame of the screen. */
  change: undefined;
  warning: unknown;
}

export interface WearerMarks extends Readable<WearerMarksEvents> {
  /** What to draw over the camera's present picture: held marks in place (fading ones too), and those fixed to a corner. */
  readonly shown: readonly ShownMark[];
  /** Marks that are on this camera and not to be seen now: said in words, by author and patient. */
  readonly unseen: readonly {
    readonly mark: Mark;
    readonly authorName: string;
    readonly state: 'searching' | 'lost';
  }[];
  /** Who draws on this camera now: the border cue. */
  readonly drawing: MarkSession['drawing'];
  /** The wearer has switched marks off. */
  readonly isOff: boolean;
  /** `unable`: this browser gives no frames, so no mark is ever in its place here. */
  readonly tracking: 'following' | 'resting' | 'unable';
  /** What finding the marks took in the newest frame, in milliseconds; undefined before the first. */
  readonly tookMs: number | undefined;
  close(): void;
}

export interface WearerOptions {
  /** What finds the marks; default: the picture tracker. It is closed with the marks. */
  readonly locator?: Locator;
  readonly clock?: Clock;
  readonly onShown?: (marks: WearerMarks) => void;
}

/** The marks on a published camera of this device, until `close()` or the end of the source or the session. */
export function createWearerMarks(
  session: MarkRoom,
  source: LocalSource,
  options: WearerOptions = {},
): WearerMarks {
  const clock = options.clock ?? systemClock;
  const marks = new WearerMarksImpl(session, source, clock, options.locator);
  if (options.onShown) {
    const { onShown } = options;
    marks.on('change', () => onShown(marks));
  }
  return marks;
}

interface OnCamera {
  readonly mark: Mark;
  readonly isDraft: boolean;
  readonly at: number;
}

class WearerMarksImpl implements WearerMarks {
  readonly #events = new Emitter<WearerMarksEvents>();
  readonly #room: MarkRoom;
  readonly #clock: Clock;
  readonly #producerId: string;
  readonly #locator: Locator;
  readonly #drafts: DraftBook;
  readonly #poses: PoseSender;
  readonly #fades: Fades;
  readonly #stops: (() => void)[];
  readonly #followed = new Set<string>();
  /** Marks that were held once: not seen any more they are lost, before that they are searched for. */
  readonly #found = new Set<string>();
  #located: { readonly located: Located; readonly at: number } | undefined;
  #isStale = true;
  #cancelTell: (() => void) | undefined;
  #closed = false;

  constructor(room: MarkRoom, source: LocalSource, clock: Clock, locator: Locator | undefined) {
    this.#room = room;
    this.#clock = clock;
    this.#producerId = source.producerId;
    const warn = (error: unknown) => this.#events.emit('warning', error);
    this.#locator = locator ?? createPictureLocator(source, clock);
    this.#drafts = new DraftBook(room, clock, () => this.#update());
    this.#poses = new PoseSender(room, clock, source.producerId, warn);
    this.#fades = new Fades(clock);
    this.#stops = [
      room.on('state', () => this.#update()),
      room.on('ended', () => this.close()),
      source.on('closed', () => this.close()),
      this.#locator.on('located', (located) => this.#handleLocated(located)),
      this.#locator.on('interrupted', () => this.#handleInterrupted()),
      this.#locator.on('warning', warn),
      clock.every(LOOK_MS, () => this.#look()),
    ];
    this.#update();
  }

  get shown(): readonly ShownMark[] {
    if (this.isOff) return [];
    return this.#onCamera().flatMap((each): ShownMark[] => {
      const about = this.#about(each);
      if (each.mark.anchor.kind === 'corner') return [{ ...about, state: 'fixed', opacity: 1 }];
      const pose = this.#poseOf(each.mark.markId);
      const faded = this.#fades.of(each.mark.markId, pose?.state === 'held' ? pose.homography : undefined);
      if (faded.opacity <= 0) return [];
      return [{ ...about, state: pose?.state === 'held' ? 'held' : 'lost', ...faded }];
    });
  }

  get unseen(): WearerMarks['unseen'] {
    if (this.isOff) return [];
    return this.#onCamera().flatMap(({ mark }) => {
      if (mark.anchor.kind !== 'scene' || this.#poseOf(mark.markId)?.state === 'held') return [];
      const state = this.#found.has(mark.markId) ? ('lost' as const) : ('searching' as const);
      return [{ mark, authorName: nameOf(this.#room.state, mark.author), state }];
    });
  }

  get drawing(): MarkSession['drawing'] {
    const { surface } = this;
    return new Map([...this.#drafts.drawing].filter(([, draws]) => isOn(surface, draws.surface)));
  }

  get isOff(): boolean {
    return this.#display === 'none';
  }

  get #display() {
    return displayed(this.#room.state, this.#room.peerId);
  }

  get tracking(): WearerMarks['tracking'] {
    if (!this.#locator.isAble) return 'unable';
    return this.#followed.size > 0 ? 'following' : 'resting';
  }

  get tookMs(): number | undefined {
    return this.#located?.located.tookMs;
  }

  get surface() {
    return { kind: 'video', producerId: this.#producerId } as const;
  }

  on<N extends keyof WearerMarksEvents>(name: N, listener: (data: WearerMarksEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#cancelTell?.();
    this.#drafts.close();
    this.#poses.close();
    this.#locator.close();
    this.#located = undefined;
    this.#events.emit('change', undefined);
    this.#events.removeAll();
  }

  /** Stated marks in the order of their facts, then drafts; the newest of those that need following, as many as can be. */
  #onCamera(): OnCamera[] {
    const { surface } = this;
    const { scene } = this.#room.state.marks;
    const stated = scene.order.flatMap((markId): OnCamera[] => {
      const mark = scene.marks[markId];
      return mark && !mark.erased && isOn(surface, mark.surface)
        ? [{ mark, isDraft: false, at: mark.at }]
        : [];
    });
    const drafts = this.#drafts.open.flatMap((open): OnCamera[] => {
      const mark = isOn(surface, open.draft.surface) ? markOfDraft(open) : undefined;
      return mark ? [{ mark, isDraft: true, at: open.startedAt }] : [];
    });
    return [...stated, ...drafts];
  }

  /** Follows what is on this camera, drafts from their first word on. */
  #update(): void {
    if (this.#closed) return;
    const { surface } = this;
    const anchors = new Map<string, SceneAnchor>();
    for (const { mark } of this.#onCamera()) {
      if (mark.anchor.kind === 'scene') anchors.set(mark.markId, mark.anchor);
    }
    for (const { draft } of this.#drafts.open) {
      if (draft.anchor.kind === 'scene' && isOn(surface, draft.surface))
        anchors.set(draft.markId, draft.anchor);
    }
    const wanted = new Map([...anchors].slice(-FOLLOWED_MAX));
    for (const markId of this.#followed) {
      if (wanted.has(markId)) continue;
      this.#followed.delete(markId);
      this.#found.delete(markId);
      this.#locator.remove(markId);
    }
    this.#fades.keep(new Set(wanted.keys()));
    for (const [markId, anchor] of wanted) {
      this.#followed.add(markId);
      this.#locator.add(markId, anchor);
    }
    this.#locator.setKeeping(this.#mayBeDrawnOn());
    this.#changed();
  }

  /** Somebody could put a pen down on a frame of this camera at any time. */
  #mayBeDrawnOn(): boolean {
    const { state } = this.#room;
    return Object.keys(state.peers).some((peerId) => mayDraw(state, peerId, this.#producerId));
  }

  #handleLocated(located: Located): void {
    this.#located = { located, at: this.#clock.monotonic() };
    this.#isStale = false;
    for (const { anchorId, state } of located.poses) if (state === 'held') this.#found.add(anchorId);
    if (this.#followed.size === 0) return;
    this.#poses.send(located, this.#display !== 'all');
    this.#changed();
  }

  #handleInterrupted(): void {
    this.#located = undefined;
    this.#fades.forget();
    this.#changed();
  }

  /** Frames that stop coming take what they showed with them. */
  #look(): void {
    if (this.#isStale || this.#isFresh()) return;
    this.#isStale = true;
    this.#fades.forget();
    this.#changed();
  }

  #isFresh(): boolean {
    return this.#located !== undefined && this.#clock.monotonic() - this.#located.at <= STALE_MS;
  }

  #poseOf(markId: string): LocatedPose | undefined {
    if (!this.#isFresh()) return undefined;
    return this.#located?.located.poses.find(({ anchorId }) => anchorId === markId);
  }

  #about({ mark, isDraft, at }: OnCamera) {
    const { state, roomTime } = this.#room;
    const ageMs = Math.max(0, isDraft ? this.#clock.monotonic() - at : roomTime - at);
    return {
      mark,
      isDraft,
      ageMs,
      authorName: nameOf(state, mark.author),
      colour: colourOf(state, mark.author),
    };
  }

  #changed(): void {
    this.#cancelTell ??= this.#clock.after(FRAME_MS, () => {
      this.#cancelTell = undefined;
      this.#events.emit('change', undefined);
    });
  }
}
