/** Signs of the drawings: arrows, crosses, ticks, telephones, clocks. */
import type { Shape } from '../types.ts';
import { at, disc, type Point, polygon } from './geometry.ts';
import { body, figures, INK, line, path, RED, WHITE } from './ink.ts';

/** A straight arrow with a white edge, so that it stands out on whatever it crosses. */
export function arrow([x1, y1]: Point, [x2, y2]: Point, width = 9, fill = RED): Shape[] {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const head = width * 1.9;
  const on = (along: number, aside: number): Point => [
    x1 + ux * along - uy * aside,
    y1 + uy * along + ux * aside,
  ];
  const neck = length - head;
  const outline = polygon(
    on(0, width / 2),
    on(neck, width / 2),
    on(neck, width * 1.35),
    on(length, 0),
    on(neck, -width * 1.35),
    on(neck, -width / 2),
    on(0, -width / 2),
  );
  return [
    {
      tag: 'path',
      attributes: { d: outline, fill, stroke: WHITE, 'stroke-width': 3, 'paint-order': 'stroke' },
    },
  ];
}

/** A bent arrow along a quadratic curve; the head points the way the curve ends. */
export function bentArrow(from: Point, over: Point, to: Point, width = 6, fill = RED): Shape[] {
  const angle = Math.atan2(to[1] - over[1], to[0] - over[0]);
  const head = width * 2.6;
  const back: Point = [to[0] - head * Math.cos(angle), to[1] - head * Math.sin(angle)];
  const side = (sign: number): Point => [
    back[0] - sign * head * 0.62 * Math.sin(angle),
    back[1] + sign * head * 0.62 * Math.cos(angle),
  ];
  const curve = `M${at(...from)}Q${at(...over)} ${at(...back)}`;
  const tip = polygon(to, side(1), side(-1));
  return [
    line(curve, width + 4, WHITE),
    { ...line(tip, 4, WHITE) },
    {
      ...line(curve, width, fill),
      attributes: { ...line(curve, width, fill).attributes, 'stroke-linecap': 'butt' },
    },
    path(tip, fill),
  ];
}

/** "Not this": a red cross. */
export function cross(x: number, y: number, r: number): Shape[] {
  const d = `M${at(x - r, y - r)}L${at(x + r, y + r)}M${at(x + r, y - r)}L${at(x - r, y + r)}`;
  return [line(d, r * 0.2 + 6, WHITE), line(d, r * 0.2 + 2, RED)];
}

/** "Here": rings round a place. */
export function target(x: number, y: number, r: number): Shape[] {
  return [line(disc(x, y, r), 7, WHITE), line(disc(x, y, r), 4, RED), path(disc(x, y, r * 0.3), RED)];
}

/** A telephone lying flat with its loudspeaker on; about 34 by 60 at scale 1. */
export function telephone(x: number, y: number, scale = 1): Shape[] {
  const s = scale;
  const frame: Shape = {
    tag: 'rect',
    attributes: { x: x - 15 * s, y: y - 28 * s, width: 30 * s, height: 56 * s, rx: 5 * s, fill: INK },
  };
  const screen: Shape = {
    tag: 'rect',
    attributes: { x: x - 12 * s, y: y - 22 * s, width: 24 * s, height: 42 * s, rx: 2 * s, fill: WHITE },
  };
  const speaker = polygon(
    [x - 8 * s, y - 4 * s],
    [x - 4 * s, y - 4 * s],
    [x + 2 * s, y - 10 * s],
    [x + 2 * s, y + 8 * s],
    [x - 4 * s, y + 2 * s],
    [x - 8 * s, y + 2 * s],
  );
  return [frame, screen, path(speaker, RED), ...waves(x + 5 * s, y - 1 * s, s)];
}

/** Sound or breath going to the right. */
export function waves(x: number, y: number, scale = 1, colour = RED): Shape[] {
  return [7, 14, 21].map((r, index) => {
    const h = r * scale;
    const start = x + index * 2 * scale;
    return line(
      `M${at(start, y - h * 0.7)}Q${at(start + h * 0.75, y)} ${at(start, y + h * 0.7)}`,
      3 * scale,
      colour,
    );
  });
}

/** A clock with hands, and a number of minutes beside its middle where one is given. */
export function clock(x: number, y: number, r: number, minutes?: string): Shape[] {
  const face = body([WHITE, disc(x, y, r)]);
  if (minutes === undefined) return [...face, line(`M${at(x, y - r * 0.62)}V${y}h${r * 0.45}`, 3.4)];
  const ticks = [0, 90, 180, 270].map((turn): Shape => {
    const [ux, uy] = [Math.sin((turn * Math.PI) / 180), Math.cos((turn * Math.PI) / 180)];
    return line(`M${at(x + ux * r * 0.86, y + uy * r * 0.86)}L${at(x + ux * r, y + uy * r)}`, 3);
  });
  return [...face, ...ticks, figures(minutes, x, y + r * 0.3, r * 0.85)];
}

/** The sign of a defibrillator: a heart with a flash (ISO 7010 E010, redrawn). */
export function heartFlash(x: number, y: number, scale = 1): Shape[] {
  const s = scale;
  const heart = [
    `M${at(x, y + 20 * s)}C${at(x - 30 * s, y)} ${at(x - 24 * s, y - 22 * s)} ${at(x - 11 * s, y - 20 * s)}`,
    `C${at(x - 4 * s, y - 19 * s)} ${at(x - 1 * s, y - 14 * s)} ${at(x, y - 11 * s)}`,
    `C${at(x + 1 * s, y - 14 * s)} ${at(x + 4 * s, y - 19 * s)} ${at(x + 11 * s, y - 20 * s)}`,
    `C${at(x + 24 * s, y - 22 * s)} ${at(x + 30 * s, y)} ${at(x, y + 20 * s)}z`,
  ].join('');
  const flash = polygon(
    [x + 4 * s, y - 14 * s],
    [x - 8 * s, y + 2 * s],
    [x - 1 * s, y + 2 * s],
    [x - 5 * s, y + 14 * s],
    [x + 8 * s, y - 3 * s],
    [x + 1 * s, y - 3 * s],
  );
  return [path(heart, RED), path(flash, WHITE)];
}
