/**
 * When one encoding is asked for a keyframe: at its start until one comes, when a better one of the same source stops, after loss, when somebody asks, and when the last
 * one is 10 s old, so that a recording can be entered anywhere. Keyframes cost sharpness: at more than one in 2 s
 * encoders lose half their frame rate (jitsi-videobridge pull request 2442), so nothing here asks more often than that once they come.
 */
import { unwrap } from '../rtp/unwrap.ts';

/** A hole is loss when it is still there after this time: retransmissions to the node have come by then. */
export const HOLE_MS = 300;
const AFTER_KEYFRAME_MS = 2_000;
export const REGULAR_MS = 10_000;
const FIRST_WAIT_MS = 500;
/**
 * The node asks by itself as it begins to send. A request before that would only make its keyframe one that nobody receives, and the
 * next one wait for the node's floor of 2 s.
 */
const FIRST_PACKET_MS = 1_500;
/** Silence after which the other encodings of a source must be enterable: as long as the packager waits before it goes down. */
const SILENT_MS = 400;
/** Silence after which an encoding counts as stopped: nothing would answer. */
const STOPPED_MS = 1_000;
/** Sequence numbers that jump by more than this began anew. */
const RESTART = 1_000;
/** Holes that are waited for, of one jump and in all: who leaves out more has lost them, and must not cost everyone's time. */
const MOST_OF_A_JUMP = 64;
const MOST_HOLES = 2_000;

export class KeyframeNeeds {
  #wanted = true;
  #waitMs = FIRST_WAIT_MS;
  #lastAskedMs = Number.NEGATIVE_INFINITY;
  #lastKeyframeMs = Number.NEGATIVE_INFINITY;
  #lastPacketMs = Number.NEGATIVE_INFINITY;
  #firstLookMs: number | undefined;
  #silenceIsKnown = true;
  #highest: number | undefined;
  /** Missing sequence numbers and when they were missed. */
  readonly #holes = new Map<number, number>();

  /** How many sequence numbers are waited for. */
  get missing(): number {
    return this.#holes.size;
  }

  /** Every packet of the encoding, in the order in which they come. */
  packet(sequence: number, startsKeyframe: boolean, nowMs: number): void {
    this.#lastPacketMs = nowMs;
    this.#silenceIsKnown = false;
    this.#follow(sequence, nowMs);
    if (!startsKeyframe) return;
    this.#lastKeyframeMs = nowMs;
    this.#wanted = false;
    this.#waitMs = FIRST_WAIT_MS;
  }

  /** Somebody needs one now: a change of parameters, or a request. */
  want(): void {
    this.#wanted = true;
    this.#waitMs = FIRST_WAIT_MS;
  }

  /** Whether packets come now. */
  flows(nowMs: number): boolean {
    return nowMs - this.#lastPacketMs <= SILENT_MS;
  }

  /** True once after packets came and come no more. */
  hasFallenSilent(nowMs: number): boolean {
    if (this.#silenceIsKnown || this.flows(nowMs)) return false;
    this.#silenceIsKnown = true;
    return true;
  }

  /** True when one is to be asked for now; it then counts as asked. Call it about every 100 ms. */
  due(nowMs: number): boolean {
    this.#lookForLoss(nowMs);
    if (!this.#isDue(nowMs)) return false;
    this.#lastAskedMs = nowMs;
    // Nobody answers: ask ever more seldom, but never stop.
    this.#waitMs = Math.min(this.#waitMs * 2, REGULAR_MS);
    return true;
  }

  #isDue(nowMs: number): boolean {
    this.#firstLookMs ??= nowMs;
    const hasBegun = this.#lastPacketMs > Number.NEGATIVE_INFINITY;
    if (!hasBegun && nowMs - this.#firstLookMs < FIRST_PACKET_MS) return false;
    const sinceAsked = nowMs - this.#lastAskedMs;
    const sinceKeyframe = nowMs - this.#lastKeyframeMs;
    if (this.#wanted) return sinceAsked >= this.#waitMs && sinceKeyframe >= AFTER_KEYFRAME_MS;
    const flows = nowMs - this.#lastPacketMs < STOPPED_MS;
    return flows && sinceAsked >= REGULAR_MS && sinceKeyframe >= REGULAR_MS;
  }

  #follow(sequence: number, nowMs: number): void {
    const highest = this.#highest;
    const next = highest === undefined ? sequence : unwrap(highest, sequence, 16);
    if (highest === undefined || Math.abs(next - highest) > RESTART) {
      this.#holes.clear();
      this.#highest = next;
      return;
    }
    this.#holes.delete(next);
    const end = Math.min(next, highest + 1 + MOST_OF_A_JUMP);
    for (let missing = highest + 1; missing < end && this.#holes.size < MOST_HOLES; missing += 1)
      this.#holes.set(missing, nowMs);
    this.#highest = Math.max(highest, next);
  }

  #lookForLoss(nowMs: number): void {
    for (const [missing, since] of this.#holes) {
      if (nowMs - since < HOLE_MS) return;
      this.#holes.delete(missing);
      if (!this.#wanted) this.want();
    }
  }
}

/** Whether keyframes are a matter of this encoding at all. */
export function hasKeyframes(mimeType: string): boolean {
  return mimeType.toLowerCase().startsWith('video/');
}
