import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ManualClock } from '../../platform/clock.ts';
import type { TrackStatus } from '../protocol/recorder.ts';
import { StallWatch } from './stall-watch.ts';

const STALL_MS = 3000;

describe('the watch over what becomes durable', () => {
  const watching = (...tracks: string[]) => {
    const clock = new ManualClock();
    const watch = new StallWatch(clock, STALL_MS);
    watch.expect(new Set(tracks), true);
    return { clock, watch };
  };
  const at = (trackId: string, durableUntil: number, state: TrackStatus['state'] = 'recording') => ({
    trackId,
    durableUntil,
    state,
  });

  it('tells a track that never began after 3 s, and no longer once it moves', () => {
    const { clock, watch } = watching('cam');
    clock.advance(2999);
    assert.deepEqual(watch.stalled, []);
    clock.advance(1);
    assert.deepEqual(watch.stalled, ['cam']);
    watch.report([at('cam', 500)]);
    assert.deepEqual(watch.stalled, []);
  });

  it('takes a track that is called idle although packets come in for one that stands still', () => {
    const { clock, watch } = watching('cam');
    for (let second = 1; second <= 3; second += 1) {
      clock.advance(1000);
      watch.report([at('cam', second * 1000, 'idle')]);
    }
    assert.deepEqual(watch.stalled, ['cam']);
  });

  it('says nothing of what was given up for space, nor of what is paused', () => {
    const { clock, watch } = watching('cam', 'overview');
    clock.advance(5000);
    watch.report([at('overview', 0, 'shed')]);
    assert.deepEqual(watch.stalled, ['cam']);
    watch.expect(new Set(['overview']), true);
    assert.deepEqual(watch.stalled, []);
    watch.expect(new Set(['overview', 'cam']), true);
    clock.advance(2999);
    assert.deepEqual(watch.stalled, []);
  });

  it('tells of the whole room when nobody records it, and gives a recorder that is back its time', () => {
    const { clock, watch } = watching('cam');
    watch.expect(new Set(['cam']), false);
    clock.advance(3000);
    assert.deepEqual([watch.roomStalls, watch.stalled], [true, []]);
    watch.expect(new Set(['cam']), true);
    assert.deepEqual([watch.roomStalls, watch.stalled], [false, []]);
    clock.advance(3000);
    assert.deepEqual(watch.stalled, ['cam']);
  });

  it('tells exactly those that were awaited and did not move for 3 s, whatever happens', () => {
    const track: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2000 }) }),
      fc.record({ do: fc.constant('report' as const), track, by: fc.integer({ min: 0, max: 900 }) }),
      fc.record({ do: fc.constant('expect' as const), tracks: fc.uniqueArray(track) }),
      fc.record({ do: fc.constant('link' as const), up: fc.boolean() }),
    );
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new ManualClock();
        const watch = new StallWatch(clock, STALL_MS);
        let awaited = new Set<string>();
        let up = true;
        /** Of each awaited track, when it last had a reason to be waited for again. */
        const since = new Map<string, number>();
        const until = new Map<string, number>();
        let downAt = 0;
        for (const one of steps) {
          const now = () => clock.monotonic();
          if (one.do === 'wait') clock.advance(one.ms);
          if (one.do === 'report') {
            const next = (until.get(one.track) ?? 0) + one.by;
            watch.report([at(one.track, next)]);
            if (awaited.has(one.track)) {
              if (one.by > 0) since.set(one.track, now());
              until.set(one.track, next);
            }
          }
          if (one.do === 'expect') {
            for (const gone of awaited) if (!one.tracks.includes(gone)) until.delete(gone);
            for (const id of one.tracks) if (!awaited.has(id)) since.set(id, now());
            awaited = new Set(one.tracks);
            watch.expect(awaited, up);
          }
          if (one.do === 'link' && one.up !== up) {
            up = one.up;
            if (!up) downAt = now();
            else for (const id of awaited) since.set(id, now());
            watch.expect(awaited, up);
          }
          const late = [...awaited].filter((id) => now() - (since.get(id) ?? 0) >= STALL_MS);
          assert.deepEqual([...watch.stalled].sort(), up ? late.sort() : []);
          assert.equal(watch.roomStalls, !up && now() - downAt >= STALL_MS);
        }
      }),
    );
  });
});
