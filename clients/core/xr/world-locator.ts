/**
 * Marks by world tracking, behind the same interface as the picture tracker. The device's anchors know the room, not the patient
 * in it: an arm that moves leaves its anchor behind. So the picture decides here too: a mark is shown only while the patch under
 * it is held by the picture and both agree; then its place is the world's, which neither jitters nor blurs.
 */
import { apply } from '../../../ar-annotations/geometry/matrix.ts';
import type { Region } from '../../../ar-annotations/tracker/types.ts';
import { Emitter } from '../emitter.ts';
import type { Located, LocatedPose, Locator, LocatorEvents, SceneAnchor } from '../marks/index.ts';
import { acrossPlane, rayThrough, type View } from './plane.ts';
import type { World, WorldAnchor } from './world.ts';

/** Places of the two that are farther apart, in parts of the frame's width, do not agree. */
export const AGREE = 0.02;
/** Frames are remembered for as long as the world remembers its views. */
const FRAMES_KEPT = 120;

interface Followed {
  readonly region: Region;
  readonly reference: View;
  readonly place: WorldAnchor;
}

/** @param picture finds marks by what the camera sees; it is closed with the locator */
export function createWorldLocator(world: World, picture: Locator): Locator {
  return new WorldLocator(world, picture);
}

class WorldLocator implements Locator {
  readonly #world: World;
  readonly #picture: Locator;
  readonly #events = new Emitter<LocatorEvents>();
  readonly #followed = new Map<string, Followed>();
  readonly #wanted = new Map<string, SceneAnchor>();
  /** Views of the frames that were looked at, by the media time that authors name them by. */
  readonly #frames: { readonly mediaMs: number; readonly view: View }[] = [];
  readonly #stops: (() => void)[];

  constructor(world: World, picture: Locator) {
    this.#world = world;
    this.#picture = picture;
    this.#stops = [
      picture.on('located', (located) => this.#handleLocated(located)),
      picture.on('interrupted', () => this.#events.emit('interrupted', undefined)),
      picture.on('warning', (error) => this.#events.emit('warning', error)),
    ];
  }

  get isAble(): boolean {
    return this.#picture.isAble;
  }

  on<N extends keyof LocatorEvents>(name: N, listener: (data: LocatorEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  add(markId: string, anchor: SceneAnchor): void {
    this.#picture.add(markId, anchor);
    if (this.#wanted.get(markId)?.reference === anchor.reference) return;
    this.#forget(markId);
    this.#wanted.set(markId, anchor);
    this.#anchor(markId, anchor).catch((error: unknown) => this.#events.emit('warning', error));
  }

  remove(markId: string): void {
    this.#picture.remove(markId);
    this.#forget(markId);
  }

  setKeeping(keeping: boolean): void {
    this.#picture.setKeeping(keeping);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const markId of [...this.#wanted.keys()]) this.#forget(markId);
    this.#picture.close();
    this.#events.removeAll();
  }

  #forget(markId: string): void {
    this.#wanted.delete(markId);
    this.#followed.get(markId)?.place.close();
    this.#followed.delete(markId);
  }

  /** Anchors what lay under the mark in the frame it was drawn on. */
  async #anchor(markId: string, anchor: SceneAnchor): Promise<void> {
    const { mediaMs } = anchor.frame;
    const reference = this.#frames.find((frame) => frame.mediaMs === mediaMs)?.view;
    if (!reference) return;
    const { x, y, width, height } = anchor.region;
    const place = await this.#world.anchor(rayThrough(reference, x + width / 2, y + height / 2));
    if (!place) return;
    if (this.#wanted.get(markId) !== anchor) place.close();
    else this.#followed.set(markId, { region: anchor.region, reference, place });
  }

  #handleLocated(located: Located): void {
    const view = this.#world.viewAt(performance.now() - located.tookMs);
    if (view) this.#frames.push({ mediaMs: located.mediaMs, view });
    while (this.#frames.length > FRAMES_KEPT) this.#frames.shift();
    const poses = located.poses.map((pose) => this.#refined(pose, view));
    this.#events.emit('located', { ...located, poses });
  }

  /** The world's place of a mark that the picture holds, where both agree; else what the picture says. */
  #refined(pose: LocatedPose, view: View | undefined): LocatedPose {
    const followed = this.#followed.get(pose.anchorId);
    const plane = followed?.place.plane();
    if (!followed || !plane || !view || pose.state !== 'held' || !pose.homography) return pose;
    const { x, y, width, height } = followed.region;
    const corners = [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ] as const;
    const homography = acrossPlane(followed.reference, view, plane, corners);
    if (!homography) return pose;
    const [seen, known] = [pose.homography, homography].map((map) =>
      apply(map, x + width / 2, y + height / 2),
    );
    if (!seen || !known || Math.hypot(seen.x - known.x, seen.y - known.y) > AGREE) return pose;
    return { ...pose, homography, by: 'world' };
  }
}
