/** Facts as words at the foot of the picture, for a few seconds each: an ASS file, which the ass filter draws. */

import type { Size } from './raster.ts';
import type { ExportOptions } from './types.ts';

const SHOWN_MS = 5000;

/** Undefined where there is no mark in that time. */
export function marksFile({ marks, from, to }: Pick<ExportOptions, 'marks' | 'from' | 'to'>, size: Size) {
  const shown = marks.filter(({ at }) => at >= from && at < to);
  if (shown.length === 0) return undefined;
  const events = shown.map(({ at, text }) => {
    const [start, end] = [stamp(at - from), stamp(Math.min(at - from + SHOWN_MS, to - from))];
    return `Dialogue: 0,${start},${end},Mark,,0,0,0,,${literal(text)}`;
  });
  return `[Script Info]
ScriptType: v4.00+
PlayResX: ${size.width}
PlayResY: ${size.height}
WrapStyle: 2

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV
Style: Mark,sans,26,&H0000FFFF,&H90000000,3,4,0,2,20,20,60

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
${events.join('\n')}
`;
}

/** Braces and backslashes are commands there and have no escape: their full-width relatives look the same and mean nothing. */
function literal(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('{', '｛')
    .replaceAll('}', '｝')
    .replaceAll('\\', '＼');
}

/** `h:mm:ss.cc` */
function stamp(ms: number): string {
  const hundredths = Math.round(ms / 10);
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(hundredths / 100);
  const time = [Math.floor(seconds / 3600), two(Math.floor(seconds / 60) % 60), two(seconds % 60)].join(':');
  return `${time}.${two(hundredths % 100)}`;
}
