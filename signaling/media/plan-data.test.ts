import assert from 'node:assert/strict';
import { Actual } from './actual.ts';
import { diff } from './diff.ts';
import { makePlan } from './plan.ts';
import type { PlanDataProducer } from './plan-types.ts';
import { inputOf, type ScenePeer } from './testing/scene.ts';

const peers: readonly ScenePeer[] = [
  { peerId: 'glasses', role: 'wearer' },
  { peerId: 'doctor', role: 'specialist', worker: 'n2/w1' },
  { peerId: 'crew' },
  { peerId: 'phone', role: 'bystander' },
];
const camera = { producerId: 'camera', peerId: 'glasses', kind: 'video' as const };
const channel = (
  label: PlanDataProducer['label'],
  extra: Partial<PlanDataProducer> = {},
): PlanDataProducer => ({
  ...{ dataProducerId: label, peerId: 'glasses', workerKey: 'n/w1', label },
  ...extra,
});
const recording = { tapId: 'tap', workerKey: 'n/w1', ready: new Set<string>() };

function receivers(...data: PlanDataProducer[]): string[] {
  const plan = makePlan(inputOf({ peers, sources: [camera], data }));
  return [...plan.dataConsumers.values()].map(({ peerId }) => peerId).sort();
}

describe('the plan: channels of marks', () => {
  it('hands previews and poses to everyone at work but their author, and to nobody of the public', () => {
    assert.deepEqual(receivers(channel('preview')), ['crew', 'doctor']);
    assert.deepEqual(receivers(channel('pose', { producerId: 'camera' })), ['crew', 'doctor']);
  });

  it('hands a fetched frame to the one peer it is for, and to nobody when that peer is of the public', () => {
    assert.deepEqual(receivers(channel('fetch', { toPeerId: 'doctor' })), ['doctor']);
    assert.deepEqual(receivers(channel('fetch', { toPeerId: 'phone' })), []);
    assert.deepEqual(receivers(channel('fetch')), []);
  });

  it('carries a fetched frame to the worker of its peer, and to no other', () => {
    const data = [channel('fetch', { toPeerId: 'doctor' })];
    const plan = makePlan(inputOf({ peers, sources: [camera], data }));
    const flows = [...plan.dataFlows.values()];
    assert.deepEqual(
      flows.map(({ originalId, to }) => [originalId, to.workerKey]),
      [['fetch', 'n2/w1']],
    );
    const [consumer] = plan.dataConsumers.values();
    assert.equal(consumer?.dataProducerId, flows[0]?.pipedId);
  });

  it('records previews and poses with their camera, and no fetched frame', () => {
    const data = [
      channel('preview'),
      channel('pose', { producerId: 'camera' }),
      channel('fetch', { toPeerId: 'doctor' }),
    ];
    const { tapData } = makePlan(inputOf({ peers, sources: [camera], data, recording }));
    assert.deepEqual(
      [...tapData.values()].map(({ label, producerId }) => [label, producerId]),
      [
        ['preview', undefined],
        ['pose', 'camera'],
      ],
    );
  });

  it('closes a fetched frame when the peer it is for has left', () => {
    const actual = new Actual({ consumer: () => {}, dataConsumer: () => {} });
    const on = { transportId: 'send', workerKey: 'n/w1', since: 0 };
    actual.transports.set('send', {
      ...on,
      kind: 'webrtc',
      peerId: 'glasses',
      direction: 'send',
      connected: true,
    });
    actual.dataProducers.set('frame', { ...on, dataProducerId: 'frame', label: 'fetch', toPeerId: 'doctor' });
    const plan = makePlan(inputOf({ peers, sources: [camera] }));
    const closed = (present: readonly string[]) =>
      diff(plan, actual, {
        ...{ ready: new Set<string>(), beating: new Set<string>(), placed: new Set(['n/w1']) },
        present: new Set(present),
      }).filter((action) => action.do === 'closeDataProducer');
    assert.deepEqual(closed(['glasses', 'doctor']), []);
    assert.equal(closed(['glasses']).length, 1);
  });
});
