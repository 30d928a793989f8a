/** Track events made by hand, for the part of the fold behind the depacketisers. */
import type { EncodedStream } from '../../container/testing/streams.ts';
import type { CodecConfig } from '../../core/types.ts';
import type { TrackEvent } from '../../frames/types.ts';

export const VP8: CodecConfig = { codec: 'vp8', codecString: 'vp8', width: 64, height: 64 };

export interface FakeFrame {
  /** Room time in milliseconds; arrival is the same moment of the host. */
  readonly ms: number;
  readonly keyframe?: boolean;
  readonly config?: CodecConfig;
  readonly lostBefore?: boolean;
  readonly data?: Uint8Array;
}

export function frameEvent({
  ms,
  keyframe = false,
  config,
  lostBefore = false,
  data,
}: FakeFrame): TrackEvent {
  const rtp = BigInt(Math.round(ms * 90));
  return {
    type: 'frame',
    time: { ms, errorMs: 1, by: 'report' },
    frame: {
      rtp,
      stretch: 0,
      at: BigInt(Math.round(ms * 1e6)),
      keyframe,
      lostBefore,
      data: data ?? Uint8Array.of(ms & 255),
      ...(config ? { config } : {}),
    },
  };
}

/** Frames of an encoded stream from `startMs` on. */
export function streamEvents(stream: EncodedStream, startMs: number): TrackEvent[] {
  return stream.frames.map(({ time, keyframe, data }, index) =>
    frameEvent({
      ms: startMs + time * 1000,
      keyframe,
      data,
      ...(index === 0 ? { config: stream.config } : {}),
    }),
  );
}
