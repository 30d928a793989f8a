import assert from 'node:assert/strict';
import { compose, IDENTITY, type Matrix3 } from '../geometry/matrix.ts';
import { heldShare, MARK, type Outcome, run, worstError } from './testing/run.ts';
import { busyTexture, type Front, paint, turned, valueNoise } from './testing/scene.ts';

/** A wrong place: more than 1 % of the frame's width (target S9). */
const WRONG = 0.01;
/** Frames within which a mark must have faded: 100 ms. */
const FADE = 3;

const texture = busyTexture(5);
const other = busyTexture(505);

/** Where a mark was shown in a wrong place, for the message. */
function mistakes(outcomes: readonly Outcome[]): string {
  return outcomes
    .flatMap((o, i) => (o.error > WRONG ? [`frame ${i + 1}: ${(100 * o.error).toFixed(1)} %`] : []))
    .join(', ');
}

function neverWrong(outcomes: readonly Outcome[]): void {
  assert.equal(mistakes(outcomes), '', 'shown in a wrong place');
}

function heldWell(outcomes: readonly Outcome[], share = 0.95, error = 0.003): void {
  neverWrong(outcomes);
  assert.ok(heldShare(outcomes) >= share, `held in ${heldShare(outcomes).toFixed(2)} of the frames`);
  assert.ok(worstError(outcomes) <= error, `off by ${(100 * worstError(outcomes)).toFixed(2)} %`);
}

describe('a mark on a scene that moves as one', () => {
  const moves: Record<string, (frame: number) => Matrix3> = {
    'shift to and fro': (t) => turned(0, 1, 0.2 * Math.sin(t / 10), 0.1 * Math.sin(t / 7)),
    'turn through a whole circle': (t) => turned(t * 0.105, 1, 0, 0),
    'come nearer and go away': (t) => turned(0, Math.exp(0.5 * Math.sin(t / 12)), 0, 0),
    'tilt in perspective': (t) =>
      compose([1, 0, 0, 0, 1, 0, 0.35 * Math.sin(t / 12), 0.2 * Math.sin(t / 9), 1], turned(0, 0.95, 0, 0)),
  };
  for (const [name, map] of Object.entries(moves)) {
    it(`stays in place while things ${name}`, () => {
      heldWell(run({ texture, view: (t) => ({ map: map(t) }), frames: 60 }), 0.95, 0.006);
    });
  }

  it('stays in place under noise and changing light, also on half the contrast', () => {
    const view = (t: number) => ({
      map: turned(0.2 * Math.sin(t / 12), 1, 0.12 * Math.sin(t / 9), 0),
      noise: 4,
      gain: 1 + 0.35 * Math.sin(t / 8),
      bias: 15 * Math.sin(t / 5),
    });
    heldWell(run({ texture: busyTexture(9, 0.5), view, frames: 50 }), 0.95, 0.004);
  });

  it('is not wrong in motion blur', () => {
    const view = (t: number) => ({
      map: turned(0, 1, 0.25 * Math.sin(t / 6), 0),
      blur: Math.abs(13 * Math.cos(t / 6)),
    });
    heldWell(run({ texture, view, frames: 50 }), 0.7, 0.008);
  });

  it('is followed on a frame of another shape, at the edge, and as a mere point', () => {
    const view = (t: number) => ({ map: turned(0, 1, 0.06 * Math.sin(t / 8), 0.05 * Math.sin(t / 6)) });
    for (const region of [
      { x: 0.02, y: 0.7, width: 0.2, height: 0.3 },
      { x: 0.61, y: 0.33, width: 0, height: 0 },
      { x: 0.1, y: 0.1, width: 0.8, height: 0.8 },
    ]) {
      neverWrong(run({ texture, view, frames: 25, region, height: 180 }));
      heldWell(run({ texture, view: (t) => view(t / 3), frames: 25, region, height: 180 }), 0.7, WRONG);
    }
  });
});

describe('a mark whose place is not to be seen', () => {
  const skin = valueNoise(77, 0.2);
  const hand = paint((x, y) => 150 + 30 * skin(x, y));
  const sway = (t: number): Matrix3 => turned(0.1 * Math.sin(t / 14), 1, 0.1 * Math.sin(t / 11), 0);

  it('fades within 100 ms under a hand and comes back after it', () => {
    const covers: Front['covers'] = (x, y) => x > 0.3 && x < 0.7 && y > 0.2;
    const front = (t: number): Front => ({ texture: hand, map: sway(t), covers });
    const view = (t: number) => (t >= 15 && t < 40 ? { map: sway(t), front: front(t) } : { map: sway(t) });
    const outcomes = run({ texture, view, frames: 55 });
    neverWrong(outcomes);
    assert.ok(heldShare(outcomes, 0, 14) > 0.95, 'held before');
    assert.equal(heldShare(outcomes, 14 + FADE, 39), 0, 'shown on the hand');
    assert.ok(heldShare(outcomes, 39 + 6) > 0.95, 'not found again within 200 ms');
  });

  it('is held or faded, never wrong, with a third of it covered', () => {
    const covers: Front['covers'] = (x, y) => x > 0.38 && x < 0.47 && y > 0.2;
    const view = (t: number) =>
      t >= 10 && t < 40 ? { map: sway(t), front: { texture: hand, map: sway(t), covers } } : { map: sway(t) };
    const outcomes = run({ texture, view, frames: 50 });
    neverWrong(outcomes);
    assert.ok(heldShare(outcomes, 42) > 0.9);
  });

  it('is found again after a look away', () => {
    const view = (t: number) => ({
      map: turned(
        0.1 * Math.sin(t / 10),
        1,
        t < 10 || t >= 60 ? 0 : t < 30 ? 1.3 : 1.3 - (1.3 * (t - 30)) / 30,
        0,
      ),
    });
    const outcomes = run({ texture, view, frames: 75 });
    neverWrong(outcomes);
    assert.equal(heldShare(outcomes, 10 + FADE, 29), 0);
    assert.ok(heldShare(outcomes, 65) > 0.95, 'not found again');
  });

  it('is not shown on another scene after a cut, nor in a mirror', () => {
    const flipped: Matrix3 = compose([-1, 0, 1, 0, 1, 0, 0, 0, 1], IDENTITY);
    const view = (t: number) => {
      if (t >= 10 && t < 20)
        return { map: IDENTITY, front: { texture: other, map: IDENTITY, covers: () => true } };
      return { map: t >= 30 && t < 40 ? flipped : IDENTITY };
    };
    const shown = (t: number) => (t >= 10 && t < 20) || (t >= 30 && t < 40);
    const truth = (t: number) => (shown(t) ? undefined : IDENTITY);
    const outcomes = run({ texture, view, truth, frames: 50 });
    neverWrong(outcomes);
    assert.ok(heldShare(outcomes, 24, 29) > 0.9 && heldShare(outcomes, 44) > 0.9, 'not found again');
  });
});

describe('a mark on what cannot be told apart', () => {
  const path = (t: number): Matrix3 =>
    turned(0.1 * Math.sin(t / 10), 1, 0.4 * Math.sin(t / 9), 0.1 * Math.sin(t / 8));

  it('is not guessed on plain skin', () => {
    const shade = valueNoise(3, 0.3);
    const pores = valueNoise(4, 0.02);
    const skin = paint((x, y) => 150 + 25 * shade(x, y) + 3 * pores(x, y));
    const outcomes = run({ texture: skin, view: (t) => ({ map: path(t), noise: 3 }), frames: 40 });
    neverWrong(outcomes);
  });

  it('does not jump from tile to tile', () => {
    const tiles = paint((x, y) => ((Math.floor(x / 0.05) + Math.floor(y / 0.05)) & 1 ? 180 : 70));
    neverWrong(run({ texture: tiles, view: (t) => ({ map: path(t) }), frames: 40 }));
    const dots = paint((x, y) =>
      Math.hypot(x - 0.06 * Math.round(x / 0.06), y - 0.06 * Math.round(y / 0.06)) < 0.015 ? 180 : 90,
    );
    neverWrong(run({ texture: dots, view: (t) => ({ map: turned(0, 1, 0.12 * t, 0) }), frames: 6 }));
  });

  it('is not slid along an edge', () => {
    const edge = paint((x) => (x > 0.5 ? 190 : 60));
    const outcomes = run({ texture: edge, view: (t) => ({ map: turned(0, 1, 0, 0.01 * t) }), frames: 25 });
    neverWrong(outcomes);
  });
});

describe('a mark on something that moves by itself', () => {
  const still = (t: number): Matrix3 => turned(0, 1, 0.02 * Math.sin(t / 9), 0);
  const disc =
    (radius: number): Front['covers'] =>
    (x, y) =>
      Math.hypot(x - 0.5, (y - 0.5) * 0.75) < radius;

  it('goes with the thing and not with the background', () => {
    const thing = (t: number): Matrix3 =>
      turned(0.2 * Math.sin(t / 12), 1, t > 5 ? 0.15 * Math.sin((t - 5) / 10) : 0, 0);
    const view = (t: number) => ({
      map: still(t),
      front: { texture: other, map: thing(t), covers: disc(0.13) },
    });
    const outcomes = run({ texture, view, truth: thing, frames: 50 });
    heldWell(outcomes, 0.9, 0.006);
  });

  it('stays on the thing while the background moves', () => {
    const view = (t: number) => ({
      map: turned(0, 1, 0.25 * Math.sin(t / 9), 0.1 * Math.sin(t / 7)),
      front: { texture: other, map: IDENTITY, covers: disc(0.15) },
    });
    heldWell(run({ texture, view, truth: () => IDENTITY, frames: 50 }), 0.95, 0.003);
  });

  it('does not stay behind when the thing under it is carried off', () => {
    const gone = (t: number): Matrix3 => turned(0, 1, t > 10 ? Math.min(0.9, (t - 10) * 0.03) : 0, 0);
    const view = (t: number) => ({
      map: IDENTITY,
      front: { texture: other, map: gone(t), covers: disc(0.09) },
    });
    const outcomes = run({ texture, view, truth: gone, frames: 45, region: MARK });
    // The picture as a whole stands still: agreement of the background must not keep the mark where it was.
    const behind = outcomes.slice(10 + FADE).filter((o) => o.state === 'held' && o.error > WRONG);
    assert.equal(behind.length, 0);
  });
});
