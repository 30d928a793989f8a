/** Compresses, unpacks and cuts pictures in a thread of its own: a 4K JPEG takes the time of several frames. */
import type { Rect } from './framing.ts';
import type { FromPictures, Size, ToPictures } from './picture-messages.ts';

/** What 2 Mbit/s carry in a quarter of a second. */
const COARSE_BYTES = 64_000;

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
  const blob = await drawn(picture, asked.rect, asked.rect, asked.quality, 'piece');
  return { kind: 'piece', id, jpeg: new Uint8Array(await blob.arrayBuffer()) };
}

async function compress(asked: Extract<ToPictures, { kind: 'compress' }>): Promise<FromPictures> {
  const { id, frame, quality, coarse, coarseQuality } = asked;
  const startedAt = performance.now();
  try {
    const all = { x: 0, y: 0, ...sizeOf(frame) };
    let small = await drawn(frame, all, coarse, coarseQuality, 'coarse');
    if (small.size > COARSE_BYTES) small = await drawn(frame, all, coarse, coarseQuality / 2, 'coarse');
    const whole = await drawn(frame, all, all, quality, 'whole');
    return { kind: 'compressed', id, whole, coarse: small, tookMs: performance.now() - startedAt };
  } finally {
    frame.close();
  }
}

function sizeOf(frame: VideoFrame | ImageBitmap): Size {
  return frame instanceof ImageBitmap
    ? { width: frame.width, height: frame.height }
    : { width: frame.displayWidth, height: frame.displayHeight };
}

function drawn(
  image: VideoFrame | ImageBitmap,
  from: Rect,
  to: Size,
  quality: number,
  use: string,
): Promise<Blob> {
  const canvas = canvases.get(use) ?? new OffscreenCanvas(to.width, to.height);
  canvases.set(use, canvas);
  if (canvas.width !== to.width) canvas.width = to.width;
  if (canvas.height !== to.height) canvas.height = to.height;
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('This browser draws nothing in a worker.');
  context.drawImage(image, from.x, from.y, from.width, from.height, 0, 0, to.width, to.height);
  // The canvas may be drawn on again at once: what is compressed is taken in this call.
  return canvas.convertToBlob({ type: 'image/jpeg', quality });
}
