/**
 * Words in the picture. Texts from people never stand in the text of a filter: they lie in files of their own, which
 * drawtext reads as they are (`textfile`, `expansion=none`).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../seal/ffmpeg.ts';
import { frameBytes, type Size } from './raster.ts';
import type { Language } from './types.ts';
import { type FieldCause, fieldText } from './words.ts';

const FIELD_COLOUR = '0x303030';
/** Longest line of words; a label may have 120 letters and a tile has little room. */
const MOST_LETTERS = 60;

export interface Drawing {
  readonly font: string;
  /** A folder of its own, in which texts are written. */
  readonly folder: string;
}

/** Where and when words stand; numbers and expressions of ours only. */
export interface TextStyle {
  readonly size: number;
  readonly x: string;
  readonly y: string;
  /** Seconds of the export from and to which they are seen. */
  readonly times?: readonly { readonly from: number; readonly to: number }[];
}

/** A drawtext filter for fixed words, in a file named `name`. */
export async function words(
  { font, folder }: Drawing,
  name: string,
  text: string,
  style: TextStyle,
): Promise<string> {
  await writeFile(join(folder, name), oneLine(text), { mode: 0o600 });
  return drawtext(font, `textfile=${name}:expansion=none`, style);
}

/** A drawtext filter for a clock: `text` consists of numbers and drawtext's own functions. */
export async function clock(
  { font, folder }: Drawing,
  name: string,
  text: string,
  style: TextStyle,
): Promise<string> {
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return drawtext(font, `textfile=${name}:expansion=normal`, style);
}

function drawtext(font: string, source: string, { size, x, y, times }: TextStyle): string {
  const look = `fontsize=${size}:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=4:x=${x}:y=${y}`;
  const when = times?.map(({ from, to }) => `between(t,${from.toFixed(3)},${to.toFixed(3)})`).join('+');
  return `drawtext=fontfile='${font}':${source}:${look}${when ? `:enable='${when}'` : ''}`;
}

/** Letters that break or turn lines around are taken out: a name must not be able to hide the clock. */
export function oneLine(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const letters = [...plain];
  return letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join('')}…` : plain;
}

/** Makes the field of a size with the words of a cause; plain without a font. Each is drawn once. */
export class Fields {
  readonly #frames = new Map<FieldCause, Uint8Array>();
  readonly #plain: Uint8Array;

  private constructor(tile: Size) {
    this.#plain = plainField(tile);
  }

  static async draw(
    causes: ReadonlySet<FieldCause>,
    tile: Size,
    language: Language,
    drawing?: Drawing,
  ): Promise<Fields> {
    const fields = new Fields(tile);
    if (!drawing) return fields;
    for (const cause of causes)
      fields.#frames.set(cause, await drawField(fieldText(cause, language), cause, tile, drawing));
    return fields;
  }

  of(cause: FieldCause): Uint8Array {
    return this.#frames.get(cause) ?? this.#plain;
  }
}

function plainField({ width, height }: Size): Uint8Array {
  const frame = new Uint8Array(frameBytes({ width, height }));
  frame.fill(0x39, 0, width * height);
  frame.fill(0x80, width * height);
  return frame;
}

async function drawField(text: string, cause: string, tile: Size, drawing: Drawing): Promise<Uint8Array> {
  const style = { size: Math.round(tile.height / 18), x: '(w-tw)/2', y: '(h-th)/2' };
  const filter = await words(drawing, `field-${cause}`, text, style);
  const parts: Buffer[] = [];
  await runFfmpeg({
    args: [
      ...['-v', 'error', '-f', 'lavfi', '-i', `color=c=${FIELD_COLOUR}:s=${tile.width}x${tile.height}:d=1`],
      ...['-vf', filter, '-frames:v', '1', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1'],
    ],
    inputs: [],
    cwd: drawing.folder,
    onOutput: (piece) => {
      parts.push(piece);
    },
  });
  const frame = Buffer.concat(parts);
  return frame.length === frameBytes(tile) ? frame : plainField(tile);
}
