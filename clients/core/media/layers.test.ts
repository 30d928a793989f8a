import assert from 'node:assert/strict';
import { ManualClock } from '../testing/manual-clock.ts';
import type { Demand } from '../types-media.ts';
import { planVideo } from './encodings.ts';
import { encodingChanges, HOLD_MS, LayerPlanner, type LayerTarget, underCeiling } from './layers.ts';

const demand = (rung: Demand['rung'], stills = false): Demand => ({
  producerId: 'v',
  rung,
  stills,
  alternatives: [],
});
const all = ['video/VP9', 'video/H264', 'video/VP8'];
const target = (layer: LayerTarget['layer'], slow = false): LayerTarget => ({ layer, slow, stills: false });

function make(rung: '2160' | 'still' = '2160') {
  const clock = new ManualClock();
  const changes: LayerTarget[] = [];
  const planner = new LayerPlanner(clock, rung, (next) => changes.push(next));
  return { clock, planner, changes };
}

describe('layers of a published source', () => {
  it('lowers for want of viewers only after 10 s, and raises at once', () => {
    const { clock, planner, changes } = make();
    planner.handleDemand(demand('540'));
    clock.advance(HOLD_MS - 1);
    assert.equal(planner.target.layer, 2);
    clock.advance(1);
    assert.equal(planner.target.layer, 0);
    planner.handleDemand(demand('1080'));
    assert.equal(planner.target.layer, 1);
    assert.deepEqual(
      changes.map((change) => change.layer),
      [0, 1],
    );
    planner.close();
    assert.equal(clock.pending, 0);
  });

  it('does not lower for a tile that was away for a moment', () => {
    const { clock, planner, changes } = make();
    planner.handleDemand(demand(null));
    clock.advance(5000);
    planner.handleDemand(demand('2160'));
    clock.advance(60_000);
    assert.deepEqual(changes, []);
  });

  it('stops the sender when nobody watches or records', () => {
    const { clock, planner } = make();
    planner.handleDemand(demand(null));
    clock.advance(HOLD_MS);
    assert.deepEqual(planner.target, { layer: null, slow: false, stills: false });
  });

  it('obeys the link at once and sends stills on their rung', () => {
    const { planner } = make();
    planner.handleDemand(demand('2160'));
    planner.handleRung('540-slow');
    assert.deepEqual(planner.target, { layer: 0, slow: true, stills: false });
    planner.handleRung('still');
    assert.deepEqual(planner.target, { layer: null, slow: false, stills: true });
    planner.handleRung('audio');
    assert.deepEqual(planner.target, { layer: null, slow: false, stills: false });
  });

  it('sends stills beside video to a viewer whose downlink carries no more', () => {
    const { planner } = make();
    planner.handleDemand(demand('2160', true));
    assert.deepEqual(planner.target, { layer: 2, slow: false, stills: true });
  });

  it('switches off the higher encodings of simulcast', () => {
    const plan = planVideo({ height: 2160, av1: false, svc: false, sendable: ['video/H264'] });
    assert.deepEqual(
      encodingChanges(plan, target(1), 2160).map((change) => change.active),
      [true, true, false],
    );
    assert.deepEqual(
      encodingChanges(plan, target(null), 2160).map((change) => change.active),
      [false, false, false],
    );
  });

  it('lowers mode and scale of SVC together, and keeps layer 0 at 540 lines for every camera', () => {
    const plan = planVideo({ height: 2160, av1: false, svc: true, sendable: all });
    const [low] = encodingChanges(plan, target(0), 2160);
    assert.equal(low?.scalabilityMode, 'L1T3');
    assert.equal(low?.scaleResolutionDownBy, 4);
    const [middle] = encodingChanges(plan, target(1), 2160);
    assert.equal(middle?.scalabilityMode, 'L2T3_KEY');
    assert.equal(middle?.scaleResolutionDownBy, 2);
    const small = planVideo({ height: 1080, av1: false, svc: true, sendable: all });
    assert.equal(encodingChanges(small, target(0), 1080)[0]?.scaleResolutionDownBy, 2);
    const [full] = encodingChanges(plan, target(2), 2160);
    assert.deepEqual(full, {
      active: true,
      maxFramerate: undefined,
      maxBitrate: 20_000_000,
      scaleResolutionDownBy: 1,
      scalabilityMode: 'L3T3_KEY',
    });
  });

  it('of a phone that films movement gives up lines, never frames under 15 a second', () => {
    const plan = planVideo({
      height: 720,
      single: true,
      maxBitrate: 1_500_000,
      av1: false,
      svc: true,
      sendable: all,
    });
    assert.equal(plan.mode, 'single');
    assert.deepEqual(plan.encodings, [{ maxBitrate: 1_500_000, scalabilityMode: 'L1T3' }]);
    const [weak] = encodingChanges(plan, target(0), 720, true);
    assert.deepEqual(
      [weak?.scaleResolutionDownBy, weak?.maxBitrate, weak?.maxFramerate],
      [2, 600_000, undefined],
    );
    const [weaker] = encodingChanges(plan, target(0, true), 720, true);
    assert.deepEqual(
      [weaker?.scaleResolutionDownBy, weaker?.maxBitrate, weaker?.maxFramerate],
      [4, 250_000, 15],
    );
    assert.equal(encodingChanges(plan, target(0, true), 720)[0]?.maxFramerate, 7);
    const off = encodingChanges(plan, { layer: null, slow: false, stills: true }, 720, true);
    assert.deepEqual(off, [{ active: false }]);
  });

  it('gives way under a ceiling with the smallest layer, and has its own bitrates back when it is lifted', () => {
    const plan = planVideo({ height: 2160, av1: false, svc: false, sendable: all });
    const changes = encodingChanges(plan, target(2), 2160);
    const under = underCeiling(changes, plan, 200_000);
    assert.deepEqual(
      under.map(({ active, maxBitrate }) => [active, maxBitrate]),
      [
        [true, 200_000],
        [false, 200_000],
        [false, 200_000],
      ],
    );
    assert.deepEqual(
      underCeiling(changes, plan, undefined).map(({ active, maxBitrate }) => [active, maxBitrate]),
      [
        [true, 1_200_000],
        [true, 5_000_000],
        [true, 20_000_000],
      ],
    );
    const svc = planVideo({ height: 2160, av1: false, svc: true, sendable: all });
    const [layers] = underCeiling(encodingChanges(svc, target(2), 2160), svc, 200_000);
    assert.deepEqual([layers?.maxBitrate, layers?.scalabilityMode], [200_000, 'L3T3_KEY']);
  });
});

describe('encodings', () => {
  it('takes VP9 with key-dependent spatial layers where SVC works, with an explicit ceiling', () => {
    const plan = planVideo({ height: 2160, av1: false, svc: true, sendable: all });
    assert.equal(plan.codec, 'video/VP9');
    assert.deepEqual(plan.encodings, [{ scalabilityMode: 'L3T3_KEY', maxBitrate: 20_000_000, dtx: false }]);
  });

  it('takes H.264 simulcast, low to high, where it does not, and VP8 as the last', () => {
    const plan = planVideo({ height: 2160, av1: false, svc: false, sendable: all });
    assert.equal(plan.codec, 'video/H264');
    assert.deepEqual(
      plan.encodings.map((e) => e.scaleResolutionDownBy),
      [4, 2, 1],
    );
    assert.deepEqual(
      plan.encodings.map((e) => e.maxBitrate),
      [1_200_000, 5_000_000, 20_000_000],
    );
    assert.equal(
      planVideo({ height: 720, av1: false, svc: false, sendable: ['video/VP8'] }).codec,
      'video/VP8',
    );
  });

  it('sends AV1 only when the server switched it on', () => {
    const wish = { height: 1080, codec: 'video/AV1' as const, svc: true, sendable: [...all, 'video/AV1'] };
    assert.equal(planVideo({ ...wish, av1: false }).codec, 'video/VP9');
    assert.equal(planVideo({ ...wish, av1: true }).codec, 'video/AV1');
  });
});
