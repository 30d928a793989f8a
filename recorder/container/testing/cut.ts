/** Test streams cut into segments, without the packager. */
import { type Container, type ContainerFrame, containerFor } from '../container.ts';
import type { EncodedStream } from './streams.ts';

export interface Cut {
  readonly container: Container;
  readonly frames: readonly ContainerFrame[];
  readonly segments: readonly Uint8Array[];
}

/** Frames of a stream from `startMs` on, cut into segments of `perSegment` frames wherever they fall. */
export function segmentsOf(stream: EncodedStream, startMs: number, perSegment: number): Cut {
  const container = containerFor(stream.config);
  const ticks = (seconds: number) => Math.round((startMs / 1000 + seconds) * container.timescale);
  const frames = stream.frames.map(({ time, keyframe, data }, index): ContainerFrame => {
    const next = stream.frames[index + 1]?.time ?? time + 0.02;
    return { time: ticks(time), duration: ticks(next) - ticks(time), keyframe, data };
  });
  const segments = [];
  for (let at = 0; at < frames.length; at += perSegment)
    segments.push(container.segment(segments.length + 1, frames.slice(at, at + perSegment)));
  return { container, frames, segments };
}
