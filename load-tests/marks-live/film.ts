/**
 * What a head-worn camera films while its wearer looks about: a wound, moving by known maps, grey throughout, so that the only
 * colour on a page that shows it is that of marks. Each frame says its number in fields at its left edge. The film ends where
 * it begins, since Chromium plays it in a loop.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Matrix3 } from '../../ar-annotations/geometry/matrix.ts';
import type { GreyFrame } from '../../ar-annotations/tracker/types.ts';
import { type CameraPose, frameToFrame, planeToFrame, USUAL } from '../marks/camera.ts';
import { drawn } from '../marks/procedural.ts';
import { type Layer, type Scene, takePicture } from '../marks/scene.ts';
import { kept } from '../media/fixtures.ts';

export const FILM = { width: 960, height: 540, fps: 15, frames: 150 } as const;
/** Of a film of another size: 16:9 like this one. */
export interface FilmSize {
  readonly width: number;
  readonly height: number;
}
const ASPECT = FILM.width / FILM.height;
const TURN = 2 * Math.PI;
/** Deviation of a pixel, in grey values. */
const NOISE = 1.5;

/** Fields of the number: bits from above to below, beside each its inverse. In parts of the frame. */
export const FIELDS = { x: 0.01, y: 0.3, size: 0.028, bits: 8 } as const;

/** A head that turns, nods, leans and comes nearer, as one does over a patient; the same after the last frame as before the first. */
export function headAt(frame: number): CameraPose {
  const phase = (TURN * frame) / FILM.frames;
  return {
    ...USUAL,
    x: 0.1 * Math.sin(2 * phase) + 0.03 * Math.sin(5 * phase),
    y: 0.06 * Math.sin(3 * phase + 1),
    z: USUAL.z + 0.12 * Math.sin(phase),
    roll: 0.12 * Math.sin(2 * phase + 2),
    yaw: 0.05 * Math.sin(4 * phase),
    pitch: 0.04 * Math.sin(3 * phase),
  };
}

/** Places of one frame → places of another, both 0..1. */
export function acrossFilm(from: number, to: number): Matrix3 {
  return frameToFrame(planeToFrame(headAt(from), 0, ASPECT), planeToFrame(headAt(to), 0, ASPECT));
}

function scene(noise: number): Scene {
  const wound: Layer = { texture: drawn('wound', 41), texelsPerUnit: 620, depth: 0 };
  return {
    seed: 41,
    layers: [wound],
    camera: (seconds) => headAt(seconds * FILM.fps),
    light: () => ({ gain: 1, offset: 0, across: 0.1, down: 0 }),
    exposure: 1 / 60,
    noise,
  };
}

/** Writes the number into the frame. */
export function writeNumber(frame: GreyFrame, number: number): void {
  const side = Math.round(FIELDS.size * frame.width);
  const left = Math.round(FIELDS.x * frame.width);
  const top = Math.round(FIELDS.y * frame.height);
  for (let bit = 0; bit < FIELDS.bits; bit += 1) {
    const isSet = (number >> bit) & 1;
    for (let y = top + bit * side; y < top + (bit + 1) * side; y += 1) {
      const row = y * frame.width + left;
      frame.luma.fill(isSet ? 235 : 16, row, row + side);
      frame.luma.fill(isSet ? 16 : 235, row + side, row + 2 * side);
    }
  }
}

/** The film as an uncompressed file for Chromium's camera; about 120 MB unless another size is asked for, made once. */
export function headFilm(size: FilmSize = FILM): Promise<string> {
  return film('head', { ...size, frames: FILM.frames, noise: NOISE }, (number) => number);
}

/** The same view by a head that keeps still, for measures of time; about 12 MB. */
export function stillFilm(): Promise<string> {
  return film('still', { ...FILM, frames: FILM.fps, noise: NOISE }, () => 0);
}

/** The same without noise, for pictures of pages that are to stay small. */
export function quietFilm(): Promise<string> {
  return film('quiet', { ...FILM, frames: FILM.fps, noise: 0 }, () => 0);
}

/** @param look the number of the frame whose view the `number`th has */
function film(
  name: string,
  { width, height, frames, noise }: FilmSize & { readonly frames: number; readonly noise: number },
  look: (number: number) => number,
): Promise<string> {
  const { fps } = FILM;
  return kept(`${name}-${width}x${height}-${fps}-${frames}.y4m`, async (file) => {
    const out = createWriteStream(file);
    out.write(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
    const grey = Buffer.alloc((width * height) / 2, 128);
    const filmed = scene(noise);
    for (let number = 0; number < frames; number += 1) {
      const frame = takePicture(filmed, look(number) / fps, { width, height });
      writeNumber(frame, number);
      out.write('FRAME\n');
      out.write(frame.luma);
      if (!out.write(grey)) await once(out, 'drain');
    }
    out.end();
    await once(out, 'finish');
  });
}
