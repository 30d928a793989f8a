/** Outlines of round shapes as SVG path data. All run clockwise, so that those joined in one path never cancel out. */

export type Point = readonly [x: number, y: number];
/** A circle that a limb passes through: middle and radius. */
export type Joint = readonly [x: number, y: number, radius: number];

const num = (value: number) => String(Math.round(value * 10) / 10);
export const at = (x: number, y: number) => `${num(x)} ${num(y)}`;

export function disc(x: number, y: number, r: number): string {
  return `M${at(x - r, y)}a${num(r)} ${num(r)} 0 1 1 ${at(2 * r, 0)}a${num(r)} ${num(r)} 0 1 1 ${at(-2 * r, 0)}z`;
}

/** Two circles and what lies between their outer tangents. */
function capsule([x1, y1, r1]: Joint, [x2, y2, r2]: Joint): string {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length <= Math.abs(r1 - r2)) return r1 > r2 ? disc(x1, y1, r1) : disc(x2, y2, r2);
  const along = Math.atan2(y2 - y1, x2 - x1);
  const side = Math.acos((r1 - r2) / length);
  const on = (x: number, y: number, r: number, angle: number) =>
    at(x + r * Math.cos(angle), y + r * Math.sin(angle));
  const arc = (r: number, large: boolean) => `A${num(r)} ${num(r)} 0 ${large ? 1 : 0} 1 `;
  return [
    `M${on(x1, y1, r1, along - side)}L${on(x2, y2, r2, along - side)}`,
    `${arc(r2, side > Math.PI / 2)}${on(x2, y2, r2, along + side)}L${on(x1, y1, r1, along + side)}`,
    `${arc(r1, side < Math.PI / 2)}${on(x1, y1, r1, along - side)}z`,
  ].join('');
}

/** A limb through joints of changing thickness. */
export function limb(...joints: readonly Joint[]): string {
  return joints
    .slice(1)
    .map((joint, index) => {
      const before = joints[index];
      return before === undefined ? '' : capsule(before, joint);
    })
    .join('');
}

/** A smooth closed outline through points (Catmull-Rom). */
export function blob(...points: readonly Point[]): string {
  const count = points.length;
  const point = (index: number): Point => points[(index + count) % count] ?? [0, 0];
  const curves = points.map((_, index) => {
    const [p0, p1, p2, p3] = [point(index - 1), point(index), point(index + 1), point(index + 2)];
    const first = at(p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6);
    const second = at(p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6);
    return `C${first} ${second} ${at(p2[0], p2[1])}`;
  });
  return `M${at(point(0)[0], point(0)[1])}${curves.join('')}z`;
}

/** An outline with straight sides. */
export function polygon(...points: readonly Point[]): string {
  return `M${points.map(([x, y]) => at(x, y)).join('L')}z`;
}
