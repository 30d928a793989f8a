import assert from 'node:assert/strict';
import { makePlan } from './plan.ts';
import type { Plan } from './plan-types.ts';
import { inputOf, type Scene } from './testing/scene.ts';

const planOf = (scene: Scene): Plan => makePlan(inputOf(scene));
const voice = { producerId: 'voice', peerId: 'crew', kind: 'audio' as const };
const camera = { producerId: 'camera', peerId: 'crew', kind: 'video' as const };

describe('the plan: what is recorded', () => {
  const recording = { tapId: 'tap', workerKey: 'n/w1', ready: new Set<string>() };
  const peers = [{ peerId: 'crew', worker: 'n/w2' }];

  it('takes every source to the tap, over pipes where it must, whoever watches', () => {
    const plan = planOf({ peers, sources: [voice, camera], recording });
    assert.equal(plan.tap, recording);
    const taken = [...plan.tapConsumers.values()];
    assert.deepEqual(
      taken.map(({ originalId, originalWorkerKey, workerKey, tapId }) => ({
        originalId,
        originalWorkerKey,
        workerKey,
        tapId,
      })),
      [voice, camera].map(({ producerId }) => ({
        originalId: producerId,
        originalWorkerKey: 'n/w2',
        workerKey: 'n/w1',
        tapId: 'tap',
      })),
    );
    assert.deepEqual([...plan.flows.keys()].sort(), taken.map(({ producerId }) => producerId).sort());
    assert.ok([...plan.flows.values()].every(({ paused }) => !paused));
    assert.equal(plan.pipes.length, 1);
    const here = planOf({ peers: [{ peerId: 'crew' }], sources: [camera], recording });
    assert.deepEqual([here.flows.size, here.tapConsumers.size], [0, 1]);
  });

  it('leaves extra encodings out, and shares the pipe with viewers', () => {
    const other = { ...camera, producerId: 'camera-vp8', source: { alternativeOf: 'camera' } };
    const doctor = {
      peerId: 'doctor',
      role: 'specialist' as const,
      views: [{ producerId: 'camera', visible: false }],
      lastShown: { camera: 99_000 },
    };
    const plan = planOf({ peers: [...peers, doctor], sources: [camera, other], recording });
    assert.deepEqual(
      [...plan.tapConsumers.values()].map(({ originalId }) => originalId),
      ['camera'],
    );
    const flows = [...plan.flows.values()];
    assert.deepEqual(
      flows.map(({ originalId, paused }) => [originalId, paused]),
      [['camera', false]],
    );
    const unrecorded = planOf({ peers: [...peers, doctor], sources: [camera, other] });
    assert.deepEqual(
      [...unrecorded.flows.values()].map(({ paused }) => paused),
      [true],
    );
  });

  it('takes previews and stills, asks for stills while nothing more comes, and takes no beats', () => {
    const channel = { peerId: 'crew', workerKey: 'n/w1' };
    const data = [
      { ...channel, dataProducerId: 'marks', label: 'preview' as const },
      { ...channel, dataProducerId: 'stills', label: 'still' as const, producerId: 'camera' },
      { ...channel, dataProducerId: 'beats', label: 'beat' as const },
      { ...channel, peerId: 'gone', dataProducerId: 'old', label: 'preview' as const },
    ];
    const plan = planOf({ peers, sources: [{ ...camera, rung: 'still' }], data, recording });
    assert.deepEqual(
      [...plan.tapData.values()].map(({ originalId }) => originalId),
      ['marks', 'stills'],
    );
    assert.equal(plan.demands.get('camera')?.stills, true);
    const fine = planOf({ peers, sources: [{ ...camera, rung: '1080' }], data, recording });
    assert.equal(fine.demands.get('camera')?.stills, false);
    assert.equal(planOf({ peers, sources: [camera], data }).tapData.size, 0);
  });
});
