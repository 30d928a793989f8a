import assert from 'node:assert/strict';
import { Emitter } from '../emitter.ts';
import type { Located, LocatedPose, Locator, LocatorEvents, SceneAnchor } from '../marks/index.ts';
import { acrossPlane, type Plane, type View } from './plane.ts';
import type { World } from './world.ts';
import { createWorldLocator } from './world-locator.ts';

const F = 1 / Math.tan(Math.PI / 6);
const PROJECTION = [F / 1.78, 0, 0, 0, 0, F, 0, 0, 0, 0, -1, -1, 0, 0, -0.1, 0];
const viewAt = (x: number): View => ({
  pose: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, 0, 0, 1],
  projection: PROJECTION,
});
const CHEST: Plane = { point: [0, 0, -1], normal: [0, 0, 1] };
const REGION = { x: 0.45, y: 0.45, width: 0.1, height: 0.1 };
const ANCHOR: SceneAnchor = { kind: 'scene', frame: { mediaMs: 0 }, reference: 'AA', region: REGION };
const CORNERS = [
  [0.45, 0.45],
  [0.55, 0.45],
  [0.55, 0.55],
  [0.45, 0.55],
] as const;

/** A head that has moved 5 cm to the right since the mark was drawn, and a picture that says `pose` of it. */
async function posed(pose: Omit<LocatedPose, 'anchorId' | 'by'>, place: Plane | 'nothing' = CHEST) {
  let x = 0;
  const events = new Emitter<LocatorEvents>();
  const closed: string[] = [];
  const world: World = {
    viewAt: () => viewAt(x),
    anchor: async () =>
      place === 'nothing' ? undefined : { plane: () => place, close: () => closed.push('anchor') },
    close: () => undefined,
  };
  const picture: Locator = {
    isAble: true,
    on: (name, listener) => events.on(name, listener),
    add: () => undefined,
    remove: () => undefined,
    setKeeping: () => undefined,
    close: () => closed.push('picture'),
  };
  const locator = createWorldLocator(world, picture);
  const told: Located[] = [];
  locator.on('located', (located) => told.push(located));
  const frame = { print: new Uint8Array(72), aspect: 1.78, tookMs: 0 };
  events.emit('located', { ...frame, mediaMs: 0, poses: [] });
  locator.add('m1', ANCHOR);
  await Promise.resolve();
  await Promise.resolve();
  x = 0.05;
  events.emit('located', { ...frame, mediaMs: 33, poses: [{ ...pose, anchorId: 'm1', by: 'picture' }] });
  locator.close();
  return { pose: told.at(-1)?.poses[0], closed };
}

const truth = acrossPlane(viewAt(0), viewAt(0.05), CHEST, CORNERS);

describe('Marks by world tracking', () => {
  it('lie where the world says while the picture holds them there too', async () => {
    assert.ok(truth);
    const near = truth.with(2, (truth[2] ?? 0) + 0.01);
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = near;
    const { pose, closed } = await posed({
      state: 'held',
      confidence: 0.8,
      homography: [a, b, c, d, e, f, g, h, i],
    });
    assert.equal(pose?.by, 'world');
    assert.deepEqual(pose?.homography, truth);
    assert.deepEqual(closed, ['anchor', 'picture']);
  });

  it('stay with the picture when the patient has moved and the room has not', async () => {
    const moved = [1, 0, 0.2, 0, 1, 0, 0, 0, 1] as const;
    const { pose } = await posed({ state: 'held', confidence: 0.8, homography: moved });
    assert.equal(pose?.by, 'picture');
    assert.deepEqual(pose?.homography, moved);
  });

  it('are lost when the picture has lost them, however sure the world is', async () => {
    const { pose } = await posed({ state: 'lost', confidence: 0 });
    assert.equal(pose?.state, 'lost');
    assert.equal(pose?.homography, undefined);
  });

  it('follow the picture alone where nothing was met', async () => {
    assert.ok(truth);
    const { pose } = await posed({ state: 'held', confidence: 0.8, homography: truth }, 'nothing');
    assert.equal(pose?.by, 'picture');
  });
});
