/**
 * Which codec and which encodings a video source is published with (design section 5; research/perf.md section 2).
 * Pure. Bitrates are always explicit: without `maxBitrate` Chromium caps 4K at 5 Mbit/s and a lone encoding at 2.5.
 */
import type { types } from 'mediasoup-client';

export type VideoCodec = 'video/VP9' | 'video/H264' | 'video/VP8' | 'video/AV1';

/** Highest bitrate of one spatial layer by its lines, in bit/s. */
const LAYER_BITRATES: readonly { readonly lines: number; readonly bitrate: number }[] = [
  { lines: 2160, bitrate: 20_000_000 },
  { lines: 1440, bitrate: 10_000_000 },
  { lines: 1080, bitrate: 5_000_000 },
  { lines: 720, bitrate: 2_500_000 },
  { lines: 540, bitrate: 1_200_000 },
  { lines: 360, bitrate: 600_000 },
  { lines: 0, bitrate: 350_000 },
];

export function bitrateForLines(lines: number): number {
  return LAYER_BITRATES.find((row) => lines >= row.lines)?.bitrate ?? 350_000;
}

/**
 * Spatial layers of a capture: rung 540 is always layer 0 and each layer doubles the lines (`RUNG_LAYER`), so a 1080
 * camera has two and a 540 camera one.
 */
export function layersFor(height: number): 1 | 2 | 3 {
  if (height > 1200) return 3;
  return height > 600 ? 2 : 1;
}

export interface VideoPlan {
  readonly codec: VideoCodec;
  readonly mode: 'svc' | 'simulcast' | 'single';
  readonly layers: 1 | 2 | 3;
  /** In the order mediasoup wants: low to high. */
  readonly encodings: types.RtpEncodingParameters[];
  readonly maxBitrate: number;
}

export interface VideoWish {
  readonly height: number;
  readonly maxBitrate?: number | undefined;
  readonly codec?: VideoCodec | undefined;
  /** Only when the server switched AV1 on. */
  readonly av1: boolean;
  /** Codecs both this browser and the router can send, as `Device.sendRtpCapabilities` lists them. */
  readonly sendable: readonly string[];
  /** Whether the browser encodes spatial layers in one stream; Firefox does not. */
  readonly svc: boolean;
  /** One stream without spatial layers: the least work for a phone, and its RTP timestamps pass unchanged. */
  readonly single?: boolean | undefined;
}

/**
 * VP9 `L3T3_KEY` where SVC works: it starts at full size, survives loss (key-frame dependent modes only: mediasoup
 * issue 1616) and passes RTP timestamps unchanged. Otherwise H.264, then VP8, as simulcast.
 */
export function planVideo(wish: VideoWish): VideoPlan {
  const codec = chooseCodec(wish);
  const layers = layersFor(wish.height);
  const maxBitrate = wish.maxBitrate ?? bitrateForLines(wish.height);
  if (wish.single) return planSingle(codec, maxBitrate, wish.svc);
  if (wish.svc && (codec === 'video/VP9' || codec === 'video/AV1')) {
    const encoding = { scalabilityMode: svcMode(layers), maxBitrate, dtx: false };
    return { codec, mode: 'svc', layers, maxBitrate, encodings: [encoding] };
  }
  if (layers === 1 || codec === 'video/VP9' || codec === 'video/AV1')
    return planSingle(codec, maxBitrate, false);
  return {
    codec,
    mode: 'simulcast',
    layers,
    maxBitrate,
    encodings: simulcast(wish.height, layers, maxBitrate),
  };
}

/** Temporal layers let a viewer's weak downlink drop frames; H.264 has none in browsers. */
function planSingle(codec: VideoCodec, maxBitrate: number, svc: boolean): VideoPlan {
  const temporal = codec === 'video/VP8' || (svc && codec !== 'video/H264');
  const encoding = { maxBitrate, ...(temporal ? { scalabilityMode: 'L1T3' } : {}) };
  return { codec, mode: 'single', layers: 1, maxBitrate, encodings: [encoding] };
}

/** An extra encoding for viewers who cannot decode the main one: a single stream of at most 1080 lines. */
export function planAlternative(codec: 'video/VP8' | 'video/H264', height: number): VideoPlan {
  const scale = Math.max(1, height / 1080);
  const maxBitrate = bitrateForLines(Math.min(height, 1080));
  return {
    codec,
    mode: 'single',
    layers: 1,
    maxBitrate,
    encodings: [{ maxBitrate, scaleResolutionDownBy: scale }],
  };
}

export function svcMode(layers: number): string {
  return layers === 1 ? 'L1T3' : `L${layers}T3_KEY`;
}

function chooseCodec(wish: VideoWish): VideoCodec {
  const can = (codec: VideoCodec) =>
    wish.sendable.some((mime) => mime.toLowerCase() === codec.toLowerCase()) &&
    (codec !== 'video/AV1' || wish.av1);
  if (wish.codec && can(wish.codec)) return wish.codec;
  const order: readonly VideoCodec[] = wish.svc
    ? ['video/VP9', 'video/H264', 'video/VP8']
    : ['video/H264', 'video/VP8', 'video/VP9'];
  return order.find(can) ?? 'video/VP8';
}

function simulcast(height: number, layers: 2 | 3, maxBitrate: number): types.RtpEncodingParameters[] {
  const scales = layers === 3 ? [4, 2, 1] : [2, 1];
  return scales.map((scale) => ({
    scaleResolutionDownBy: scale,
    maxBitrate: scale === 1 ? maxBitrate : Math.min(maxBitrate, bitrateForLines(height / scale)),
    scalabilityMode: 'L1T3',
  }));
}
