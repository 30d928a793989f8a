import assert from 'node:assert/strict';
import { IDENTITY } from '../../ar-annotations/geometry/matrix.ts';
import { figuresOf } from './figures.ts';
import { type Sight, scoreOf, sightsOf } from './score.ts';
import type { Sequence } from './shot.ts';

/** Sights at 20 frames a second, one letter each: v visible, c covered, o outside; `errors` has nothing while not shown. */
function sights(states: string, errors: readonly (number | undefined)[]): Sight[] {
  const names = { v: 'visible', c: 'covered', o: 'outside' } as const;
  return errors.map((error, i) => {
    const letter = states[i];
    const state = letter === 'c' || letter === 'o' ? names[letter] : names.v;
    return { ms: 50 * i, state, ...(error === undefined ? {} : { error }) };
  });
}

describe('the score of a mark', () => {
  const none = undefined;

  it('counts wrong places and how long a poor one was shown', () => {
    const score = scoreOf(sights('vvvvvv', [0.2, 1.5, 2, 0.9, 3.5, none]));
    assert.equal(score.wrong, 1);
    assert.equal(score.poor, 3);
    assert.equal(score.longestPoor, 100);
    assert.deepEqual([score.visible, score.shown], [6, 5]);
  });

  it('takes the time from covered to not shown, and leaves out what passed within 100 ms', () => {
    assert.deepEqual(scoreOf(sights('vvcccv', [0, 0, none, none, none, 0])).fades, [0]);
    assert.deepEqual(scoreOf(sights('vvcccv', [0, 0, 0, 0, none, 0])).fades, [100]);
    assert.deepEqual(scoreOf(sights('vvccccv', [0, 0, 0, 0, 0, 0, 0])).fades, [200]);
    assert.deepEqual(scoreOf(sights('vvcv', [0, 0, 0, 0])).fades, []);
  });

  it('takes the time from full view to shown again', () => {
    const back = scoreOf(sights('voovvvv', [0, none, none, none, none, 0, 0]));
    assert.deepEqual([back.returns, back.neverBack], [[100], 0]);
    const never = scoreOf(sights('vooovv', [0, none, none, none, none, none]));
    assert.deepEqual([never.returns, never.neverBack], [[], 1]);
  });

  it('calls every place of a mark of another scene wrong, and measures others in parts of the width', () => {
    const region = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };
    const sequence: Sequence = {
      kind: 'another scene',
      picture: '',
      seed: 0,
      fps: 20,
      frames: [],
      reference: { width: 320, height: 180, luma: new Uint8Array() },
      from: 0,
      recent: [],
      marks: [{ id: 'm0', centre: { x: 0.5, y: 0.5 }, outline: [{ x: 0.4, y: 0.5 }], region }],
      truth: [[{ homography: IDENTITY, inView: 1, covered: 0 }]],
      absent: false,
    };
    const [held] = sightsOf(sequence, 0, [[1, 0, 0, 0, 1, 0.0178, 0, 0, 1]]);
    assert.ok(Math.abs((held?.error ?? 0) - 1) < 0.01, `${held?.error} %`);
    assert.equal(scoreOf(sightsOf({ ...sequence, absent: true }, 0, [IDENTITY])).wrong, 1);
    assert.equal(scoreOf(sightsOf({ ...sequence, absent: true }, 0, [none])).wrong, 0);
  });

  it('is put together over sequences', () => {
    const all = figuresOf([scoreOf(sights('vv', [0.5, 4])), scoreOf(sights('vv', [none, none]))]);
    assert.deepEqual(
      [all.sequences, all.wrong, all.error.most, all.shown, all.found.never],
      [2, 1, 4, 50, 1],
    );
  });
});
