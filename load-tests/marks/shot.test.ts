import assert from 'node:assert/strict';
import { apply } from '../../ar-annotations/geometry/matrix.ts';
import type { GreyFrame } from '../../ar-annotations/tracker/types.ts';
import { card } from './covers.ts';
import { KINDS, shotOf } from './kinds.ts';
import * as move from './motion.ts';
import { drawnPictures, throughCodec } from './pictures.ts';
import type { Layer, Scene } from './scene.ts';
import { film, type Shot } from './shot.ts';
import { textureFrom } from './texture.ts';

const SPOT = { x: 0.12, y: -0.06 };

/** A grey wall with one bright round spot, whose place in the picture can be measured. */
function spotted(): Shot {
  const grey = new Uint8Array(512 * 512).fill(60);
  for (let y = 0; y < 512; y += 1) {
    for (let x = 0; x < 512; x += 1) {
      const r = Math.hypot(x + 0.5 - 256 - SPOT.x * 256, y + 0.5 - 256 - SPOT.y * 256);
      if (r < 9) grey[y * 512 + x] = 240;
    }
  }
  const wall: Layer = { texture: textureFrom('spot', 512, 512, grey), texelsPerUnit: 256, depth: 0 };
  const plain = shotOf('translation', 3, drawnPictures);
  const scene: Scene = { ...plain.scene, layers: [wall], noise: 0 };
  return { ...plain, scene, target: wall, fps: 5, seconds: 2, anywhere: true };
}

/** Middle of what is bright, in parts of the frame. */
function brightest({ width, height, luma }: GreyFrame): { x: number; y: number } {
  let [sum, sumX, sumY] = [0, 0, 0];
  luma.forEach((value, i) => {
    const weight = Math.max(0, value - 80);
    sum += weight;
    sumX += weight * ((i % width) + 0.5);
    sumY += weight * (Math.floor(i / width) + 0.5);
  });
  return { x: sumX / sum / width, y: sumY / sum / height };
}

describe('a filmed sequence', () => {
  for (const kind of ['translation', 'rotation', 'scale', 'perspective', 'motion blur'] as const) {
    it(`moves its picture as its truth says: ${kind}`, async () => {
      const shot = spotted();
      const { camera, exposure } = shotOf(kind, 3, drawnPictures).scene;
      const sequence = await film({ ...shot, scene: { ...shot.scene, camera, exposure } });
      const [first] = sequence.frames;
      assert.ok(first);
      const start = brightest(first);
      let seen = 0;
      let moved = 0;
      sequence.frames.forEach((frame, i) => {
        const truth = sequence.truth[i]?.[0];
        assert.ok(truth);
        const should = apply(truth.homography, start.x, start.y);
        if (Math.abs(should.x - 0.5) > 0.42 || Math.abs(should.y - 0.5) > 0.42) return;
        seen += 1;
        const is = brightest(frame);
        const off = Math.hypot((is.x - should.x) * frame.width, (is.y - should.y) * frame.height);
        moved = Math.max(moved, Math.abs(is.x - start.x) * frame.width);
        assert.ok(off < 0.5, `frame ${i} is ${off.toFixed(2)} px off`);
      });
      assert.ok(seen >= 3, `only ${seen} frames show the spot`);
      assert.ok(moved > 0.7, `it moved by ${moved.toFixed(2)} px only`);
    });
  }

  it('is the same each time, and another for another seed', async () => {
    const [a, b, c] = await Promise.all(
      [4, 4, 5].map((seed) => film({ ...shotOf('head motion, 15/s', seed, drawnPictures), seconds: 0.3 })),
    );
    assert.deepEqual(a, b);
    assert.notDeepEqual(a?.frames, c?.frames);
  });

  it('knows what is before the mark, and what left the view', async () => {
    const shot = spotted();
    const over: Layer = {
      ...shot.target,
      cover: card(0.4, 0.4),
      place: (s) => move.placed(s < 0.7 ? 3 : 0, 0),
    };
    const camera = move.lookAway(move.STILL, 1, 9, 1.2, 0);
    const scene = { ...shot.scene, layers: [shot.target, over], camera };
    const { truth } = await film({ ...shot, scene, seconds: 1.5, central: true });
    const [first, middle, last] = [truth[0]?.[0], truth[2]?.[0], truth.at(-1)?.[0]];
    assert.deepEqual([first?.inView, first?.covered], [1, 0]);
    assert.deepEqual([middle?.inView, middle?.covered], [1, 1]);
    assert.equal(last?.inView, 0);
  });

  it('hides about a third of the mark where it says so', async () => {
    for (const seed of [2, 4]) {
      const { truth } = await film({ ...shotOf('occlusion 30 %', seed, () => drawnPictures(2, 0)), fps: 2 });
      const most = Math.max(...truth.map(([mark]) => mark?.covered ?? 0));
      assert.ok(most > 0.15 && most < 0.5, `${most} of the mark of seed ${seed}`);
    }
  });

  it('finds a place for its mark in every class', async () => {
    for (const kind of KINDS) {
      const { marks, from, recent } = await film({
        ...shotOf(kind, 6, (_, n) => drawnPictures(2 * n, 0)),
        fps: 10,
        seconds: 0.1,
      });
      assert.equal(marks.length, 1, kind);
      assert.equal(recent[0], 0, kind);
      assert.ok(
        recent.every((i) => i < from),
        kind,
      );
    }
  });

  it('keeps its frames and their order through a codec', async () => {
    const { frames } = await film({ ...shotOf('translation', 1, drawnPictures), seconds: 1 });
    const decoded = await throughCodec(frames, 15, 200);
    assert.equal(decoded.length, frames.length);
    const difference = (a?: GreyFrame, b?: GreyFrame) => {
      assert.ok(a && b);
      return a.luma.reduce((sum, value, i) => sum + Math.abs(value - (b.luma[i] ?? 0)), 0) / a.luma.length;
    };
    assert.ok(difference(frames[14], decoded[14]) > 0.5, 'nothing was lost');
    assert.ok(
      difference(frames[14], decoded[14]) < difference(frames[0], decoded[14]),
      'another frame came out',
    );
  });
});
