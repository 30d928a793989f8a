import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { clampInside, isInside, pictureRect, toBox, toPicture } from './geometry.ts';
import {
  type Contact,
  IDLE,
  stepTool,
  TOOLS,
  type Tool,
  type ToolContext,
  type ToolInput,
  type ToolStep,
} from './tools.ts';

const near = (a: number, b: number, by = 1e-6) => Math.abs(a - b) < by;
const context: ToolContext = {
  aspect: 16 / 9,
  nextStamp: 3,
  image: { imageId: 'image-1', aspect: 2 },
  scale: { kind: 'card', mm: 85.6 },
};
const contact = (x: number, y: number, at: number): Contact => ({ x, y, at, pressure: 0.5 });

/** Plays inputs through one tool; answers what came out and the state at the end. */
function play(tool: Tool, inputs: readonly ToolInput[]) {
  let state = IDLE;
  const steps: ToolStep[] = [];
  for (const input of inputs) {
    const [next, more] = stepTool(tool, state, input, context);
    state = next;
    steps.push(...more);
  }
  return { state, steps };
}
const down = (x: number, y: number, at = 0): ToolInput => ({ type: 'down', contact: contact(x, y, at) });
const move = (x: number, y: number, at = 100): ToolInput => ({ type: 'move', contacts: [contact(x, y, at)] });
const up = (x: number, y: number, at = 1000): ToolInput => ({ type: 'up', contact: contact(x, y, at) });
const shapesOf = (steps: readonly ToolStep[]) =>
  steps.flatMap((step) => (step.do === 'shape' ? [step.shape] : []));
const deeds = (steps: readonly ToolStep[]) => steps.map((step) => step.do);

describe('Places on a picture', () => {
  it('leave out the bars beside a picture of another form than its box', () => {
    const rect = pictureRect(
      { width: 1000, height: 1000 },
      { width: 1600, height: 900 },
      { scale: 1, x: 0, y: 0 },
    );
    assert.deepEqual(rect, { left: 0, top: 218.75, width: 1000, height: 562.5 });
    assert.deepEqual(toPicture({ x: 500, y: 500 }, rect), { x: 0.5, y: 0.5 });
    assert(!isInside(toPicture({ x: 500, y: 100 }, rect)));
    assert.deepEqual(clampInside(toPicture({ x: 1200, y: 100 }, rect)), { x: 1, y: 0 });
  });

  it('come back to where they were through every zoom, and are never mirrored', async () => {
    const size = fc.record({
      width: fc.integer({ min: 10, max: 4000 }),
      height: fc.integer({ min: 10, max: 4000 }),
    });
    const zoom = fc.record({
      scale: fc.double({ min: 1, max: 8, noNaN: true }),
      x: fc.double({ min: -500, max: 500, noNaN: true }),
      y: fc.double({ min: -500, max: 500, noNaN: true }),
    });
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.property(size, size, zoom, unit, unit, (box, picture, zoomed, x, y) => {
        const rect = pictureRect(box, picture, zoomed);
        const back = toPicture(toBox({ x, y }, rect), rect);
        assert(near(back.x, x) && near(back.y, y));
        assert(toBox({ x: 1, y: 1 }, rect).x > toBox({ x: 0, y: 0 }, rect).x);
      }),
    );
  });
});

describe('The tools', () => {
  it('draw a stroke whose points keep place, pressure and time since its beginning', () => {
    const { state, steps } = play('stroke', [down(0.1, 0.2, 500), move(0.2, 0.3, 516), up(0.2, 0.3, 600)]);
    assert.deepEqual(deeds(steps), ['begin', 'points', 'points', 'finish']);
    assert.deepEqual(
      steps.flatMap((step) => (step.do === 'points' ? step.points : [])),
      [
        [0.1, 0.2, 0.5, 0],
        [0.2, 0.3, 0.5, 16],
      ],
    );
    assert.deepEqual(state, IDLE);
  });

  it('leave a pointer where it was tapped, and take one away that was held', () => {
    assert.deepEqual(deeds(play('pointer', [down(0.5, 0.5), up(0.5, 0.5, 200)]).steps), [
      'begin',
      'shape',
      'finish',
    ]);
    const held = play('pointer', [down(0.5, 0.5), move(0.6, 0.5), up(0.6, 0.5, 900)]);
    assert.deepEqual(deeds(held.steps), ['begin', 'shape', 'shape', 'cancel']);
  });

  it('take a slip of an arrow or an ellipse for nothing', () => {
    for (const tool of ['arrow', 'ellipse'] as const) {
      assert.equal(play(tool, [down(0.5, 0.5), up(0.501, 0.5)]).steps.at(-1)?.do, 'cancel');
      assert.equal(play(tool, [down(0.5, 0.5), move(0.7, 0.6), up(0.7, 0.6)]).steps.at(-1)?.do, 'finish');
    }
  });

  it('keep an ellipse round on a wide picture when its rectangle is a square on the screen', () => {
    const ellipse = shapesOf(play('ellipse', [down(0.2, 0.2), move(0.4, 0.2 + 0.2 * (16 / 9))]).steps).at(-1);
    assert(ellipse?.kind === 'ellipse' && near(ellipse.rx, ellipse.ry) && near(ellipse.rx, 0.1));
  });

  it('number stamps on and place them at once', () => {
    const { steps } = play('stamp', [down(0.4, 0.4), up(0.4, 0.4)]);
    assert.deepEqual(deeds(steps), ['begin', 'shape', 'finish']);
    assert.deepEqual(shapesOf(steps), [{ kind: 'stamp', at: { x: 0.4, y: 0.4 }, number: 3 }]);
  });

  it('ask for the words of a text, show them as they are typed, and end them by key or by the next pen', () => {
    const typed = play('text', [down(0.4, 0.4), { type: 'words', text: ' here ' }, { type: 'done' }]);
    assert.deepEqual(deeds(typed.steps), ['begin', 'shape', 'finish']);
    assert.deepEqual(shapesOf(typed.steps), [{ kind: 'text', at: { x: 0.4, y: 0.4 }, text: 'here' }]);
    const next = play('text', [down(0.4, 0.4), { type: 'words', text: 'a' }, down(0.6, 0.6)]);
    assert.deepEqual(deeds(next.steps), ['begin', 'shape', 'finish', 'begin']);
    const none = play('text', [down(0.4, 0.4), { type: 'words', text: '  ' }, { type: 'cancel' }]);
    assert.deepEqual(deeds(none.steps), ['begin', 'cancel']);
    assert.deepEqual(deeds(play('text', [down(0.4, 0.4), { type: 'done' }]).steps), ['begin', 'cancel']);
  });

  it('pin an image in its own form, dragged open or by a tap', () => {
    for (const end of [0.5, 0.9]) {
      const image = shapesOf(play('image', [down(0.5, 0.5), move(end, end), up(end, end)]).steps).at(-1);
      assert(image?.kind === 'image');
      const [a, b, , d] = image.corners;
      assert(near(((b.x - a.x) * (16 / 9)) / (d.y - a.y), 2));
    }
    const placed = play('image', [
      down(0.2, 0.2),
      up(0.5, 0.5),
      { type: 'corner', index: 0, at: { x: 0.1, y: 0.1 } },
      { type: 'corner', index: 0, at: { x: 0.9, y: 0.9 } },
      { type: 'done' },
    ]);
    const last = shapesOf(placed.steps).at(-1);
    assert(last?.kind === 'image');
    assert.deepEqual(last.corners[0], { x: 0.1, y: 0.1 }, 'an image that is folded over is not drawn');
    assert.equal(placed.steps.at(-1)?.do, 'finish');
  });

  it('measure by two lines, the known one first, and keep the known one for the next length', () => {
    const scale = [down(0.1, 0.1), move(0.3, 0.1), up(0.3, 0.1)];
    const length = [down(0.2, 0.5), move(0.6, 0.5), up(0.6, 0.5)];
    const { steps, state } = play('measure', [...scale, ...length]);
    assert.equal(steps.at(-1)?.do, 'finish');
    const shape = shapesOf(steps).at(-1);
    assert(shape?.kind === 'measure' && near(shape.lengthMm, 171.2));
    assert(state.is === 'idle' && state.scale !== undefined);
    assert.deepEqual(stepTool('measure', state, { type: 'cancel' }, context)[0], IDLE);
    assert.deepEqual(play('measure', [down(0.1, 0.1), up(0.105, 0.1)]), { state: IDLE, steps: [] });
  });

  it('never leave a pen down, whatever comes in', async () => {
    const input: fc.Arbitrary<ToolInput> = fc.oneof(
      fc.constant(down(0.2, 0.2)),
      fc.constant(move(0.6, 0.4)),
      fc.constant(up(0.6, 0.4)),
      fc.constant({ type: 'words', text: 'a' } as const),
      fc.constant({ type: 'done' } as const),
      fc.constant({ type: 'corner', index: 2, at: { x: 0.9, y: 0.9 } } as const),
      fc.constant({ type: 'cancel' } as const),
    );
    const tool = fc.constantFrom(...TOOLS);
    await fc.assert(
      fc.property(tool, fc.array(input, { maxLength: 30 }), (chosen, inputs) => {
        const { steps } = play(chosen, [...inputs, { type: 'reset' }]);
        let isDown = false;
        for (const step of steps) {
          if (step.do === 'begin') {
            assert(!isDown);
            isDown = true;
          } else if (step.do === 'finish' || step.do === 'cancel') {
            assert(isDown);
            isDown = false;
          }
        }
        assert(!isDown);
      }),
    );
  });
});
