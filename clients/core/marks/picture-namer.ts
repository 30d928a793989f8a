/** Names the pictures of a camera that an element shows, so that poses find their frames (`MarkSession.shown`). */
import { printOf } from '../../../ar-annotations/frames/print.ts';
import { greyOfPixels } from './grey.ts';
import type { ShownPicture } from './types.ts';

/** Enough for the 16 by 9 fields of a print. */
const WIDTH = 64;
const HEIGHT = 36;
/** Prints a second: enough to learn the offset of two clocks within a second. */
const PRINT_MS = 80;

/**
 * Calls back for each frame that the element presents, with its RTP timestamp where the browser tells and its print where one was
 * made. Returns the function that stops.
 */
export function namePictures(
  video: HTMLVideoElement,
  onPicture: (picture: ShownPicture) => void,
): () => void {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  let printedAt = Number.NEGATIVE_INFINITY;
  const printOfShown = () => {
    if (!context || video.videoWidth === 0) return undefined;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return printOf(greyOfPixels(context.getImageData(0, 0, WIDTH, HEIGHT).data, WIDTH, HEIGHT));
  };
  const next: VideoFrameRequestCallback = (now, { rtpTimestamp }) => {
    handle = video.requestVideoFrameCallback(next);
    const isDue = rtpTimestamp === undefined || now - printedAt >= PRINT_MS;
    const print = isDue ? printOfShown() : undefined;
    if (print) printedAt = now;
    onPicture({ ...(rtpTimestamp === undefined ? {} : { rtpTimestamp }), ...(print ? { print } : {}) });
  };
  let handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}
