/**
 * Reads the frames of a camera's track, each with its capture time. Where the browser has `MediaStreamTrackProcessor` in pages, frames
 * come also while the page is hidden; elsewhere a hidden element plays the track.
 * @see https://w3c.github.io/mediacapture-transform/
 */

/** Takes the frame over and closes it; `stampMs` is its capture time, on a clock of the browser. */
export type TakeFrame = (frame: VideoFrame, stampMs: number) => void;

interface Processor {
  readonly readable: ReadableStream<VideoFrame>;
}
type ProcessorClass = new (init: { track: MediaStreamTrack; maxBufferSize?: number }) => Processor;

const isProcessorClass = (value: unknown): value is ProcessorClass => typeof value === 'function';

/** Whether frames can be read here at all. */
export function canReadFrames(): boolean {
  return typeof VideoFrame === 'function' && typeof OffscreenCanvas === 'function';
}

/** Returns the function that stops. `failed` is told when no more frames will come although nobody stopped it. */
export function readFrames(
  track: MediaStreamTrack,
  take: TakeFrame,
  failed: (error: unknown) => void,
): () => void {
  const found: unknown = Reflect.get(globalThis, 'MediaStreamTrackProcessor');
  return isProcessorClass(found)
    ? readByProcessor(found, track, take, failed)
    : readByElement(track, take, failed);
}

function readByProcessor(
  TrackProcessor: ProcessorClass,
  track: MediaStreamTrack,
  take: TakeFrame,
  failed: (error: unknown) => void,
): () => void {
  const reader = new TrackProcessor({ track, maxBufferSize: 1 }).readable.getReader();
  let stopped = false;
  const run = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (stopped) value.close();
      else take(value, value.timestamp / 1000);
    }
  };
  run().catch((error: unknown) => {
    if (!stopped) failed(error);
  });
  return () => {
    if (stopped) return;
    stopped = true;
    reader.cancel().catch(failed);
  };
}

function readByElement(
  track: MediaStreamTrack,
  take: TakeFrame,
  failed: (error: unknown) => void,
): () => void {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  let handle = 0;
  const next: VideoFrameRequestCallback = (_now, { mediaTime, captureTime }) => {
    handle = video.requestVideoFrameCallback(next);
    const stampMs = captureTime ?? mediaTime * 1000;
    try {
      take(new VideoFrame(video, { timestamp: Math.round(stampMs * 1000) }), stampMs);
    } catch (error) {
      failed(error);
    }
  };
  handle = video.requestVideoFrameCallback(next);
  video.play().catch(failed);
  return () => {
    video.cancelVideoFrameCallback(handle);
    video.pause();
    video.srcObject = null;
  };
}
