import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ManualClock } from '../../platform/clock.ts';
import { DOWN_MS, DownlinkLadder, type LadderConsumer, UP_MS } from './downlink.ts';

const layered: LadderConsumer = {
  consumerId: 'c1',
  originalId: 'camera',
  sourceId: 'camera',
  kind: 'video',
  idle: false,
  layers: { lines: [540, 1080, 2160], temporal: 3 },
  wanted: '2160',
  full: true,
  flows: true,
};
const single: LadderConsumer = { ...layered, layers: { lines: [480], temporal: 1 }, wanted: '540' };
const voice: LadderConsumer = {
  consumerId: 'a1',
  originalId: 'voice',
  sourceId: 'voice',
  kind: 'audio',
  idle: false,
  full: true,
  flows: true,
};

describe('the downlink ladder', () => {
  let clock: ManualClock;
  let ladder: DownlinkLadder;
  beforeEach(() => {
    clock = new ManualClock();
    ladder = new DownlinkLadder();
    ladder.setConsumers([layered, voice]);
  });

  const now = () => clock.monotonic();
  /** Lets time pass in steps of the service's tick. */
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 100) {
      clock.advance(Math.min(left, 100));
      ladder.tick(now());
    }
  };
  const told = (consumerId = 'c1') => {
    const state = ladder.states(now()).find((s) => s.consumerId === consumerId);
    return `${state?.rung} ${state?.reason}`;
  };
  const link = () => ladder.link.get('camera') ?? 'picture';

  it('says which rung the layers that arrive stand for, and why it is not a better one', () => {
    ladder.layers('c1', 2, 2);
    assert.equal(told(), '2160 full');
    ladder.layers('c1', 1, 2);
    assert.equal(told(), '1080 link');
    ladder.layers('c1', 0, 2);
    assert.equal(told(), '540 link');
    ladder.layers('c1', 0, 0);
    assert.equal(told(), '540-slow link');
    ladder.setConsumers([{ ...layered, wanted: '1080', full: false }, voice]);
    ladder.layers('c1', 1, 2);
    assert.equal(told(), '1080 tile');
    ladder.setConsumers([{ ...layered, uplink: '540' }, voice]);
    ladder.layers('c1', 0, 2);
    assert.equal(told(), '540 source');
  });

  it('goes to stills when no layer has flowed for 1.5 s, not before', () => {
    ladder.layers('c1', 2, 2);
    pass(1000);
    ladder.layers('c1', null, null);
    pass(DOWN_MS);
    assert.equal(link(), 'picture');
    pass(100);
    assert.equal(link(), 'still');
    assert.equal(told(), 'still link');
    assert.equal(told('a1'), 'audio full');
  });

  it('climbs back by itself once layers have flowed for a while', () => {
    pass(DOWN_MS + 200);
    assert.equal(link(), 'still');
    ladder.layers('c1', 0, 2);
    pass(UP_MS - 200);
    assert.equal(link(), 'still');
    pass(300);
    assert.equal(link(), 'picture');
    assert.equal(told(), '540 link');
  });

  it('waits longer for each climb that did not hold, and forgives after a good minute', () => {
    const climbTime = () => {
      ladder.layers('c1', null, null);
      pass(DOWN_MS + 200);
      assert.equal(link(), 'still');
      ladder.layers('c1', 0, 2);
      const start = now();
      while (link() !== 'picture') pass(100);
      return now() - start;
    };
    const [first, second, third] = [climbTime(), climbTime(), climbTime()];
    assert.ok(second > first * 1.5 && third > second * 1.5, `${first} ${second} ${third}`);
    pass(61_000);
    assert.ok(climbTime() <= first + 100);
  });

  it('gives up stills too when not even they fit, and tries again', () => {
    ladder.downlink(60_000);
    pass(DOWN_MS + 200);
    assert.equal(link(), 'still');
    pass(3200);
    assert.equal(link(), 'audio');
    assert.equal(told(), 'audio link');
    ladder.downlink(2_000_000);
    pass(6000);
    assert.equal(link(), 'still');
    ladder.layers('c1', 1, 2);
    pass(10_000);
    assert.equal(link(), 'picture');
  });

  it('says text only when the voice has been dead for 5 s as well', () => {
    ladder.downlink(10_000);
    ladder.score('a1', 0, 10, now());
    pass(4900);
    assert.equal(told('a1'), 'audio full');
    pass(200);
    assert.equal(told('a1'), 'text link');
    assert.equal(told(), 'text link');
    ladder.score('a1', 7, 10, now());
    assert.equal(told('a1'), 'audio full');
  });

  it('blames the publisher, not the link, when the source itself does not flow', () => {
    ladder.layers('c1', null, null);
    ladder.setConsumers([{ ...layered, flows: false }, voice]);
    pass(10_000);
    assert.equal(link(), 'picture');
    assert.equal(told(), 'audio source');
    ladder.setConsumers([{ ...layered, uplink: 'still' }, voice]);
    pass(10_000);
    assert.equal(told(), 'still source');
  });

  it('gives a publisher that was just asked to send a moment before it says so', () => {
    ladder.layers('c1', null, null);
    ladder.setConsumers([{ ...layered, flows: false }, voice]);
    pass(DOWN_MS);
    assert.equal(told(), '2160 source');
    pass(200);
    assert.equal(told(), 'audio source');
  });

  it('never says that there is sound only while a layer of the picture arrives', () => {
    ladder.layers('c1', 1, 2);
    ladder.setConsumers([{ ...layered, flows: false }, voice]);
    pass(10_000);
    assert.match(told(), /^1080 /);
  });

  it('does not step while the picture is out of sight', () => {
    ladder.setConsumers([{ ...layered, idle: true }, voice]);
    pass(10_000);
    assert.equal(link(), 'picture');
    assert.match(told(), /paused$/);
    ladder.setConsumers([layered, voice]);
    pass(DOWN_MS);
    assert.equal(link(), 'picture', 'the time out of sight does not count');
  });

  it('stops a stream without layers when it drowns the link, and tries it again later', () => {
    ladder.setConsumers([single, voice]);
    ladder.downlink(120_000);
    pass(DOWN_MS + 200);
    assert.notEqual(link(), 'picture');
    ladder.downlink(3_000_000);
    pass(10_000);
    assert.equal(link(), 'picture');
    assert.equal(told(), '540 full');
  });

  it('always comes back to pictures on a good link, whatever happened before', () => {
    const event = fc.oneof(
      fc.record({ layer: fc.constantFrom(null, 0, 1, 2) }),
      fc.record({ score: fc.constantFrom(0, 5, 10), producer: fc.constantFrom(0, 10) }),
      fc.record({ available: fc.integer({ min: 0, max: 20_000_000 }) }),
      fc.record({ ms: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({ idle: fc.boolean() }),
    );
    void fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        clock = new ManualClock();
        ladder = new DownlinkLadder();
        ladder.setConsumers([layered, voice]);
        for (const e of events) {
          if ('layer' in e) ladder.layers('c1', e.layer, e.layer === null ? null : 2);
          else if ('score' in e) ladder.score('c1', e.score, e.producer, now());
          else if ('available' in e) ladder.downlink(e.available);
          else if ('idle' in e) ladder.setConsumers([{ ...layered, idle: e.idle }, voice]);
          else pass(e.ms);
        }
        ladder.setConsumers([layered, voice]);
        ladder.score('c1', 10, 10, now());
        ladder.downlink(20_000_000);
        ladder.layers('c1', 2, 2);
        pass(100_000);
        assert.equal(told(), '2160 full');
      }),
      { numRuns: 50 },
    );
  });
});
