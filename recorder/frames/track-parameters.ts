/** What a track must know of the parameters that its journal notes: mediasoup's RtpParameters, of which the rest is passed over. */
import * as z from 'zod/mini';

const Uint32 = z.int().check(z.gte(0), z.lte(0xffffffff));
const Noted = z.object({
  codecs: z
    .array(
      z.object({
        mimeType: z.string().check(z.maxLength(60)),
        payloadType: z.int().check(z.gte(0), z.lte(127)),
        clockRate: z.int().check(z.gte(1000), z.lte(1_000_000)),
        channels: z.optional(z.int().check(z.gte(1), z.lte(8))),
      }),
    )
    .check(z.minLength(1), z.maxLength(16)),
  encodings: z.array(z.object({ ssrc: z.optional(Uint32) })).check(z.maxLength(8)),
});

const CODECS = {
  'video/vp8': 'vp8',
  'video/vp9': 'vp9',
  'video/h264': 'h264',
  'video/av1': 'av1',
  'audio/opus': 'opus',
} as const;
export type TrackCodec = (typeof CODECS)[keyof typeof CODECS];

export interface TrackParameters {
  readonly codec: TrackCodec;
  readonly payloadType: number;
  readonly clockRate: number;
  readonly channels: number;
  /** Of every encoding, best last. */
  readonly ssrcs: readonly number[];
}

function codecOf(mimeType: string): TrackCodec | undefined {
  const name = mimeType.toLowerCase();
  for (const [type, codec] of Object.entries(CODECS)) if (type === name) return codec;
  return undefined;
}

/** Undefined for what is none, or of a codec that is not recorded. */
export function parseTrackParameters(noted: unknown): TrackParameters | undefined {
  const parsed = Noted.safeParse(noted);
  if (!parsed.success) return undefined;
  for (const { mimeType, payloadType, clockRate, channels = 1 } of parsed.data.codecs) {
    const codec = codecOf(mimeType);
    if (codec === undefined) continue;
    const ssrcs = parsed.data.encodings.flatMap(({ ssrc }) => (ssrc === undefined ? [] : [ssrc]));
    return { codec, payloadType, clockRate, channels, ssrcs };
  }
  return undefined;
}

export function sameParameters(a: TrackParameters, b: TrackParameters): boolean {
  return (
    a.codec === b.codec &&
    a.payloadType === b.payloadType &&
    a.clockRate === b.clockRate &&
    a.channels === b.channels &&
    a.ssrcs.length === b.ssrcs.length &&
    a.ssrcs.every((ssrc, n) => ssrc === b.ssrcs[n])
  );
}
