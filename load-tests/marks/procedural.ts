/** Pictures drawn by numbers: clutter as in a vehicle, tiles that repeat, plain skin with few landmarks, a wound. */
import { between, normal, type Random, randomOf } from '../cpr/random.ts';
import { type Texture, textureFrom } from './texture.ts';

export const DRAWN = ['clutter', 'repeated', 'skin', 'wound'] as const;
export type Drawn = (typeof DRAWN)[number];

const SIZE = 1024;
const KEPT = 12;
const kept = new Map<string, Texture>();

/** The same kind and seed give the same picture. */
export function drawn(kind: Drawn, seed: number): Texture {
  const name = `${kind} ${seed}`;
  const found = kept.get(name) ?? draw(kind, seed, name);
  if (!kept.has(name) && kept.size >= KEPT) kept.clear();
  kept.set(name, found);
  return found;
}

function draw(kind: Drawn, seed: number, name: string): Texture {
  const random = randomOf(seed * 977 + 13);
  const canvas = new Float32Array(SIZE * SIZE);
  if (kind === 'clutter') drawClutter(canvas, random);
  else if (kind === 'repeated') drawRepeated(canvas, random);
  else drawSkin(canvas, random, kind === 'wound');
  const grey = Uint8Array.from(canvas, (value) => Math.max(0, Math.min(255, Math.round(value))));
  return textureFrom(name, SIZE, SIZE, grey);
}

/** Adds smooth noise with blobs of about `cell` pixels; `amount` is half of its range. */
function addNoise(canvas: Float32Array, random: Random, cell: number, amount: number): void {
  const n = Math.ceil(SIZE / cell) + 2;
  const grid = Float32Array.from({ length: n * n }, () => (2 * random() - 1) * amount);
  for (let y = 0; y < SIZE; y += 1) {
    const gy = Math.floor(y / cell);
    const fy = y / cell - gy;
    for (let x = 0; x < SIZE; x += 1) {
      const gx = Math.floor(x / cell);
      const fx = x / cell - gx;
      const i = gy * n + gx;
      const top = (grid[i] ?? 0) * (1 - fx) + (grid[i + 1] ?? 0) * fx;
      const bottom = (grid[i + n] ?? 0) * (1 - fx) + (grid[i + n + 1] ?? 0) * fx;
      canvas[y * SIZE + x] = (canvas[y * SIZE + x] ?? 0) + top * (1 - fy) + bottom * fy;
    }
  }
}

interface Blob {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  readonly turn: number;
  readonly grey: number;
  /** 1 paints over what is there, less lets it shine through. */
  readonly alpha: number;
  /** Width of the edge in shares of the radius. */
  readonly soft: number;
  readonly square?: boolean;
}

/** Paints an ellipse or a rectangle over what is there. */
function paint(canvas: Float32Array, blob: Blob): void {
  const reach = 1.5 * Math.max(blob.rx, blob.ry) + 2;
  const cos = Math.cos(blob.turn);
  const sin = Math.sin(blob.turn);
  const x1 = Math.min(SIZE - 1, Math.ceil(blob.x + reach));
  const y1 = Math.min(SIZE - 1, Math.ceil(blob.y + reach));
  for (let y = Math.max(0, Math.floor(blob.y - reach)); y <= y1; y += 1) {
    for (let x = Math.max(0, Math.floor(blob.x - reach)); x <= x1; x += 1) {
      const dx = ((x - blob.x) * cos + (y - blob.y) * sin) / blob.rx;
      const dy = ((y - blob.y) * cos - (x - blob.x) * sin) / blob.ry;
      const r = blob.square ? Math.max(Math.abs(dx), Math.abs(dy)) : Math.hypot(dx, dy);
      const share = Math.max(0, Math.min(1, (1 - r) / blob.soft + 0.5)) * blob.alpha;
      const i = y * SIZE + x;
      canvas[i] = (canvas[i] ?? 0) * (1 - share) + blob.grey * share;
    }
  }
}

function blobAt(random: Random, least: number, most: number): Blob {
  return {
    x: random() * SIZE,
    y: random() * SIZE,
    rx: between(random, least, most),
    ry: between(random, least, most),
    turn: random() * Math.PI,
    grey: between(random, 15, 240),
    alpha: 1,
    soft: 0.1,
    square: random() < 0.6,
  };
}

function drawClutter(canvas: Float32Array, random: Random): void {
  canvas.fill(between(random, 90, 150));
  addNoise(canvas, random, 180, 50);
  for (let i = 0; i < 60; i += 1) paint(canvas, blobAt(random, 30, 110));
  for (let i = 0; i < 260; i += 1) paint(canvas, blobAt(random, 5, 34));
  for (let i = 0; i < 120; i += 1) paint(canvas, { ...blobAt(random, 2, 4), rx: between(random, 20, 120) });
  addNoise(canvas, random, 9, 9);
  addNoise(canvas, random, 3, 7);
}

function drawRepeated(canvas: Float32Array, random: Random): void {
  canvas.fill(150);
  const step = Math.round(between(random, 36, 60));
  const motif = Array.from({ length: 3 }, () => ({
    ...blobAt(random, step * 0.08, step * 0.22),
    x: random() * step,
    y: random() * step,
    alpha: 0.8,
  }));
  for (let y = -step; y < SIZE + step; y += step) {
    for (let x = -step; x < SIZE + step; x += step) {
      for (const blob of motif) paint(canvas, { ...blob, x: x + blob.x, y: y + blob.y });
    }
  }
  addNoise(canvas, random, 300, 8);
  addNoise(canvas, random, 4, 2);
}

function drawSkin(canvas: Float32Array, random: Random, isHurt: boolean): void {
  canvas.fill(between(random, 95, 185));
  addNoise(canvas, random, 400, 22);
  addNoise(canvas, random, 90, 7);
  addNoise(canvas, random, 11, 2.2);
  addNoise(canvas, random, 3, 2.5);
  const dark = (x: number, y: number, r: number, grey: number): Blob => ({
    x,
    y,
    rx: r,
    ry: r * between(random, 0.75, 1.1),
    turn: random() * Math.PI,
    grey,
    alpha: 0.75,
    soft: 0.5,
  });
  for (const side of [-1, 1]) paint(canvas, dark(512 + side * 190, 430 + normal(random) * 6, 22, 80));
  paint(canvas, dark(512, 830, 15, 60));
  for (let i = 0; i < 14; i += 1)
    paint(canvas, dark(random() * SIZE, random() * SIZE, between(random, 2, 5), 70));
  for (let i = 0; i < 3; i += 1) {
    const scar = {
      ...dark(random() * SIZE, random() * SIZE, between(random, 40, 80), 205),
      ry: 3,
      alpha: 0.5,
    };
    paint(canvas, scar);
  }
  for (let i = 0; i < 3; i += 1) {
    const at = { x: between(random, 250, 780), y: between(random, 300, 800) };
    paint(canvas, { ...dark(at.x, at.y, 30, 235), ry: 30, alpha: 1, soft: 0.1 });
    paint(canvas, { ...dark(at.x, at.y, 8, 60), alpha: 1, soft: 0.2 });
  }
  if (isHurt) drawWound(canvas, random);
}

function drawWound(canvas: Float32Array, random: Random): void {
  for (let i = 0; i < 90; i += 1) {
    const angle = random() * 2 * Math.PI;
    const r = 150 * Math.sqrt(random());
    paint(canvas, {
      ...blobAt(random, 6, 30),
      x: 512 + 1.3 * r * Math.cos(angle),
      y: 512 + r * Math.sin(angle),
      grey: between(random, 25, 120),
      alpha: between(random, 0.4, 0.9),
      soft: between(random, 0.2, 0.6),
      square: false,
    });
  }
  addNoise(canvas, random, 5, 4);
}
