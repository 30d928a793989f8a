/** Reads what a page shows out of its own picture: which frame of the film, and where on it the colour of a mark is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FIELDS, FILM } from './film.ts';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, row by row. */
  readonly rgb: Uint8Array;
}

/** Where the film lies within the picture of a page, in its pixels. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Between a field and its inverse, of 255; less is a damaged picture. */
const CONTRAST = 60;
/** Between the strongest and the weakest of a pixel's colours; the film has none. */
const COLOURED = 70;

/** Decodes a PNG by ffmpeg. Rejects with what it says of anything else. */
export async function pixelsOf(png: Uint8Array): Promise<Pixels> {
  const view = new DataView(png.buffer, png.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const ffmpeg = spawn('ffmpeg', [
    ...['-v', 'error', '-f', 'image2pipe', '-i', 'pipe:0'],
    ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
  ]);
  const parts: Buffer[] = [];
  const complaints: string[] = [];
  ffmpeg.stdout.on('data', (part: Buffer) => parts.push(part));
  ffmpeg.stderr.on('data', (part) => complaints.push(String(part)));
  ffmpeg.stdin.end(png);
  await once(ffmpeg, 'close');
  const rgb = Buffer.concat(parts);
  if (rgb.length !== width * height * 3) throw new Error(`no picture: ${complaints.join('').slice(0, 300)}`);
  return { width, height, rgb };
}

/** Where a film of its size lies in a box that shows it whole. */
export function contained(box: Frame): Frame {
  const scale = Math.min(box.width / FILM.width, box.height / FILM.height);
  const [width, height] = [FILM.width * scale, FILM.height * scale];
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}

function grey({ width, rgb }: Pixels, x: number, y: number): number {
  const at = (Math.round(y) * width + Math.round(x)) * 3;
  return ((rgb[at] ?? 0) + (rgb[at + 1] ?? 0) + (rgb[at + 2] ?? 0)) / 3;
}

/** The number of the frame that is shown; undefined where it cannot be read. */
export function numberIn(pixels: Pixels, frame: Frame): number | undefined {
  const side = FIELDS.size * frame.width;
  let number = 0;
  for (let bit = 0; bit < FIELDS.bits; bit += 1) {
    const x = frame.x + FIELDS.x * frame.width + side / 2;
    const y = frame.y + FIELDS.y * frame.height + (bit + 0.5) * side;
    const difference = grey(pixels, x, y) - grey(pixels, x + side, y);
    if (Math.abs(difference) < CONTRAST) return undefined;
    if (difference > 0) number |= 1 << bit;
  }
  return number < FILM.frames ? number : undefined;
}

/**
 * The middle of everything coloured on the film, in parts of it, with how many pixels that is; undefined where the film is grey
 * throughout. The middle of the box around it, so that a line of uneven width counts as its form does.
 */
export function markIn(
  { width, rgb }: Pixels,
  frame: Frame,
): { readonly x: number; readonly y: number; readonly pixels: number } | undefined {
  let [left, right, top, bottom, count] = [Infinity, -Infinity, Infinity, -Infinity, 0];
  for (let y = Math.ceil(frame.y); y < frame.y + frame.height - 1; y += 1) {
    for (let x = Math.ceil(frame.x); x < frame.x + frame.width - 1; x += 1) {
      const at = (y * width + x) * 3;
      const [r = 0, g = 0, b = 0] = [rgb[at], rgb[at + 1], rgb[at + 2]];
      if (Math.max(r, g, b) - Math.min(r, g, b) < COLOURED) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      count += 1;
    }
  }
  if (count === 0) return undefined;
  return {
    x: ((left + right) / 2 - frame.x) / frame.width,
    y: ((top + bottom) / 2 - frame.y) / frame.height,
    pixels: count,
  };
}
