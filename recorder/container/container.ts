/**
 * Containers of segments: fragmented MP4 for H.264, VP9, AV1 and Opus, WebM for VP8, which browsers do not play from MP4.
 * A segment may begin anywhere and hold no keyframe at all: WebRTC sends few, and a second that is not written down is
 * lost. Libraries wait for the next keyframe before they write (DECISIONS.md), which is why these writers are ours.
 */
import type { CodecConfig } from '../core/types.ts';
import { mp4Init } from './mp4-init.ts';
import { mp4Segment } from './mp4-segment.ts';
import { webmInit, webmSegment } from './webm.ts';

/** A picture or a packet of sound at its place in the container. */
export interface ContainerFrame {
  /** Time of display in ticks of the container's timescale, not negative; at most 2^53. */
  readonly time: number;
  /** Ticks until the next frame, at least 1. */
  readonly duration: number;
  /** Sound: always true. */
  readonly keyframe: boolean;
  readonly data: Uint8Array;
}

/** What one codec configuration is written as. */
export interface Container {
  /** Ticks per second of the times in it. */
  readonly timescale: number;
  readonly format: 'mp4' | 'webm';
  /** Full type for `MediaSource.isTypeSupported`. */
  readonly mimeType: string;
  /** What a player needs before the first segment. */
  init(): Uint8Array;
  /**
   * Bytes of one segment, playable behind the init. Times ascend. The same frames and number give the same bytes.
   * `sequence` counts the segments of the track from 1.
   */
  segment(sequence: number, frames: readonly ContainerFrame[]): Uint8Array;
}

/** Throws RangeError for a configuration that its container cannot carry. */
export function containerFor(config: CodecConfig): Container {
  const kind = config.codec === 'opus' ? 'audio' : 'video';
  if (config.codec === 'vp8') {
    return {
      timescale: 1000,
      format: 'webm',
      mimeType: `${kind}/webm; codecs="${config.codecString}"`,
      init: () => webmInit(config),
      segment: (_, frames) => webmSegment(checked(frames)),
    };
  }
  const timescale = kind === 'audio' ? 48_000 : 90_000;
  return {
    timescale,
    format: 'mp4',
    mimeType: `${kind}/mp4; codecs="${config.codecString}"`,
    init: () => mp4Init(config, timescale),
    segment: (sequence, frames) => mp4Segment(sequence, checked(frames)),
  };
}

function checked(frames: readonly ContainerFrame[]): readonly ContainerFrame[] {
  if (frames.length === 0) throw new RangeError('A segment has at least one frame.');
  let end = 0;
  for (const { time, duration } of frames) {
    if (!Number.isSafeInteger(time) || !Number.isSafeInteger(duration) || time < end || duration < 1)
      throw new RangeError(
        `A frame at ${time} for ${duration} ticks does not follow one that ends at ${end}.`,
      );
    end = time + duration;
  }
  return frames;
}
