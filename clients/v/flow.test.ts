import assert from 'node:assert/strict';
import type { LinkPage } from '../../signaling/protocol/links.ts';
import type { MetronomeState } from '../../signaling/protocol/state-bystander.ts';
import { beatOf, type Flow, type FlowEvent, firstFlow, type Help, nextFlow } from './flow.ts';

const page = (over: Partial<LinkPage> = {}): LinkPage => ({
  ...{
    roomId: 'r1',
    linkId: 'l1',
    openingId: 'o1',
    use: 'camera',
    need: 'arrest',
    helpers: 'two',
    opening: 'open',
  },
  ...{ emergencyPhone: '120', recorded: true, noticeVersion: 1, drill: false },
  ...over,
});
const room = (over: Partial<MetronomeState> = {}): MetronomeState => ({
  ...{ on: true, rate: 110, mode: 'continuous', source: 'page', at: 5000 },
  ...over,
});
const link = firstFlow({ kind: 'link', secret: 'x'.repeat(22) });
const run = (...events: readonly FlowEvent[]): Flow => events.reduce(nextFlow, link);
const opened = (over: Partial<LinkPage> = {}, more: readonly FlowEvent[] = []): Help => {
  const flow = run({ type: 'tapped' }, { type: 'opened', page: page(over), now: 1000 }, ...more);
  assert.equal(flow.at, 'help');
  return flow.at === 'help' ? flow.help : assert.fail();
};

describe('The flow of the bystander page', () => {
  it('waits for a tap, and says so where the address holds nothing', () => {
    assert.deepEqual(link, { at: 'tap', kind: 'link' });
    assert.deepEqual(firstFlow(undefined), { at: 'no-secret' });
    assert.deepEqual(nextFlow({ at: 'no-secret' }, { type: 'tapped' }), { at: 'no-secret' });
  });

  it('says why opening takes long, and goes on opening', () => {
    const opening = run({ type: 'tapped' });
    assert.deepEqual(nextFlow(opening, { type: 'slow' }), { at: 'opening', kind: 'link', trouble: 'weak' });
    const offline = nextFlow(opening, { type: 'refused', refusal: { kind: 'offline' } });
    assert.deepEqual(offline, { at: 'opening', kind: 'link', trouble: 'offline' });
    assert.equal(nextFlow(offline, { type: 'opened', page: page(), now: 1 }).at, 'help');
  });

  it('beats by itself for arrest alone', () => {
    assert.deepEqual(opened().own, { on: true, at: 1000, by: 'page' });
    for (const need of ['choking', 'bleeding', 'birth', 'other', 'none'] as const) {
      assert.equal(beatOf(opened({ need })).on, false, need);
    }
    assert.equal(beatOf(opened({ use: 'chest' })).on, false);
  });

  it('asks whoever is alone to compress first, and for the camera later', () => {
    assert.equal(opened({ helpers: 'alone' }).camera, 'later');
    assert.equal(opened({ helpers: 'alone' }, [{ type: 'can-film' }]).camera, 'offered');
    assert.equal(opened({ helpers: 'two' }).camera, 'offered');
    assert.equal(opened({ helpers: 'alone', need: 'bleeding' }).camera, 'offered');
  });

  it('follows the metronome of the room once there is one', () => {
    const follows = opened({}, [
      { type: 'room-metronome', metronome: room({ on: false, source: 'dispatcher' }) },
    ]);
    assert.deepEqual(beatOf(follows), { source: 'room', on: false });
    const other = opened({ need: 'other' }, [
      { type: 'room-metronome', metronome: room({ source: 'dispatcher' }) },
    ]);
    assert.deepEqual(beatOf(other), { source: 'room', on: true });
  });

  it('stops at the key "moves or breathes" at once, whatever the room still says', () => {
    const stopped = opened({}, [
      { type: 'room-metronome', metronome: room() },
      { type: 'breathes', now: 9000 },
      { type: 'room-metronome', metronome: room({ rate: 112, source: 'measured' }) },
    ]);
    assert.deepEqual(beatOf(stopped), { source: 'own', on: false });
    assert.equal(stopped.breathes, true);
  });

  it('follows the room again when it has said the same as the key', () => {
    const events: FlowEvent[] = [
      { type: 'breathes', now: 9000 },
      { type: 'room-metronome', metronome: room({ on: false, source: 'bystander' }) },
    ];
    assert.deepEqual(beatOf(opened({}, events)), { source: 'room', on: false });
    assert.equal(opened({}, events).breathes, true);
    const again = opened({}, [
      ...events,
      { type: 'room-metronome', metronome: room({ source: 'dispatcher' }) },
    ]);
    assert.deepEqual(beatOf(again), { source: 'room', on: true });
    assert.equal(again.breathes, false);
  });

  it('begins again by the other key', () => {
    const again = opened({}, [
      { type: 'breathes', now: 2000 },
      { type: 'again', now: 3000 },
    ]);
    assert.deepEqual([beatOf(again).on, again.breathes, again.own.at], [true, false, 3000]);
  });

  it('does not beat after a reload when it was stopped before', () => {
    const flow = run({ type: 'opened', page: page(), now: 1, stopped: true });
    assert.ok(flow.at === 'help' && !beatOf(flow.help).on && flow.help.breathes);
  });

  it('keeps beating when the door answers a second time', () => {
    const help = opened({}, [{ type: 'opened', page: page({ opening: 'live' }), now: 7000 }]);
    assert.deepEqual([help.own.at, help.opening], [1000, 'live']);
  });

  it('keeps the help whatever the door says of a later request, unless the link has ended', () => {
    const refuse = (refusal: Extract<FlowEvent, { type: 'refused' }>['refusal']) =>
      run({ type: 'opened', page: page(), now: 1 }, { type: 'refused', refusal });
    assert.equal(refuse({ kind: 'offline' }).at, 'help');
    assert.equal(refuse({ kind: 'unknown' }).at, 'help');
    assert.deepEqual(refuse({ kind: 'ended', reason: 'released', supportPhone: '12320' }), {
      ...{ at: 'ended', reason: 'released', phone: '120', supportPhone: '12320' },
    });
  });

  it('keeps the help outside a link that another browser holds', () => {
    const asking = opened({ opening: 'asking' });
    assert.equal(beatOf(asking).on, true);
    const refused = opened({ opening: 'asking' }, [{ type: 'opening', opening: 'refused' }]);
    assert.deepEqual([refused.opening, beatOf(refused).on], ['refused', true]);
  });
});
