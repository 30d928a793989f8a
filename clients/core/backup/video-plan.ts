/** Which encoder keeps the pictures, and how large. Asks the browser; decides nothing else. */

export interface VideoPlan {
  readonly codec: 'avc' | 'vp8';
  readonly config: VideoEncoderConfig;
  /** Frames a second that are kept. */
  readonly fps: number;
}

interface Wish {
  readonly codec: VideoPlan['codec'];
  readonly name: string;
  readonly hardware: boolean;
  readonly lines: number;
  readonly fps: number;
  readonly bitrate: number;
}

/**
 * A processor that encodes in software needs its time for what is live, so there the copy is smaller and slower. H.264
 * level 4.0 carries 1080 lines at 30 frames (H.264 table A-1); Constrained Baseline has no reordering.
 */
const WISHES: readonly Wish[] = [
  { codec: 'avc', name: 'avc1.42e028', hardware: true, lines: 1080, fps: 30, bitrate: 2_500_000 },
  { codec: 'avc', name: 'avc1.42e01f', hardware: false, lines: 720, fps: 15, bitrate: 1_200_000 },
  { codec: 'vp8', name: 'vp8', hardware: false, lines: 720, fps: 15, bitrate: 1_200_000 },
];

/** The first that this browser supports; undefined when it supports none. */
export async function planVideoCopy(width: number, height: number): Promise<VideoPlan | undefined> {
  if (!('VideoEncoder' in globalThis)) return undefined;
  for (const wish of WISHES) {
    const config = configFor(wish, width, height);
    const { supported } = await VideoEncoder.isConfigSupported(config);
    if (supported === true) return { codec: wish.codec, config, fps: wish.fps };
  }
  return undefined;
}

/** Same shape as the capture, never larger, with even sides as 4:2:0 needs them. */
function configFor(wish: Wish, width: number, height: number): VideoEncoderConfig {
  const scale = Math.min(1, wish.lines / Math.min(width, height));
  const even = (pixels: number) => Math.max(2, 2 * Math.round((pixels * scale) / 2));
  return {
    codec: wish.name,
    width: even(width),
    height: even(height),
    bitrate: wish.bitrate,
    framerate: wish.fps,
    latencyMode: 'realtime',
    hardwareAcceleration: wish.hardware ? 'prefer-hardware' : 'no-preference',
    ...(wish.codec === 'avc' ? { avc: { format: 'avc' } } : {}),
  };
}
