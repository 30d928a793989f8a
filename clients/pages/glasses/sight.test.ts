import assert from 'node:assert/strict';
import type { Anchor } from '../../../ar-annotations/scene/types.ts';
import type { ShownMark } from '../../core/marks/index.ts';
import { type Calibration, VALID_MS } from './calibration.ts';
import { isSteady, nextSight, placeOf, RestingMarks, type Sight, seenBy, sightOf } from './sight.ts';

const calibration: Calibration = { map: [0.5, 0, 0.2, 0, 0.5, 0.1, 0, 0, 1], error: 0.01, checkedUtc: 1000 };
const shown = (anchor: Anchor): ShownMark => ({
  mark: {
    ...{ markId: 'm1', author: 'p1', patientId: 'P1', aspect: 1.78, anchor },
    ...{
      surface: { kind: 'video', producerId: 'c1' },
      shape: { kind: 'stamp', at: { x: 0.5, y: 0.5 }, number: 1 },
    },
  },
  ...{ isDraft: false, authorName: 'Doctor', colour: 0, state: 'held', opacity: 1, ageMs: 0 },
  homography: [1, 0, 0.1, 0, 1, 0, 0, 0, 1],
});
const onScene = shown({
  kind: 'scene',
  frame: {},
  reference: 'AA',
  region: { x: 0, y: 0, width: 1, height: 1 },
});
const onDisplay = shown({ kind: 'corner', corner: 'top-left' });

describe('What the wearer sees', () => {
  it('goes round, and through the display only with a calibration that is believed', () => {
    const round = (may: boolean) => {
      const first = nextSight('camera', may);
      const second = nextSight(first, may);
      return [first, second, nextSight(second, may)];
    };
    assert.deepEqual(round(false), ['black', 'camera', 'black']);
    assert.deepEqual(round(true), ['black', 'through', 'camera']);
  });

  it('is the picture of the camera again when the calibration is over', () => {
    assert.equal(sightOf('through', calibration, 1000 + VALID_MS).kind, 'through');
    assert.equal(sightOf('through', calibration, 1001 + VALID_MS).kind, 'camera');
    assert.equal(sightOf('through', undefined, 1000).kind, 'camera');
  });

  it('has on black only what is fixed to the display', () => {
    assert.equal(seenBy({ kind: 'black' }, onScene), undefined);
    assert.equal(seenBy({ kind: 'black' }, onDisplay), onDisplay);
  });

  it('has a mark on the world where the calibration puts what the camera sees', () => {
    const through: Sight = { kind: 'through', calibration };
    assert.deepEqual(seenBy(through, onScene)?.homography, [0.5, 0, 0.25, 0, 0.5, 0.1, 0, 0, 1]);
    assert.equal(seenBy(through, onDisplay), onDisplay);
    assert.deepEqual(placeOf(through, onScene), { x: 0.5, y: 0.35 });
    assert.equal(placeOf(through, onDisplay), undefined);
    assert.equal(seenBy({ kind: 'camera' }, onScene), onScene);
  });

  it('has a lost mark fade on the picture, and none of it on the world', () => {
    const lost: ShownMark = { ...onScene, state: 'lost', opacity: 0.5 };
    assert.equal(seenBy({ kind: 'camera' }, lost), lost);
    assert.equal(seenBy({ kind: 'through', calibration }, lost), undefined);
  });

  it('has no mark on the world while the head turns, since it would trail behind', () => {
    const at = (x: number, ms: number) => ({ at: { x, y: 0.5 }, ms });
    assert.equal(isSteady(at(0.5, 0), at(0.502, 33)), true);
    assert.equal(isSteady(at(0.5, 0), at(0.52, 33)), false);
    assert.equal(isSteady(undefined, at(0.5, 33)), false);
    assert.equal(isSteady(at(0.5, 33), at(0.5, 33)), false);
    assert.equal(isSteady(at(0.5, 0), at(0.5, 400)), false, 'where it was in between is not known');
  });

  it('has a mark on the world again when the head has rested on it, each mark for itself', () => {
    const resting = new RestingMarks();
    const look = (ms: number, places: Record<string, number>) => [
      ...resting.look(new Map(Object.entries(places).map(([id, x]) => [id, { at: { x, y: 0.5 }, ms }]))),
    ];
    const seen = [0, 50, 100, 150, 200, 250].map((ms) => look(ms, { near: 0.5, far: 0.5 + ms / 1000 }));
    assert.deepEqual(seen, [[], [], [], [], ['near'], ['near']]);
    assert.deepEqual(look(300, { near: 0.6 }), [], 'it moves');
    assert.deepEqual(look(350, { near: 0.6 }), [], 'it has only just come to rest');
    assert.deepEqual(look(500, { near: 0.6 }), ['near']);
    look(550, {});
    assert.deepEqual(look(600, { near: 0.6 }), [], 'it was out of sight');
  });
});
