/** Frames of an own camera, as they are shown in a hidden element: each with its media time and its print. */
import { printOf } from '../../../ar-annotations/frames/print.ts';
import type { SeenFrame } from './kept-frames.ts';

/** Small enough to cost nothing, large enough that its fields have the means of the whole picture. */
const GREY = { width: 128, height: 72 };
/** Names of frames are needed as often; poses come no more often either. */
const LOOKS_MS = 60;

export interface GrabbedFrame extends SeenFrame {
  readonly width: number;
  readonly height: number;
  /** The frame itself at its full size, while it is the present one. Whoever takes it closes it. */
  take(): Promise<VideoFrame | ImageBitmap>;
}

/** Calls for about 16 frames a second of the track, until the returned function is called. */
export function grabFrames(track: MediaStreamTrack, take: (frame: GrabbedFrame) => void): () => void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  const canvas = document.createElement('canvas');
  canvas.width = GREY.width;
  canvas.height = GREY.height;
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  let stopped = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  const next: VideoFrameRequestCallback = (now, { mediaTime, width, height }) => {
    if (stopped) return;
    video.requestVideoFrameCallback(next);
    if (!context || now - lookedAt < LOOKS_MS) return;
    lookedAt = now;
    context.drawImage(video, 0, 0, GREY.width, GREY.height);
    const { data } = context.getImageData(0, 0, GREY.width, GREY.height);
    take({
      mediaMs: mediaTime * 1000,
      print: printOf({ ...GREY, luma: lumaOf(data) }),
      width,
      height,
      take: () => frameOf(video),
    });
  };
  video.requestVideoFrameCallback(next);
  video.play().catch(() => {
    // Ended before it began; the callback never comes, and the ring stays empty.
    stopped = true;
  });
  return () => {
    stopped = true;
    video.srcObject = null;
  };
}

async function frameOf(video: HTMLVideoElement): Promise<VideoFrame | ImageBitmap> {
  // A VideoFrame is a reference; a bitmap is a copy made on the page's own thread.
  return 'VideoFrame' in globalThis ? new VideoFrame(video) : createImageBitmap(video);
}

/** ITU-R BT.601 luma in 8 bits. */
function lumaOf(rgba: Uint8ClampedArray): Uint8Array {
  const luma = new Uint8Array(rgba.length / 4);
  for (let at = 0; at < luma.length; at += 1) {
    const red = rgba[at * 4] ?? 0;
    const green = rgba[at * 4 + 1] ?? 0;
    const blue = rgba[at * 4 + 2] ?? 0;
    luma[at] = (red * 77 + green * 150 + blue * 29) >> 8;
  }
  return luma;
}
