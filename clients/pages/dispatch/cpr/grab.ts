/**
 * Takes small grey pictures from a live source, at most 16 a second, each frame once (`requestVideoFrameCallback`). A still
 * that stands in for the video is no frame of the track, so it is never measured.
 */
import type { GreyFrame } from '../../../core/cpr/frames.ts';
import type { RemoteSource } from '../../../core/types.ts';
import { FrameClock } from './frame-clock.ts';

const LONGER_SIDE = 160;
const LEAST_STEP_MS = 55;

/** Calls `take` for each picture until the answered function is called. */
export function grabFrames(source: RemoteSource, take: (frame: GreyFrame) => void): () => void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  const detach = source.attach(video);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  const clock = new FrameClock();
  let last = Number.NEGATIVE_INFINITY;
  let handle = 0;
  const look: VideoFrameRequestCallback = (now, { rtpTimestamp }) => {
    handle = video.requestVideoFrameCallback(look);
    const timeMs = clock.timeOf({ presentedMs: now, rtpTimestamp });
    if (context === null || timeMs - last < LEAST_STEP_MS) return;
    last = timeMs;
    const frame = greyOf(video, canvas, context, timeMs);
    if (frame !== undefined) take(frame);
  };
  handle = video.requestVideoFrameCallback(look);
  return () => {
    video.cancelVideoFrameCallback(handle);
    detach();
  };
}

function greyOf(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  timeMs: number,
): GreyFrame | undefined {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || videoHeight === 0) return undefined;
  const scale = LONGER_SIDE / Math.max(videoWidth, videoHeight);
  const width = Math.max(16, Math.round(videoWidth * scale));
  const height = Math.max(16, Math.round(videoHeight * scale));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.imageSmoothingQuality = 'medium';
  context.drawImage(video, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i += 1) {
    const at = 4 * i;
    // Weights of BT.601 in 256ths.
    grey[i] = (77 * (data[at] ?? 0) + 150 * (data[at + 1] ?? 0) + 29 * (data[at + 2] ?? 0)) >> 8;
  }
  return { width, height, data: grey, timeMs };
}
