/**
 * The print of a frame: what it looks like from far away, in 72 bytes. It names a frame where no clock and no timestamp does, also after
 * the picture was scaled, encoded and lit differently: means of 16 × 9 fields, freed of brightness and contrast, in 4 bits each.
 */
import type { GreyFrame } from '../tracker/types.ts';

export const PRINT_COLUMNS = 16;
export const PRINT_ROWS = 9;
const FIELDS = PRINT_COLUMNS * PRINT_ROWS;
export const PRINT_BYTES = FIELDS / 2;

/** Steps of 4 bits per standard deviation: from −3 to +3 of them is told apart. */
const STEPS = 2.5;
/** A picture with less contrast than this (in luma) has nothing to tell; its noise must not be blown up. */
const LEAST_CONTRAST = 2;

/** A picture without pixels has the print of a plain one. */
export function printOf(frame: GreyFrame): Uint8Array {
  const means = meansOf(frame);
  const mean = means.reduce((sum, value) => sum + value, 0) / FIELDS;
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / FIELDS;
  const unit = Math.max(Math.sqrt(variance), LEAST_CONTRAST);
  const print = new Uint8Array(PRINT_BYTES);
  for (const [index, value] of means.entries()) {
    const step = Math.max(0, Math.min(15, Math.round(7.5 + ((value - mean) / unit) * STEPS)));
    const byte = print[index >> 1] ?? 0;
    print[index >> 1] = index % 2 === 0 ? step << 4 : byte | step;
  }
  return print;
}

function meansOf({ width, height, luma }: GreyFrame): Float64Array {
  const means = new Float64Array(FIELDS);
  for (let row = 0; row < PRINT_ROWS; row += 1) {
    const [top, bottom] = span(row, PRINT_ROWS, height);
    for (let column = 0; column < PRINT_COLUMNS; column += 1) {
      const [left, right] = span(column, PRINT_COLUMNS, width);
      let sum = 0;
      for (let y = top; y < bottom; y += 1)
        for (let x = left; x < right; x += 1) sum += luma[y * width + x] ?? 0;
      const pixels = (bottom - top) * (right - left);
      means[row * PRINT_COLUMNS + column] = pixels > 0 ? sum / pixels : 0;
    }
  }
  return means;
}

function span(index: number, parts: number, size: number): readonly [number, number] {
  return [Math.round((index * size) / parts), Math.round(((index + 1) * size) / parts)];
}

/**
 * Mean difference of two prints, 0 (alike) to 15. Two encodings of one frame are below about 0.3; any two frames of one camera that a
 * head has turned between are above 1. Infinite where either is no print.
 */
export function printDistance(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== PRINT_BYTES || b.length !== PRINT_BYTES) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let index = 0; index < PRINT_BYTES; index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    sum += Math.abs((x >> 4) - (y >> 4)) + Math.abs((x & 15) - (y & 15));
  }
  return sum / FIELDS;
}
