/**
 * Follows the marks on one camera, away from the page, so that no page stutters: makes each frame small and grey, names it
 * by its print, keeps the last two seconds, and leads the tracker through them.
 */
import { printOf } from '../../../ar-annotations/frames/print.ts';
import { createTracker } from '../../../ar-annotations/tracker/create.ts';
import type { GreyFrame } from '../../../ar-annotations/tracker/types.ts';
import { GreyCanvas, greyOfPlane, greySize } from './grey.ts';
import { RecentFrames } from './recent-frames.ts';
import type { FromTracker, ToTracker } from './tracker-messages.ts';

/** Pictures this large cost more to draw than to copy. */
const COPIED_PIXELS = 1280 * 720;

const tracker = createTracker();
const recent = new RecentFrames();
let canvas: GreyCanvas | undefined;
let buffer = new Uint8Array(0);

const answer = (message: FromTracker) => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<ToTracker>) => {
  if (data.kind === 'remove') tracker.remove(data.markId);
  else if (data.kind === 'add') {
    const frames = recent.since(data.frame);
    const ok = tracker.add(data.markId, data.reference, frames);
    answer({ kind: 'added', markId: data.markId, ok, known: frames.length > 0 });
  } else {
    look(data.frame, data.mediaMs).catch((error: unknown) =>
      answer({ kind: 'unread', message: error instanceof Error ? error.message : String(error) }),
    );
  }
});

async function look(frame: VideoFrame, mediaMs: number): Promise<void> {
  const startedAt = performance.now();
  const { displayWidth: width, displayHeight: height } = frame;
  let grey: GreyFrame | undefined;
  try {
    grey = (await byPlane(frame)) ?? byCanvas(frame);
  } finally {
    frame.close();
  }
  if (!grey) throw new Error(`A frame of ${width} by ${height} cannot be read.`);
  const print = printOf(grey);
  recent.add({ mediaMs, print, grey });
  const poses = tracker.track(grey, mediaMs);
  answer({ kind: 'looked', mediaMs, print, width, height, poses, tookMs: performance.now() - startedAt });
}

/** Reads the luma as it lies in memory; undefined where the frame lies elsewhere, is turned, or is small enough to draw. */
async function byPlane(frame: VideoFrame): Promise<GreyFrame | undefined> {
  const { format, visibleRect, displayWidth, displayHeight } = frame;
  if (format !== 'I420' && format !== 'NV12') return undefined;
  if (!visibleRect || visibleRect.width * visibleRect.height < COPIED_PIXELS) return undefined;
  if (visibleRect.width !== displayWidth || visibleRect.height !== displayHeight) return undefined;
  const size = greySize(visibleRect.width, visibleRect.height);
  if (!size) return undefined;
  const needed = frame.allocationSize();
  if (buffer.length !== needed) buffer = new Uint8Array(needed);
  const [layout] = await frame.copyTo(buffer);
  if (!layout) return undefined;
  const { width, height } = visibleRect;
  const fullRange = frame.colorSpace.fullRange === true;
  return greyOfPlane({ width, height, ...layout, bytes: buffer, fullRange }, size.width, size.height);
}

function byCanvas(frame: VideoFrame): GreyFrame | undefined {
  canvas ??= new GreyCanvas();
  return canvas.grey(frame, frame.displayWidth, frame.displayHeight);
}
