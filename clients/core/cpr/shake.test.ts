import assert from 'node:assert/strict';
import { randomOf, textureAt, textureOf } from '../../../load-tests/cpr/random.ts';
import { blockFlow, blocksOf } from './flow.ts';
import { type Plane, pyramidOf } from './frames.ts';
import { cameraMotion, steadied } from './shake.ts';

const WIDTH = 160;
const HEIGHT = 90;
const texture = textureOf(randomOf(5), 90, 120);

/** A view of a texture after a motion of the camera; `patch` moves a part of it by itself. */
function view(x: number, y: number, turn: number, gain: number, patch = 0): Plane {
  const data = new Float32Array(WIDTH * HEIGHT);
  for (let py = 0; py < HEIGHT; py += 1) {
    for (let px = 0; px < WIDTH; px += 1) {
      const dx = px - WIDTH / 2 - x;
      const dy = py - HEIGHT / 2 - y;
      const inPatch = dx > 10 && dx < 60 && dy > -30 && dy < 20;
      const ty = inPatch ? dy - patch : dy;
      data[py * WIDTH + px] = textureAt(texture, 500 + dx + turn * dy, 500 + ty - turn * dx) * gain;
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

describe('the motion of the camera', () => {
  it('is found with shift, turn and exposure', () => {
    const found = cameraMotion(pyramidOf(view(0, 0, 0, 1)), pyramidOf(view(2.5, -1.5, 0.01, 1.1)));
    assert.ok(Math.abs(found.x - 2.5) < 0.2, `x ${found.x}`);
    assert.ok(Math.abs(found.y + 1.5) < 0.2, `y ${found.y}`);
    assert.ok(Math.abs(found.turn - 0.01) < 0.003, `turn ${found.turn}`);
    assert.ok(found.agreed > 0.8);
  });

  it('is not taken from what moves by itself, which the blocks then show', () => {
    const first = view(0, 0, 0, 1);
    const second = view(1.5, 1, 0, 1, 2);
    const motion = cameraMotion(pyramidOf(first), pyramidOf(second));
    assert.ok(Math.abs(motion.x - 1.5) < 0.3 && Math.abs(motion.y - 1) < 0.3, `${motion.x}, ${motion.y}`);
    const blocks = blocksOf(WIDTH, HEIGHT);
    const flow = blockFlow(blocks, pyramidOf(first), pyramidOf(steadied(first, second, motion)));
    const inside: number[] = [];
    const outside: number[] = [];
    for (let i = 0; i < blocks.x.length; i += 1) {
      const dx = (blocks.x[i] ?? 0) - WIDTH / 2;
      const dy = (blocks.y[i] ?? 0) - HEIGHT / 2;
      if (dx > 20 && dx < 50 && dy > -20 && dy < 10) inside.push(flow[2 * i + 1] ?? 0);
      if (dx < -10) outside.push(flow[2 * i + 1] ?? 0);
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(mean(inside) - 2) < 0.4, `inside ${mean(inside)}`);
    assert.ok(Math.abs(mean(outside)) < 0.2, `outside ${mean(outside)}`);
  });

  it('does not agree with another scene', () => {
    const other: Plane = { ...view(0, 0, 0, 1), data: view(90, 120, 0.8, 1).data };
    assert.ok(cameraMotion(pyramidOf(view(0, 0, 0, 1)), pyramidOf(other)).agreed < 0.3);
  });
});
