/** Marks that people drew, above the picture of a track: where the device held them in the frame that is shown. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { drawMark } from '../../../ar-annotations/draw/draw.ts';
import { printOf } from '../../../ar-annotations/frames/print.ts';
import { greyOfPixels } from '../../core/marks/grey.ts';
import type { DrawnMarks } from '../../core/review/drawn-marks.ts';
import type { Lane } from '../../core/review/lane.ts';
import { useChanges } from '../../ui/hooks.ts';
import { paintMarks } from '../../ui/paint-marks.ts';
import { useReviewing } from './reviewing.ts';

/** Enough for the 16 by 9 fields of a print. */
const PRINT = { width: 64, height: 36 };
/** Lines of a larger canvas are no finer to the eye. */
const WIDEST = 1280;
/** A picture that stands is painted again this often: facts and poses come while it stands. */
const STANDING_MS = 300;

/** Makes prints of what an element shows. */
function createPrinter(video: HTMLVideoElement): () => Uint8Array | undefined {
  const canvas = new OffscreenCanvas(PRINT.width, PRINT.height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  return () => {
    if (!context || video.videoWidth === 0) return undefined;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(video, 0, 0, PRINT.width, PRINT.height);
    const { data } = context.getImageData(0, 0, PRINT.width, PRINT.height);
    return printOf(greyOfPixels(data, PRINT.width, PRINT.height));
  };
}

/** Paints each frame that the element presents. Returns the function that stops. */
function paintFrames(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  trackId: string,
  drawn: DrawnMarks,
): () => void {
  const printer = createPrinter(video);
  let at: number | undefined;
  let print: Uint8Array | undefined;
  const paint = () => {
    const context = canvas.getContext('2d');
    if (!context || video.videoWidth === 0 || at === undefined) return;
    const scale = Math.min(1, WIDEST / video.videoWidth);
    const size = {
      width: Math.round(video.videoWidth * scale),
      height: Math.round(video.videoHeight * scale),
    };
    if (canvas.width !== size.width) canvas.width = size.width;
    if (canvas.height !== size.height) canvas.height = size.height;
    context.clearRect(0, 0, size.width, size.height);
    print ??= drawn.needsPrint(trackId, at) ? printer() : undefined;
    const shown = drawn.onCamera(trackId, at, print);
    canvas.dataset.marks = String(shown.length);
    for (const mark of shown) paintMarks(context, drawMark({ ...mark, opacity: 1 }, size), () => undefined);
  };
  const next: VideoFrameRequestCallback = (_, { mediaTime }) => {
    handle = video.requestVideoFrameCallback(next);
    // Container times of a segment are room time.
    at = mediaTime * 1000;
    print = undefined;
    paint();
  };
  let handle = video.requestVideoFrameCallback(next);
  const standing = setInterval(() => {
    if (!video.paused && !video.seeking) return;
    at ??= video.currentTime * 1000;
    paint();
  }, STANDING_MS);
  return () => {
    video.cancelVideoFrameCallback(handle);
    clearInterval(standing);
    canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
  };
}

export function DrawnOnTile(props: { lane: Lane }): JSX.Element | null {
  const { lane } = props;
  const { session, drawnShown } = useReviewing();
  useChanges(session);
  const place = useRef<HTMLCanvasElement>(null);
  const { drawn } = session;
  const isShown = drawnShown && drawn.hasMarks(lane.trackId);
  useEffect(() => {
    const canvas = place.current;
    const { element, trackId } = lane;
    if (!isShown || canvas === null || !(element instanceof HTMLVideoElement)) return undefined;
    return paintFrames(element, canvas, trackId, drawn);
  }, [isShown, lane, drawn]);
  return isShown ? <canvas ref={place} class="review-drawn" /> : null;
}
