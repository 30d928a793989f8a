/** What a soak says: slopes with their intervals, what is left, and a drawing of memory over time. */

import { beyond, type Soak } from './run.ts';
import type { Sample } from './sample.ts';

const COLOURS = ['#0b5cad', '#c2570c', '#2a7a2a', '#8a3ab0', '#777777', '#b00020'];
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [720, 320, 60, 150, 16, 40];
const MINUTE_MS = 60_000;

export function textOf(soak: Soak): string {
  const { samples, rooms, facts, cuts, warmMs, slopes, leftovers } = soak;
  const minutes = ((samples.at(-1)?.at ?? 0) / MINUTE_MS).toFixed(1);
  const found = [...leftovers.map((each) => `left over: ${each}`), ...beyond(soak)];
  return [
    `${minutes} minutes: ${rooms} rooms lived, ${facts} facts, ${cuts} cut links, ${samples.length} samples.`,
    `Slopes after the first ${(warmMs / MINUTE_MS).toFixed(1)} minutes, in MB an hour, with 95 % intervals:`,
    ...Object.entries(slopes).map(
      ([name, { perHour, low, high }]) =>
        `  ${name.padEnd(22)} ${perHour.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    ),
    ...(found.length === 0 ? ['All counts are back, and nothing surely grows.'] : found),
    '',
  ].join('\n');
}

/** SVG: resident memory of each process over the minutes. */
export function plotOf({ samples, warmMs }: Soak): string {
  const names = Object.keys(samples.at(-1)?.processes ?? {});
  const last = samples.at(-1)?.at ?? 1;
  const most = Math.max(
    1,
    ...samples.flatMap((each) => Object.values(each.processes).map(({ rssMb }) => rssMb)),
  );
  const x = (at: number) => (LEFT + (at / last) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (mb: number) => (TOP + (1 - mb / most) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const lines = names.map((name, index) =>
    lineOf(samples, name, COLOURS[index % COLOURS.length] ?? '', x, y),
  );
  const levels = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const mb = most * share;
    return `<path d="M${LEFT} ${y(mb)}H${WIDTH - RIGHT}" stroke="#999" stroke-opacity=".4"/><text x="${LEFT - 6}" y="${y(mb)}" text-anchor="end">${mb.toFixed(0)} MB</text>`;
  });
  const legend = names.map(
    (name, index) =>
      `<text x="${WIDTH - RIGHT + 10}" y="${TOP + 14 + index * 18}" fill="${COLOURS[index % COLOURS.length]}">${name}</text>`,
  );
  const minutes = `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 12}" text-anchor="end">${(last / MINUTE_MS).toFixed(1)} minutes</text>`;
  const warm = `<path d="M${x(warmMs)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#999" stroke-dasharray="4 3"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>Resident memory of each process during a soak; slopes count from the dashed line</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...[...levels, warm, ...lines, ...legend, minutes],
    '</svg>\n',
  ].join('\n');
}

function lineOf(
  samples: readonly Sample[],
  name: string,
  colour: string,
  x: (at: number) => string,
  y: (mb: number) => string,
): string {
  const points = samples.flatMap(({ at, processes }) => {
    const mb = processes[name]?.rssMb;
    return mb === undefined ? [] : [`${x(at)},${y(mb)}`];
  });
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
}
