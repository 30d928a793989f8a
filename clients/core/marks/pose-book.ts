/** Where devices say that marks are, put onto the frames that are shown here: one alignment for each camera. */
import { type AlignedPoses, PoseAlignment } from '../../../ar-annotations/frames/align.ts';
import type { PoseMessage } from '../../../ar-annotations/scene/types.ts';
import { PoseMessage as PoseParser } from '../../../signaling/protocol/marks.ts';
import type { Clock } from '../clock.ts';
import { fromBytes, type MarkRoom, ownMarksOf } from './room.ts';
import type { ShownPicture } from './types.ts';

/** RTP timestamps of video count 90,000 a second, in 32 bits (RFC 3551 section 5, RFC 3550 section 5.1). */
const TICKS_A_MS = 90;
const WRAP = 2 ** 32;
/** A device that says nothing of its marks for so long does not follow them now. */
const SILENT_MS = 1000;

interface Camera {
  readonly alignment: PoseAlignment;
  /** Marks that the device has spoken of. */
  readonly told: Set<string>;
  heardAt: number;
  wraps: number;
  lastTicks: number | undefined;
}

export class PoseBook {
  readonly #room: MarkRoom;
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #cameras = new Map<string, Camera>();
  readonly #stops: (() => void)[];

  constructor(room: MarkRoom, clock: Clock, changed: () => void) {
    this.#room = room;
    this.#clock = clock;
    this.#changed = changed;
    this.#stops = [
      ownMarksOf(room).on('posed', (pose) => this.#take(room.peerId, pose)),
      room.data.listen('pose', ({ peerId }, bytes) => {
        const parsed = PoseParser.safeParse(fromBytes(bytes));
        if (parsed.success) this.#take(peerId, parsed.data);
      }),
      room.on('marks', ({ name, data }) => {
        if (name === 'mark.posed') this.#take(data.peerId, data.pose);
      }),
      room.on('state', ({ sources }) => {
        for (const producerId of this.#cameras.keys()) {
          if (!Object.hasOwn(sources, producerId)) this.#cameras.delete(producerId);
        }
      }),
    ];
  }

  /** Whether the device has ever said where this mark is, or that it does not know. */
  hasTold(producerId: string, markId: string): boolean {
    return this.#cameras.get(producerId)?.told.has(markId) ?? false;
  }

  /** Undefined where nobody can tell: nothing may be shown in place. */
  posesAt(producerId: string, { rtpTimestamp, print, frozen }: ShownPicture): AlignedPoses | undefined {
    const camera = this.#cameras.get(producerId);
    if (!camera) return undefined;
    const isLive = frozen === undefined;
    if (isLive && this.#clock.monotonic() - camera.heardAt > SILENT_MS) return undefined;
    const ms = rtpTimestamp === undefined ? undefined : unwrapped(camera, rtpTimestamp) / TICKS_A_MS;
    return camera.alignment.poseAt({ ms, print });
  }

  /** Media time of the device for a frame shown here; undefined while it is not known. */
  mediaMsOf(producerId: string, rtpTimestamp: number): number | undefined {
    const camera = this.#cameras.get(producerId);
    const offsetMs = camera?.alignment.offsetMs;
    if (!camera || offsetMs === undefined) return undefined;
    return unwrapped(camera, rtpTimestamp) / TICKS_A_MS - offsetMs;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#cameras.clear();
  }

  /** Only the device that publishes a camera knows where marks are on it. */
  #take(peerId: string, pose: PoseMessage): void {
    const { producerId } = pose;
    if (this.#room.state.sources[producerId]?.peerId !== peerId) return;
    const camera = this.#cameras.get(producerId) ?? {
      alignment: new PoseAlignment(),
      told: new Set<string>(),
      heardAt: 0,
      wraps: 0,
      lastTicks: undefined,
    };
    this.#cameras.set(producerId, camera);
    camera.heardAt = this.#clock.monotonic();
    camera.alignment.addPose(pose);
    for (const { markId } of pose.poses) camera.told.add(markId);
    this.#changed();
  }
}

/** Ticks since the first wrap; a frame that is shown late belongs before it. */
function unwrapped(camera: Camera, ticks: number): number {
  const last = camera.lastTicks ?? ticks;
  if (last - ticks > WRAP / 2) camera.wraps += 1;
  else if (ticks - last > WRAP / 2) camera.wraps -= 1;
  camera.lastTicks = ticks;
  return ticks + camera.wraps * WRAP;
}
