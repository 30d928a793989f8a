import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ROLES } from '../protocol/roles.ts';
import { makePlan } from './plan.ts';
import type { DesiredConsumer, Plan } from './plan-types.ts';
import { opus, vp8Simulcast, vp8Single } from './testing/rtp.ts';
import { inputOf, type Scene } from './testing/scene.ts';

const planOf = (scene: Scene): Plan => makePlan(inputOf(scene));
const received = (plan: Plan, peerId: string): DesiredConsumer[] =>
  [...plan.consumers.values()].filter((consumer) => consumer.peerId === peerId);
const ids = (plan: Plan, peerId: string) =>
  received(plan, peerId)
    .map((consumer) => consumer.originalId)
    .sort();

const voice = { producerId: 'voice', peerId: 'crew', kind: 'audio' as const };
const camera = { producerId: 'camera', peerId: 'crew', kind: 'video' as const };

describe('the plan: who hears whom', () => {
  it('gives everyone the voice of everyone else, never their own', () => {
    const plan = planOf({
      peers: [{ peerId: 'crew' }, { peerId: 'doctor', role: 'specialist' }],
      sources: [voice],
    });
    assert.deepEqual([ids(plan, 'doctor'), ids(plan, 'crew')], [['voice'], []]);
    assert.equal(plan.pausedProducers.size, 0);
  });

  it('silences who is muted, who paused and who only watches, and keeps their consumers ready', () => {
    const doctor = { peerId: 'doctor', role: 'specialist' as const };
    const muted = { audio: true, video: false };
    for (const scene of [
      { peers: [{ peerId: 'crew', muted }, doctor], sources: [voice] },
      { peers: [{ peerId: 'crew' }, doctor], sources: [{ ...voice, paused: true }] },
      { peers: [{ peerId: 'crew', speaksHere: false }, doctor], sources: [voice] },
    ]) {
      const plan = planOf(scene);
      assert.deepEqual([...plan.pausedProducers], ['voice']);
      assert.deepEqual(ids(plan, 'doctor'), ['voice']);
    }
  });

  it('lets one device of a unit hear and speak, and none of them hear each other', () => {
    const sources = [
      voice,
      { ...voice, producerId: 'tablet-voice', peerId: 'tablet' },
      { ...voice, producerId: 'answer', peerId: 'doctor' },
    ];
    const plan = planOf({
      peers: [
        { peerId: 'crew', unitId: 'unit' },
        { peerId: 'tablet', unitId: 'unit' },
        { peerId: 'doctor', role: 'specialist' },
      ],
      sources,
    });
    assert.deepEqual(ids(plan, 'crew'), ['answer']);
    assert.deepEqual(ids(plan, 'tablet'), []);
    assert.deepEqual([...plan.pausedProducers], ['tablet-voice']);
  });

  it('never silences a unit because the signaling link of its devices is lost', () => {
    const input = inputOf({
      peers: [{ peerId: 'crew', unitId: 'unit' }, { peerId: 'doctor' }],
      sources: [voice],
    });
    const crew = input.state.peers.crew;
    assert.ok(crew);
    const peers = { ...input.state.peers, crew: { ...crew, link: 'lost' as const } };
    const plan = makePlan({ ...input, state: { ...input.state, peers } });
    assert.equal(plan.pausedProducers.size, 0);
    assert.deepEqual(ids(plan, 'doctor'), ['voice']);
  });
});

describe('the plan: who sees what, how large', () => {
  const tile = (width: number, height: number) =>
    planOf({
      peers: [{ peerId: 'crew' }, { peerId: 'doctor', views: [{ producerId: 'camera', width, height }] }],
      sources: [camera],
    });

  for (const [width, height, spatialLayer, rung] of [
    [3840, 2160, 2, '2160'],
    [1920, 1080, 1, '1080'],
    [1010, 570, 1, '1080'],
    [960, 540, 0, '540'],
    [160, 90, 0, '540'],
    [400, 3000, 0, '540'],
    [8000, 4500, 2, '2160'],
    [0, 0, 0, '540'],
  ] as const) {
    it(`sends layer ${spatialLayer} into a tile of ${width}×${height}`, () => {
      const plan = tile(width, height);
      assert.equal(received(plan, 'doctor')[0]?.layers?.spatialLayer, spatialLayer);
      assert.equal(plan.demands.get('camera')?.rung, rung);
    });
  }

  it('maps rungs to the layers a source has', () => {
    const show = { peerId: 'doctor', views: [{ producerId: 'camera' }] };
    const small = { ...camera, rtpParameters: vp8Simulcast(), source: { width: 1280, height: 720 } };
    const single = { ...camera, rtpParameters: vp8Single(), source: { width: 640, height: 480 } };
    const plan = planOf({ peers: [{ peerId: 'crew' }, show], sources: [small] });
    assert.deepEqual(received(plan, 'doctor')[0]?.layers, { spatialLayer: 2, temporalLayer: 2 });
    assert.deepEqual([plan.demands.get('camera')?.rung, received(plan, 'doctor')[0]?.full], ['1080', true]);
    const other = planOf({ peers: [{ peerId: 'crew' }, show], sources: [single] });
    assert.equal(other.demands.get('camera')?.rung, '540');
  });

  it('asks for the best that anyone shows or records', () => {
    const peers = [
      { peerId: 'crew' },
      { peerId: 'a', views: [{ producerId: 'camera', width: 320, height: 180 }] },
      { peerId: 'b', views: [{ producerId: 'camera', width: 1920, height: 1080 }] },
    ];
    assert.equal(planOf({ peers, sources: [camera] }).demands.get('camera')?.rung, '1080');
    const recording = { tapId: 'tap', workerKey: 'n/w1', ready: new Set<string>() };
    const minimumRung = { default: '1080', byRole: { patient: '2160' } } as const;
    const demanded = (scene: Partial<Scene>) =>
      planOf({ peers, sources: [camera], ...scene }).demands.get('camera')?.rung;
    assert.equal(demanded({ recording, minimumRung }), '2160');
    assert.equal(demanded({ recording, peers: [{ peerId: 'crew' }] }), '1080');
    assert.equal(demanded({ peers: [{ peerId: 'crew' }] }), null);
    const muted = { peerId: 'crew', muted: { audio: false, video: true } };
    assert.equal(demanded({ recording, peers: [muted] }), null);
  });

  it('pauses what is out of sight, and closes it after a while', () => {
    const hidden = (at: number) =>
      planOf({
        peers: [
          { peerId: 'crew' },
          { peerId: 'doctor', views: [{ producerId: 'camera', visible: false }], lastShown: { camera: at } },
        ],
        sources: [camera],
      });
    assert.deepEqual(
      received(hidden(99_000), 'doctor').map((c) => c.paused),
      [true],
    );
    assert.equal(hidden(99_000).demands.get('camera')?.rung, null);
    assert.deepEqual(received(hidden(80_000), 'doctor'), []);
  });

  it('goes on with what flowed until a viewer of a former owner says what it shows', () => {
    const plan = planOf({
      peers: [{ peerId: 'crew' }, { peerId: 'doctor', views: undefined, flowing: ['camera'] }],
      sources: [camera],
    });
    assert.deepEqual(
      received(plan, 'doctor').map((c) => [c.paused, c.layers]),
      [[false, undefined]],
    );
  });

  it('serves the spotlight before a tile of the same priority, and no picture before a voice', () => {
    const peers = [
      { peerId: 'crew' },
      {
        peerId: 'doctor',
        views: [
          { producerId: 'camera', priority: 10 },
          { producerId: 'roof', priority: 10 },
        ],
      },
    ];
    const plan = planOf({
      peers,
      sources: [voice, camera, { ...camera, producerId: 'roof' }],
      spotlight: 'roof',
    });
    const priority = (id: string) => received(plan, 'doctor').find((c) => c.originalId === id)?.priority ?? 0;
    assert.ok(priority('voice') > priority('roof') && priority('roof') > priority('camera'));
  });
});

describe('the plan: on weak links', () => {
  const data = [
    {
      dataProducerId: 'stills',
      peerId: 'crew',
      workerKey: 'n/w1',
      label: 'still' as const,
      producerId: 'camera',
    },
  ];
  const at = (link: 'picture' | 'still' | 'audio', rtpParameters = camera) =>
    planOf({
      peers: [
        { peerId: 'crew' },
        { peerId: 'doctor', views: [{ producerId: 'camera' }], link: { camera: link } },
      ],
      sources: [voice, rtpParameters],
      data,
    });

  it('sends stills beside a stream that may recover, and instead of one that cannot be thinned', () => {
    assert.equal(at('still').dataConsumers.size, 1);
    assert.equal(received(at('still'), 'doctor').find((c) => c.kind === 'video')?.paused, false);
    const single = at('still', { ...camera, ...{ rtpParameters: vp8Single() } });
    assert.equal(received(single, 'doctor').find((c) => c.kind === 'video')?.paused, true);
    assert.equal(single.demands.get('camera')?.stills, true);
  });

  it('keeps the voice when no pixel fits', () => {
    const plan = at('audio');
    assert.deepEqual(
      received(plan, 'doctor').map((c) => [c.kind, c.paused]),
      [
        ['audio', false],
        ['video', true],
      ],
    );
    assert.deepEqual([plan.dataConsumers.size, plan.demands.get('camera')?.rung], [0, null]);
  });

  it('sends stills to every viewer when the publisher has nothing better', () => {
    const plan = at('picture', { ...camera, ...{ rung: 'still' as const } });
    assert.equal(plan.dataConsumers.size, 1);
  });
});

describe('the plan: always', () => {
  const peer = fc.record({
    peerId: fc.constantFrom('a', 'b', 'c', 'd'),
    role: fc.constantFrom(...ROLES),
    unitId: fc.option(fc.constantFrom('u1', 'u2'), { nil: undefined }),
    speaksHere: fc.boolean(),
    worker: fc.constantFrom('n1/w1', 'n1/w2', 'n2/w1'),
    muted: fc.record({ audio: fc.boolean(), video: fc.boolean() }),
    views: fc.option(
      fc.array(
        fc.record({
          producerId: fc.constantFrom('s0', 's1', 's2', 's3', 'unknown'),
          width: fc.nat(8000),
          height: fc.nat(8000),
          visible: fc.boolean(),
          priority: fc.integer({ min: 1, max: 10 }),
        }),
      ),
      { nil: undefined },
    ),
    link: fc.dictionary(fc.constantFrom('s0', 's1', 's2'), fc.constantFrom('picture', 'still', 'audio')),
    flowing: fc.subarray(['s0', 's1', 's2', 's3']),
    cannot: fc.subarray(['s0', 's1']),
  });
  const source = fc.record({
    peerId: fc.constantFrom('a', 'b', 'c', 'gone'),
    kind: fc.constantFrom('audio', 'video'),
    paused: fc.boolean(),
    source: fc.record(
      {
        role: fc.constantFrom('patient', 'face', 'voice', 'screen', 'telephone', 'monitor', 'demonstration'),
        alternativeOf: fc.constantFrom('s0', 'nothing'),
      },
      { requiredKeys: ['role'] },
    ),
  });
  const scenes = fc
    .record({
      peers: fc.uniqueArray(peer, { selector: (p) => p.peerId, maxLength: 4 }),
      sources: fc.array(source, { maxLength: 5 }),
      spotlight: fc.constantFrom('s0', 'nothing'),
    })
    .map(({ peers, sources, spotlight }) => ({
      peers: peers.map(({ unitId, ...rest }) => (unitId ? { ...rest, unitId } : rest)),
      sources: sources.map((s, index) => ({
        ...s,
        producerId: `s${index}`,
        ...(s.kind === 'audio' ? { rtpParameters: opus() } : {}),
      })),
      spotlight,
    }));
  const every = (holds: (plan: Plan, input: ReturnType<typeof inputOf>) => void): void => {
    // A property without promises is run at once.
    void fc.assert(
      fc.property(scenes, (scene) => {
        const input = inputOf(scene);
        holds(makePlan(input), input);
      }),
      { numRuns: 300 },
    );
  };

  it('sends nobody what it must not receive', () => {
    every((plan, { state }) => {
      for (const { peerId, originalId } of plan.consumers.values()) {
        const viewer = state.peers[peerId];
        const sent = state.sources[originalId];
        const owner = state.peers[sent?.peerId ?? ''];
        assert.ok(viewer && sent && owner && peerId !== owner.peerId);
        assert.ok(viewer.role !== 'admin' && viewer.role !== 'auditor');
        if (['volunteer', 'patient', 'relative'].includes(viewer.role)) {
          assert.ok(['dispatcher', 'coordinator', 'specialist'].includes(owner.role) && owner.speaksHere);
          assert.ok(['face', 'voice', 'screen', 'demonstration'].includes(sent.source.role));
        }
        // Nobody was asked to speak in these scenes.
        if (viewer.role === 'bystander') {
          assert.ok(['dispatcher', 'coordinator'].includes(owner.role));
          assert.equal(sent.source.role, 'demonstration');
        }
      }
    });
  });

  it('asks no publisher for a picture that nobody shows and nobody records', () => {
    every((plan, { peers }) => {
      for (const [producerId, { rung }] of plan.demands) {
        if (rung === null) continue;
        const shown = peers.some(
          (p) => p.views?.get(producerId)?.visible || (!p.views && p.flowing.has(producerId)),
        );
        const asAlternative = [...plan.consumers.values()].some(
          (c) => c.originalId === producerId && !c.paused,
        );
        assert.ok(shown || asAlternative);
      }
    });
  });

  it('lets at most one device of a unit hear, and one be heard', () => {
    every((plan, { state }) => {
      for (const unit of ['u1', 'u2']) {
        const devices = Object.values(state.peers)
          .filter((p) => p.unitId === unit)
          .map((p) => p.peerId);
        const hear = new Set(
          [...plan.consumers.values()]
            .filter((c) => c.kind === 'audio' && devices.includes(c.peerId))
            .map((c) => c.peerId),
        );
        const heard = new Set(
          Object.values(state.sources)
            .filter(
              (s) =>
                s.kind === 'audio' && devices.includes(s.peerId) && !plan.pausedProducers.has(s.producerId),
            )
            .map((s) => s.peerId),
        );
        assert.ok(hear.size <= 1 && heard.size <= 1);
      }
    });
  });

  it('puts audio before pixels: never paused by a link, always of higher priority', () => {
    every((plan) => {
      const all = [...plan.consumers.values()];
      const audio = all.filter((c) => c.kind === 'audio');
      const video = all.filter((c) => c.kind === 'video');
      assert.ok(audio.every((c) => !c.paused && video.every((v) => v.priority < c.priority)));
    });
  });

  it('gives every consumer on another worker a flow over a pipe between the two', () => {
    every((plan, { producers }) => {
      const ends = new Set(plan.pipes.flatMap((pipe) => pipe.ends.map((end) => end.transportId)));
      for (const consumer of plan.consumers.values()) {
        const home = producers.get(consumer.originalId)?.workerKey;
        if (home === consumer.workerKey) {
          assert.equal(consumer.producerId, consumer.originalId);
          continue;
        }
        const flow = plan.flows.get(consumer.producerId);
        assert.ok(flow && flow.from.workerKey === home && flow.to.workerKey === consumer.workerKey);
        if (!consumer.paused && !plan.pausedProducers.has(consumer.originalId))
          assert.equal(flow.paused, false);
        // The publisher may have no media any more while the node still holds its producer.
        const both = [flow.from, flow.to].filter((end) => ends.has(end.transportId)).length;
        assert.ok(both === 2 || both === 0);
      }
    });
  });
});
