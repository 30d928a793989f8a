/** Finds marks by what the camera sees: the tracker in its worker, fed by the camera's feed. */
import { fromBase64url } from '../../../ar-annotations/frames/base64url.ts';
import type { AnchorPose } from '../../../ar-annotations/tracker/types.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import type { LocalSource } from '../types-media.ts';
import { type FeedFrame, type FeedUse, type FrameFeed, frameFeedOf } from './frame-feed.ts';
import { canReadFrames } from './frame-reader.ts';
import type { LocatedPose, Locator, LocatorEvents } from './locator.ts';
import type { SceneAnchor } from './room.ts';

const FOLLOWING_FPS = 30;
/** Enough for a tracker to be led from a frame of the past to the present one. */
const KEEPING_FPS = 12;

/** A mark and the names under which the tracker follows it: the newest anchor, and an older one until that is found. */
interface Followed {
  readonly anchor: SceneAnchor;
  readonly name: string;
  readonly older: string | undefined;
}

export function createPictureLocator(source: LocalSource, clock: Clock = systemClock): Locator {
  return new PictureLocator(source, clock);
}

class PictureLocator implements Locator {
  readonly #events = new Emitter<LocatorEvents>();
  readonly #feed: FrameFeed;
  readonly #use: FeedUse;
  readonly #stops: (() => void)[];
  readonly #followed = new Map<string, Followed>();
  #keeping = false;
  #names = 0;

  constructor(source: LocalSource, clock: Clock) {
    this.#feed = frameFeedOf(source, clock);
    this.#use = this.#feed.use({ fps: 0 }, (frame) => this.#handleFrame(frame));
    this.#stops = [
      this.#feed.events.on('restarted', () => this.#handleRestart()),
      this.#feed.events.on('warning', (error) => this.#events.emit('warning', error)),
      this.#feed.events.on('closed', () => this.#events.emit('interrupted', undefined)),
      this.#feed.events.on('added', ({ ok, markId }) => {
        if (!ok) this.#events.emit('warning', new Error(`The tracker did not take the anchor ${markId}.`));
      }),
    ];
  }

  get isAble(): boolean {
    return canReadFrames();
  }

  on<N extends keyof LocatorEvents>(name: N, listener: (data: LocatorEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  add(markId: string, anchor: SceneAnchor): void {
    const known = this.#followed.get(markId);
    if (known?.anchor.reference === anchor.reference) return;
    if (known?.older !== undefined) this.#feed.unfollow(known.older);
    this.#follow(markId, anchor, known?.name);
    this.#setRate();
  }

  remove(markId: string): void {
    const known = this.#followed.get(markId);
    if (!known) return;
    this.#followed.delete(markId);
    this.#feed.unfollow(known.name);
    if (known.older !== undefined) this.#feed.unfollow(known.older);
    this.#setRate();
  }

  setKeeping(keeping: boolean): void {
    this.#keeping = keeping;
    this.#setRate();
  }

  close(): void {
    for (const markId of [...this.#followed.keys()]) this.remove(markId);
    for (const stop of this.#stops) stop();
    this.#use.close();
    this.#events.removeAll();
  }

  #follow(markId: string, anchor: SceneAnchor, older: string | undefined): void {
    this.#names += 1;
    const name = `${markId}/${this.#names}`;
    this.#followed.set(markId, { anchor, name, older });
    const { mediaMs, print } = anchor.frame;
    this.#feed.follow(name, fromBase64url(anchor.reference) ?? new Uint8Array(), {
      mediaMs,
      print: print === undefined ? undefined : fromBase64url(print),
    });
  }

  #setRate(): void {
    this.#use.setRate(this.#followed.size > 0 ? FOLLOWING_FPS : this.#keeping ? KEEPING_FPS : 0);
  }

  #handleRestart(): void {
    for (const [markId, { anchor }] of [...this.#followed]) this.#follow(markId, anchor, undefined);
    this.#events.emit('interrupted', undefined);
  }

  #handleFrame({ mediaMs, print, width, height, poses, tookMs }: FeedFrame): void {
    const byName = new Map(poses.map((pose) => [pose.anchorId, pose]));
    const located = [...this.#followed].map(([markId, followed]) => this.#poseOf(markId, followed, byName));
    this.#events.emit('located', { mediaMs, print, aspect: width / height, poses: located, tookMs });
  }

  /** By the newest anchor once it is held, by the one before until then: both lead to the same frame. */
  #poseOf(
    markId: string,
    { anchor, name, older }: Followed,
    byName: ReadonlyMap<string, AnchorPose>,
  ): LocatedPose {
    const newest = byName.get(name);
    const before = older === undefined ? undefined : byName.get(older);
    if (older !== undefined && newest?.state === 'held') {
      this.#feed.unfollow(older);
      this.#followed.set(markId, { anchor, name, older: undefined });
    }
    const pose = newest?.state === 'held' || before?.state !== 'held' ? newest : before;
    // What the tracker did not take is looked for as little as what it has not found yet.
    return { state: 'searching', confidence: 0, ...pose, anchorId: markId, by: 'picture' };
  }
}
