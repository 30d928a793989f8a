/** Tells everybody, and the recording, where the marks on this device's camera are. */
import { toBase64url } from '../../../ar-annotations/frames/base64url.ts';
import type { PoseMessage } from '../../../ar-annotations/scene/types.ts';
import { MAX_ANCHORS } from '../../../ar-annotations/tracker/types.ts';
import { PoseMessage as PoseParser } from '../../../signaling/protocol/marks.ts';
import type { Clock } from '../clock.ts';
import type { Located, LocatedPose } from './locator.ts';
import { type MarkRoom, ownMarksOf, toBytes } from './room.ts';
import type { OutChannel } from './types.ts';

/** Most messages: 30 a second on the channel, 10 over the socket, 2 while the wearer sees no marks. */
const CHANNEL_MS = 30;
const SOCKET_MS = 110;
const OFF_MS = 500;
const TELL_MS = 1000;

export class PoseSender {
  readonly #room: MarkRoom;
  readonly #clock: Clock;
  readonly #producerId: string;
  readonly #warn: (error: unknown) => void;
  #channel: OutChannel | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  /** A socket that stands still is not given more. */
  #waiting = false;

  constructor(room: MarkRoom, clock: Clock, producerId: string, warn: (error: unknown) => void) {
    this.#room = room;
    this.#clock = clock;
    this.#producerId = producerId;
    this.#warn = warn;
  }

  /** @param isOff the wearer sees no marks on the patient: nobody is told a place that is not shown */
  send(located: Located, isOff: boolean): void {
    this.#channel ??= this.#room.data.open('pose', { producerId: this.#producerId });
    const { isOpen } = this.#channel;
    const now = this.#clock.monotonic();
    if (now - this.#sentAt < (isOff ? OFF_MS : isOpen ? CHANNEL_MS : SOCKET_MS)) return;
    const message = this.#message(located, isOff);
    ownMarksOf(this.#room).emit('posed', message);
    if (isOpen) {
      this.#sentAt = now;
      this.#channel.send(toBytes(message));
      return;
    }
    const parsed = PoseParser.safeParse(message);
    if (this.#waiting || !parsed.success) return;
    this.#sentAt = now;
    this.#waiting = true;
    this.#room
      .request('mark.pose', parsed.data, { deadlineMs: TELL_MS })
      .catch(this.#warn)
      .finally(() => {
        this.#waiting = false;
      });
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  #message({ mediaMs, print, poses }: Located, isOff: boolean): PoseMessage {
    return {
      v: 1,
      producerId: this.#producerId,
      mediaMs: Math.max(0, rounded(mediaMs, 1e3)),
      print: toBase64url(print),
      poses: poses.slice(-MAX_ANCHORS).map((pose) => poseOf(pose, isOff)),
    };
  }
}

function poseOf(
  { anchorId, state, confidence, homography, by }: LocatedPose,
  isOff: boolean,
): PoseMessage['poses'][number] {
  if (isOff) return { markId: anchorId, state: 'off', confidence: 0, by };
  const sure = { confidence: Math.min(1, Math.max(0, rounded(confidence, 1e3))), by };
  if (state !== 'held' || !homography) return { markId: anchorId, state, ...sure };
  // A millionth of the picture is less than a pixel of any camera.
  return { markId: anchorId, state, ...sure, h: homography.map((value) => rounded(value, 1e7)) };
}

function rounded(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
