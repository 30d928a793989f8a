/** All tracks of a recording on one clock. No user interface: pages place the elements and read `lanes`. */
import type { RecordingView, TrackView } from '../../../signaling/protocol/recordings.ts';
import { Emitter } from '../emitter.ts';
import { Lane } from './lane.ts';
import type { TrackFiles } from './lane-feed.ts';
import { PlayClock } from './play-clock.ts';
import { Watched } from './watched.ts';

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4] as const;
export type Speed = (typeof SPEEDS)[number];
/** Faster than this, words are no longer understood: the sound is switched off and says so. */
export const FASTEST_AUDIBLE = 2;

const BEAT_MS = 60;
/** The others go on without a track that has nothing to show after this time; the large one is always waited for. */
const PATIENCE_MS = 5000;
/** Distance from the end that a live recording is followed at: segments of 2 s must have been written and read. */
const LIVE_BEHIND_MS = 5000;
/** Farther behind than this, following jumps. */
const LIVE_FAR_MS = 12_000;
/** The clock leans towards the sound by this share of the difference in each beat. */
const LEAN = 0.2;
const LEAN_MOST_MS = 250;

export interface PlayerEvents {
  /** Something else than the position has changed. */
  change: undefined;
  /** The position, several times a second. */
  time: number;
}

export class Player extends Emitter<PlayerEvents> {
  readonly watched = new Watched();
  readonly #files: (trackId: string) => TrackFiles;
  readonly #clock: PlayClock;
  readonly #muted = new Set<string>();
  #lanes: readonly Lane[] = [];
  #view: RecordingView;
  #large: string | undefined;
  #playing = false;
  #holdSince: number | undefined;
  #following = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #shown = '';

  /** @param at where it opens, in room time; it stands there until `play`. */
  constructor(view: RecordingView, files: (trackId: string) => TrackFiles, at: number) {
    super();
    this.#view = view;
    this.#files = files;
    this.#clock = new PlayClock(() => performance.now(), clamp(at, view));
    this.update(view);
    this.#large = firstPicture(this.#lanes)?.trackId;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  get position(): number {
    return this.#clock.position;
  }

  /** Position at a time of `performance.now()`, such as the moment a frame is shown. */
  positionAt(time: number): number {
    return this.#clock.positionAt(time);
  }

  get playing(): boolean {
    return this.#playing;
  }

  /** Playing is wanted, but the clock waits for media. */
  get waiting(): boolean {
    return this.#playing && !this.#clock.running;
  }

  get speed(): number {
    return this.#clock.rate;
  }

  get following(): boolean {
    return this.#following;
  }

  get large(): string | undefined {
    return this.#large;
  }

  isMuted(trackId: string): boolean {
    return this.#muted.has(trackId);
  }

  /** Takes what is new: a recording that goes on grows tracks, gaps and fills. */
  update(view: RecordingView): void {
    this.#view = view;
    const known = new Map(this.#lanes.map((lane) => [lane.trackId, lane]));
    this.#lanes = view.tracks.flatMap((track) => {
      const lane = known.get(track.trackId) ?? this.#newLane(track);
      lane?.update(track);
      return lane === undefined ? [] : [lane];
    });
    this.#large ??= firstPicture(this.#lanes)?.trackId;
    const behind = view.to - this.position;
    if (this.#following && this.#playing && behind > LIVE_FAR_MS) this.#goTo(view.to - LIVE_BEHIND_MS);
    this.emit('change', undefined);
  }

  play(): void {
    if (this.#playing) return;
    if (!this.#view.live && this.position >= this.#view.to - 1) this.#goTo(this.#view.from);
    this.#playing = true;
    this.#holdSince = undefined;
    this.#beat();
    this.emit('change', undefined);
  }

  pause(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.#following = false;
    this.#clock.run(false);
    this.#beat();
    this.emit('change', undefined);
  }

  seek(at: number): void {
    this.#following = false;
    this.#goTo(at);
    this.emit('change', undefined);
  }

  setSpeed(speed: Speed): void {
    this.#clock.setRate(speed);
    this.#setAudible();
    this.emit('change', undefined);
  }

  setLarge(trackId: string): void {
    this.#large = trackId;
    this.emit('change', undefined);
  }

  setMuted(trackId: string, muted: boolean): void {
    if (muted) this.#muted.add(trackId);
    else this.#muted.delete(trackId);
    this.#setAudible();
    this.emit('change', undefined);
  }

  /** To the end of a recording that goes on, and on with it. */
  followLive(): void {
    this.#following = true;
    this.#goTo(this.#view.to - LIVE_BEHIND_MS);
    this.play();
    this.emit('change', undefined);
  }

  /** One frame of the large picture forwards or backwards; stands still there. */
  step(direction: 1 | -1): void {
    this.pause();
    const lane = this.#lanes.find(({ trackId }) => trackId === this.#large);
    const at = this.position;
    const frames = lane?.framesAround(at) ?? [];
    // Times of frames are rounded on their way through the element: half a millisecond is the same frame.
    const next =
      direction === 1
        ? frames.find((time) => time > at + 0.5)
        : frames.findLast((time) => time < (frames.findLast((each) => each <= at + 0.5) ?? at) - 0.5);
    this.seek(next ?? at + direction * 40);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const lane of this.#lanes) lane.close();
    this.removeAll();
  }

  #newLane(track: TrackView): Lane | undefined {
    if (track.kind === 'messages') return undefined;
    const lane = new Lane(track, track.kind, this.#files(track.trackId), () => this.pause());
    lane.setAudible(this.speed <= FASTEST_AUDIBLE && !this.#muted.has(track.trackId));
    return lane;
  }

  #setAudible(): void {
    const audible = this.speed <= FASTEST_AUDIBLE;
    for (const lane of this.#lanes) lane.setAudible(audible && !this.#muted.has(lane.trackId));
  }

  #goTo(at: number): void {
    this.#clock.set(clamp(at, this.#view));
    this.#holdSince = undefined;
    this.#beat();
  }

  #beat(): void {
    if (this.#timer === undefined && this.#lanes.length === 0) return;
    const leader = this.#lean();
    const { position } = this;
    const beat = { position, rate: this.speed, running: this.#clock.running, exact: !this.#playing };
    const waiting = this.#lanes.filter((lane) => lane.drive({ ...beat, leads: lane === leader }));
    this.#stop(position);
    if (this.#playing) this.#hold(waiting);
    this.watched.see(position);
    this.emit('time', position);
    this.#tellOfChange();
  }

  /** Stops at the end of a recording that is over, and waits at the end of one that goes on. */
  #stop(position: number): void {
    if (!this.#playing || position < this.#view.to) return;
    if (this.#view.live) this.#clock.set(this.#view.to);
    else {
      this.#clock.set(this.#view.to);
      this.pause();
    }
  }

  /** The clock runs while everyone has media; who has none for too long is no longer waited for. */
  #hold(waiting: readonly Lane[]): void {
    const now = performance.now();
    const atEdge = this.#view.live && this.position >= this.#view.to - 1;
    const isPatient = now - (this.#holdSince ?? now) < PATIENCE_MS;
    const held = atEdge || waiting.some((lane) => isPatient || lane.trackId === this.#large);
    if (waiting.length === 0) this.#holdSince = undefined;
    else this.#holdSince ??= now;
    this.#clock.run(!held);
  }

  /** Sound that is heard leads: the clock leans towards it, so that it is never bent. Answers who leads. */
  #lean(): Lane | undefined {
    if (!this.#clock.running || this.speed > FASTEST_AUDIBLE) return undefined;
    const leader = this.#lanes.find(
      (lane) => lane.kind === 'audio' && !lane.element.muted && lane.ownPosition !== undefined,
    );
    if (leader?.ownPosition === undefined) return undefined;
    const off = leader.ownPosition - this.position;
    if (Math.abs(off) > LEAN_MOST_MS) return undefined;
    this.#clock.set(this.position + off * LEAN);
    return leader;
  }

  /** `change` goes out when what stands on a tile changes, not on every beat. */
  #tellOfChange(): void {
    const shown = `${this.waiting}${this.#lanes
      .map(
        ({ view }) =>
          `${view.moment.kind}${'from' in view.moment ? view.moment.from : ''}${view.loading}${view.filled?.fillId}${view.problem}`,
      )
      .join('|')}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.emit('change', undefined);
  }
}

function clamp(at: number, view: RecordingView): number {
  return Math.min(Math.max(at, view.from), view.to);
}

const ROLE_ORDER = ['patient', 'glasses', 'monitor', 'overview', 'screen', 'face'];
const rank = ({ track }: Lane) => {
  const at = ROLE_ORDER.indexOf(track.role ?? '');
  return at === -1 ? ROLE_ORDER.length : at;
};

/** The patient first: what a reviewer comes to see. */
function firstPicture(lanes: readonly Lane[]): Lane | undefined {
  return lanes.filter(({ kind }) => kind === 'video').sort((a, b) => rank(a) - rank(b))[0];
}
