/** Compresses, unpacks and cuts pictures in a thread of its own: a 4K JPEG takes the time of several frames. */
import type { FromPictures, Size, ToPictures } from './picture-messages.ts';

/** What 2 Mbit/s carry in a fifth of a second. */
const COARSE_BYTES = 48_000;

const pictures = new Map<number, ImageBitmap>();
/** One canvas for each use, since making one of 4K anew for every frame costs more than drawing on it. */
const canvases = new Map<string, OffscreenCanvas>();

addEventListener('message', ({ data }: MessageEvent<ToPictures>) => {
  if (data.kind === 'close') {
    pictures.get(data.picture)?.close();
    pictures.delete(data.picture);
    return;
  }
  carryOut(data).then(answer, (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    answer({ kind: 'failed', id: data.id, message });
  });
});

function answer(message: FromPictures): void {
  if (message.kind === 'piece') postMessage(message, { transfer: [message.jpeg.buffer] });
  else postMessage(message);
}

async function carryOut(asked: Exclude<ToPictures, { kind: 'close' }>): Promise<FromPictures> {
  const { id } = asked;
  if (asked.kind === 'compress') return compress(asked);
  if (asked.kind === 'open') {
    pictures.set(asked.picture, await createImageBitmap(asked.jpeg));
    return { kind: 'opened', id };
  }
  const picture = pictures.get(asked.picture);
  if (!picture) throw new Error('The picture is closed.');
  const { x, y, width, height } = asked.rect;
  const { canvas, context } = canvasOf('piece', asked.rect);
  context.drawImage(picture, x, y, width, height, 0, 0, width, height);
  const blob = await jpegOf(canvas, asked.quality);
  return { kind: 'piece', id, jpeg: new Uint8Array(await blob.arrayBuffer()) };
}

async function compress(asked: Extract<ToPictures, { kind: 'compress' }>): Promise<FromPictures> {
  const { id, frame, quality, coarse, coarseQuality } = asked;
  const startedAt = performance.now();
  const whole = canvasOf('whole', { width: frame.displayWidth, height: frame.displayHeight });
  whole.context.drawImage(frame, 0, 0, whole.canvas.width, whole.canvas.height);
  // A camera has few frames; the next one needs this one's memory.
  frame.close();
  const large = jpegOf(whole.canvas, quality);
  const small = canvasOf('coarse', coarse);
  small.context.drawImage(whole.canvas, 0, 0, coarse.width, coarse.height);
  let coarseJpeg = await jpegOf(small.canvas, coarseQuality);
  if (coarseJpeg.size > COARSE_BYTES) coarseJpeg = await jpegOf(small.canvas, coarseQuality / 2);
  const tookMs = () => performance.now() - startedAt;
  return { kind: 'compressed', id, whole: await large, coarse: coarseJpeg, tookMs: tookMs() };
}

function canvasOf(use: string, { width, height }: Size) {
  const canvas = canvases.get(use) ?? new OffscreenCanvas(width, height);
  canvases.set(use, canvas);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('This browser draws nothing in a worker.');
  return { canvas, context };
}

/** The canvas may be drawn on again at once: what is compressed is taken in this call. */
function jpegOf(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}
