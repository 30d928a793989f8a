/** Shapes of layers: how much of what is behind them they cover, at a place of their own. */
import { between, type Random } from '../cpr/random.ts';

export type Cover = (u: number, v: number) => number;

const edge = (outside: number, soft: number) => Math.max(0, Math.min(1, 0.5 - outside / soft));

/** A rounded box about 0, 0; half sizes in units. */
export function card(halfWidth: number, halfHeight: number, soft = 0.008): Cover {
  const round = Math.min(halfWidth, halfHeight) * 0.3;
  return (u, v) => {
    if (Math.abs(u) > halfWidth + soft || Math.abs(v) > halfHeight + soft) return 0;
    const du = Math.abs(u) - halfWidth + round;
    const dv = Math.abs(v) - halfHeight + round;
    const outside = Math.hypot(Math.max(0, du), Math.max(0, dv)) + Math.min(0, Math.max(du, dv)) - round;
    return edge(outside, soft);
  };
}

/**
 * A hand with its forearm: the palm is a disc about 0, 0 of radius `size`; fingers lie to the left of it, the arm goes down to the
 * right and out of the picture. A fist shows no fingers.
 */
export function hand(random: Random, size: number, isFist = false): Cover {
  const soft = 0.012;
  const fingers = Array.from({ length: isFist ? 0 : 4 }, (_, i) => {
    const angle = Math.PI + (i - 1.5) * 0.28 + between(random, -0.08, 0.08);
    const length = size * between(random, 1.6, 2);
    return { x: Math.cos(angle) * length, y: Math.sin(angle) * length, radius: size * 0.26 };
  });
  const arm = { x: size * 14, y: size * 9, radius: size * 0.75 };
  const capsules = [...fingers, arm];
  return (u, v) => {
    if (u < -2.4 * size || Math.abs(v) > 2.4 * size + Math.max(0, u)) return 0;
    let outside = Math.hypot(u, v) - size;
    for (const { x, y, radius } of capsules) {
      const along = Math.max(0, Math.min(1, (u * x + v * y) / (x * x + y * y)));
      outside = Math.min(outside, Math.hypot(u - along * x, v - along * y) - radius);
    }
    return edge(outside, soft);
  };
}

/**
 * How far a shape must stand aside, so that it hides this share of a mark in the middle of the view. It stands to
 * the right by this much and below by three tenths of it.
 */
export function asideFor(
  cover: Cover,
  share: number,
  mark: { readonly rx: number; readonly ry: number },
): number {
  const hidden = (aside: number) => {
    let all = 0;
    let sum = 0;
    for (let i = -1; i <= 1; i += 0.1) {
      for (let j = -1; j <= 1; j += 0.1) {
        if (i * i + j * j > 1) continue;
        all += 1;
        if (cover(i * mark.rx - aside, j * mark.ry - 0.3 * aside) > 0.5) sum += 1;
      }
    }
    return sum / all;
  };
  let [near, far] = [0, 1];
  for (let step = 0; step < 20; step += 1) {
    const middle = (near + far) / 2;
    if (hidden(middle) > share) near = middle;
    else far = middle;
  }
  return far;
}
