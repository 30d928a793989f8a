/**
 * The marks on the pictures of one recorded camera, where its device held them: recorded poses are put onto the frames that are
 * shown, by prints. Where the device did not hold a mark, or nobody can tell, nothing is shown: the wearer saw nothing either, or
 * nobody knows what.
 */
import { PoseAlignment } from '../frames/align.ts';
import type { PoseMessage } from '../scene/types.ts';
import type { Homography } from '../tracker/types.ts';
import type { ReplayedMark, SceneReplay } from './scene-replay.ts';

/** A pose comes to the recorder within this time of its frame. */
const AROUND_MS = 3500;
/** A pose comes to the recorder so long before its frame (room time of frames is known to so much) or after it. */
const EARLIEST_MS = 150;
const LATEST_MS = 700;
/** Poses farther from the playhead are forgotten; whoever feeds this brings them again. */
const KEPT_MS = 60_000;
/** A playhead that moves farther between two frames has jumped. */
const JUMP_MS = 1500;

export interface TimedPose {
  /** Room time of its arrival at the recorder, in milliseconds. */
  readonly at: number;
  readonly message: PoseMessage;
}

export interface PlacedMark extends ReplayedMark {
  readonly homography?: Homography;
}

export class CameraReplay {
  readonly #scene: SceneReplay;
  readonly #producerId: string;
  readonly #alignment = new PoseAlignment();
  /** By time of arrival. */
  #poses: TimedPose[] = [];
  /** Poses up to this time of arrival are with the alignment. */
  #given = Number.NEGATIVE_INFINITY;
  #last: number | undefined;

  constructor(scene: SceneReplay, producerId: string) {
    this.#scene = scene;
    this.#producerId = producerId;
  }

  /** Whether a frame at this time has anything to show, so that its print is worth making. */
  needsPrint(at: number): boolean {
    return this.#scene
      .marksAt(at, { kind: 'video', producerId: this.#producerId })
      .some(({ mark }) => mark.anchor.kind === 'scene');
  }

  /** Poses of this camera, in any order, also twice. */
  addPoses(poses: readonly TimedPose[]): void {
    const own = poses.filter(({ message }) => message.producerId === this.#producerId);
    if (own.length === 0) return;
    const isLate = own.some(({ at }) => at <= this.#given);
    const known = new Set(this.#poses.map(({ message }) => message.mediaMs));
    const fresh = own.filter(({ message }) => !known.has(message.mediaMs));
    this.#poses = [...this.#poses, ...fresh].sort((a, b) => a.at - b.at);
    if (isLate && fresh.length > 0) this.#restart();
  }

  /**
   * What is seen on a frame of this camera.
   * @param frame.at its room time in milliseconds
   * @param frame.print `printOf` of the frame as it is shown here; without it only what is fixed to the display is known
   */
  shownAt({ at, print }: { readonly at: number; readonly print?: Uint8Array | undefined }): PlacedMark[] {
    const marks = this.#scene.marksAt(at, { kind: 'video', producerId: this.#producerId });
    const fixed = marks.filter(({ mark }) => mark.anchor.kind === 'corner');
    if (print === undefined) return fixed;
    this.#moveTo(at);
    const poses = this.#alignment.poseAt({ ms: at, print, among: this.#possibleAt(at) })?.poses;
    const placed = marks.flatMap((each): PlacedMark[] => {
      const pose = each.mark.anchor.kind === 'scene' ? poses?.get(each.mark.markId) : undefined;
      const { state, homography } = pose ?? {};
      return state === 'held' && homography ? [{ ...each, homography }] : [];
    });
    return [...placed, ...fixed];
  }

  /** Media times of poses that came to the recorder soon after this frame was there, or was yet to come there itself. */
  #possibleAt(at: number): { from: number; to: number } {
    const near = this.#poses.filter((pose) => pose.at >= at - EARLIEST_MS && pose.at <= at + LATEST_MS);
    const times = near.map(({ message }) => message.mediaMs);
    return { from: Math.min(...times), to: Math.max(...times) };
  }

  #moveTo(at: number): void {
    const last = this.#last ?? at;
    this.#last = at;
    if (at < last || at > last + JUMP_MS) this.#restart();
    this.#poses = this.#poses.filter((pose) => Math.abs(pose.at - at) <= KEPT_MS);
    for (const pose of this.#poses) {
      if (pose.at <= this.#given || pose.at < at - AROUND_MS) continue;
      if (pose.at > at + AROUND_MS) break;
      this.#alignment.addPose(pose.message);
      this.#given = pose.at;
    }
  }

  #restart(): void {
    this.#alignment.forgetPoses();
    this.#given = Number.NEGATIVE_INFINITY;
  }
}
