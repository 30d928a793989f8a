/** Words on marks: each text is drawn once by the ffmpeg that makes the film, as a mask that is laid on the frames. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../seal/ffmpeg.ts';
import { type Drawing, oneLine } from './captions.ts';

/** Coverage of letters, 0 to 255, row by row; `edge` is the letters with the edge around them. */
export interface Letters {
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
  readonly edge: Uint8Array;
}

/** A text has at most this many letters; a mark's words are shorter. */
const WIDEST_PX = 4096;

export class LetterMasks {
  readonly #drawing: Drawing | undefined;
  readonly #made = new Map<string, Promise<Letters | undefined>>();

  /** Without a font no words stand on marks. */
  constructor(drawing: Drawing | undefined) {
    this.#drawing = drawing;
  }

  /** @param size height of a line of letters in pixels */
  of(text: string, size: number): Promise<Letters | undefined> {
    const pixels = Math.max(6, Math.round(size));
    const key = `${pixels} ${text}`;
    const made = this.#made.get(key) ?? this.#draw(text, pixels, this.#made.size);
    this.#made.set(key, made);
    return made;
  }

  async #draw(text: string, size: number, number: number): Promise<Letters | undefined> {
    if (!this.#drawing) return undefined;
    const { font, folder } = this.#drawing;
    const line = oneLine(text);
    if (line === '') return undefined;
    const file = `letters-${number}`;
    await writeFile(join(folder, file), line, { mode: 0o600 });
    const width = Math.min(WIDEST_PX, ([...line].length + 2) * size);
    const height = size * 2;
    const ink = await mask(this.#drawing, { file, font, size, width, height, border: 0 });
    const border = Math.max(1, Math.round(size / 10));
    const edge = await mask(this.#drawing, { file, font, size, width, height, border });
    return ink && edge ? { width, height, ink, edge } : undefined;
  }
}

interface MaskOptions {
  readonly file: string;
  readonly font: string;
  readonly size: number;
  readonly width: number;
  readonly height: number;
  readonly border: number;
}

async function mask({ folder }: Drawing, options: MaskOptions): Promise<Uint8Array | undefined> {
  const { file, font, size, width, height, border } = options;
  const look = `fontsize=${size}:fontcolor=white:borderw=${border}:bordercolor=white:x=(w-tw)/2:y=(h-th)/2`;
  const parts: Buffer[] = [];
  await runFfmpeg({
    args: [
      ...['-v', 'error', '-f', 'lavfi', '-i', `color=c=black:s=${width}x${height}:d=1,format=gray`],
      ...['-vf', `drawtext=fontfile='${font}':textfile=${file}:expansion=none:${look}`],
      ...['-frames:v', '1', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
    ],
    inputs: [],
    cwd: folder,
    onOutput: (piece) => {
      parts.push(piece);
    },
  });
  const bytes = Buffer.concat(parts);
  return bytes.length === width * height ? bytes : undefined;
}
