/** What a track is produced with: codec, encodings and codec options. Pure. */
import type { types } from 'mediasoup-client';
import type { VideoPlan } from './encodings.ts';

/** Where the estimator starts when no pre-check ran, in bit/s. Without it, it climbs from 300 kbit/s for seconds. */
const START_BITRATE = 2_500_000;

/** @param startBitrate what the link was measured to carry, in bit/s. */
export function videoOptions(
  plan: VideoPlan,
  codecs: readonly types.RtpCodecCapability[],
  startBitrate: number | undefined,
): types.ProducerOptions {
  const codec = codecs.find((c) => c.mimeType.toLowerCase() === plan.codec.toLowerCase());
  const ceiling = Math.round(plan.maxBitrate / 1000);
  return {
    encodings: plan.encodings,
    ...(codec ? { codec } : {}),
    codecOptions: {
      videoGoogleStartBitrate: Math.min(ceiling, Math.round((startBitrate ?? START_BITRATE) / 1000)),
      videoGoogleMaxBitrate: ceiling,
    },
  };
}

/** Audio never dies before video (design section 1): it is sent first, and its bitrate is small and fixed. */
export function audioOptions(): types.ProducerOptions {
  return {
    encodings: [{ priority: 'high', networkPriority: 'high', maxBitrate: 48_000 }],
    codecOptions: { opusFec: true, opusStereo: false, opusDtx: false, opusNack: true },
  };
}
