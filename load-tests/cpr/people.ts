/** The bodies of a scene at a time, back to front, in metres: x to the right, y down, the floor at 0. */
import { between, wander } from './random.ts';
import type { Look } from './scene.ts';
import type { Story } from './story.ts';

/** A rounded stick with a texture that moves with it; `zoom` above 1: nearer to the camera. */
export interface Capsule {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly radius: number;
  readonly skin: number;
  readonly zoom: number;
}

const stick = (
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  radius: number,
  skin: number,
  zoom = 1,
): Capsule => ({
  x0,
  y0,
  x1,
  y1,
  radius: radius * zoom,
  skin,
  zoom,
});

/** How far the strokes are seen as a shift up and down, a shift to the side, and as coming nearer. */
const SEEN = {
  side: { y: 1, x: 0.15, zoom: 0 },
  oblique: { y: 0.6, x: 0.25, zoom: 0.5 },
  above: { y: 0.15, x: 0.2, zoom: 1 },
} as const;

export function bodies(look: Look, story: Story, random: () => number) {
  const rescuer = rescuerOf(look, story, random);
  const passers = Array.from({ length: look.passers }, () => passerOf(look, random));
  const sway = wander(random, 0.004, 0.4);
  return (seconds: number, depth: number): Capsule[] => {
    const patient = [
      stick(-0.1, -0.1, 1.1, -0.12 + sway(seconds), 0.15, 0),
      stick(1.25, -0.12, 1.35, -0.12, 0.12, 1),
    ];
    const others = passers.flatMap((passer) => passer(seconds));
    const kneeling = look.nobody ? [] : rescuer(seconds, depth);
    return look.inFront ? [...patient, ...kneeling, ...others] : [...others, ...patient, ...kneeling];
  };
}

function rescuerOf(look: Look, story: Story, random: () => number) {
  const seen = SEEN[look.viewpoint];
  const idleX = wander(random, 0.012, 0.5);
  const idleY = wander(random, 0.008, 0.5);
  const busyX = wander(random, 0.12, 1.1);
  const busyY = wander(random, 0.08, 1.1);
  const above = look.viewpoint === 'above';
  return (seconds: number, depth: number): Capsule[] => {
    const isBusy = story.busy.some(({ from, to }) => seconds > from + 0.2 && seconds < to - 0.2);
    const bx = idleX(seconds) + (isBusy ? busyX(seconds) : 0);
    const by = idleY(seconds) + (isBusy ? busyY(seconds) : 0);
    const dx = depth * look.strokeMetres * seen.x + bx;
    const dy = depth * look.strokeMetres * seen.y + by;
    // 5 cm of 1.3 m between camera and shoulders make them about 4 % smaller.
    const zoom = 1 - (depth * look.strokeMetres * seen.zoom) / 1.3;
    if (above) {
      return [
        stick(0.1 + bx, -0.75, 0.3 + dx, -0.45 + dy, 0.22, 3, zoom),
        stick(0.3 + dx, -0.62 + dy, 0.52, -0.2 + dy * 0.5, 0.06, 4, zoom),
        stick(0.32 + dx, -0.3 + dy, 0.52, -0.18 + dy * 0.5, 0.06, 4, zoom),
        stick(0.42 + dx * 1.3, -0.45 + dy, 0.44 + dx * 1.3, -0.44 + dy, 0.12, 5, zoom),
      ];
    }
    return [
      stick(-0.15, -0.05, -0.05, -0.45, 0.11, 2),
      stick(-0.05, -0.45, 0.32 + dx, -0.92 + dy, 0.16, 3, zoom),
      stick(0.34 + dx, -0.9 + dy, 0.55 + dx * 0.5, -0.27 + dy * 0.8, 0.06, 4, zoom),
      stick(0.48 + dx * 1.2, -1.12 + dy * 1.1, 0.5 + dx * 1.2, -1.08 + dy * 1.1, 0.12, 5, zoom),
    ];
  };
}

/** Someone who walks through the picture, stands a while, and comes back; body and legs bob with the steps. */
function passerOf(look: Look, random: () => number) {
  const speed = between(random, 0.4, 1.3) * (random() < 0.5 ? -1 : 1);
  const stepHz = between(random, 1.5, 2.1);
  const start = between(random, 0, 20);
  const stands = between(random, 0.5, 6);
  const skin = 6 + Math.floor(random() * 2);
  const zoom = look.inFront ? between(random, 1.1, 1.5) : between(random, 0.7, 1);
  const wobble = wander(random, 0.03, 0.8);
  const span = look.metresWide + 2;
  return (seconds: number): Capsule[] => {
    const cycle = span / Math.abs(speed) + stands;
    const within = (seconds + start) % cycle;
    const half = span / 2 / Math.abs(speed);
    const standing = within > half && within < half + stands;
    const walked = within < half ? within : standing ? half : within - stands;
    const x = Math.sign(speed) * (walked * Math.abs(speed) - span / 2) + 0.4 + wobble(seconds);
    const bob = standing ? 0 : 0.02 * Math.sin(2 * Math.PI * stepHz * seconds);
    const swing = standing ? 0 : 0.18 * Math.sin(Math.PI * stepHz * seconds);
    return [
      stick(x, -0.8 + bob, x + swing, -0.05, 0.08, skin, zoom),
      stick(x, -0.8 + bob, x - swing, -0.05, 0.08, skin, zoom),
      stick(x, -0.85 + bob, x, -1.35 + bob, 0.17, skin + 1, zoom),
      stick(x, -1.6 + bob, x, -1.58 + bob, 0.11, skin + 2, zoom),
    ];
  };
}
