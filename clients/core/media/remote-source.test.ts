import assert from 'node:assert/strict';
import type { SourceState } from '../../../signaling/protocol/state.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { RemoteSourceImpl } from './remote-source.ts';
import { splitStill } from './still.ts';

const fact: SourceState = {
  producerId: 'v1',
  peerId: 'crew',
  kind: 'video',
  mimeType: 'video/VP9',
  source: { role: 'patient', label: 'Head', patientId: 'P1' },
  paused: false,
  rung: '1080',
  publishedAt: 0,
};
const downlink = (rung: '540' | '2160' | 'still') => ({
  consumerId: 'c',
  producerId: 'v1',
  rung,
  reason: 'link' as const,
  spatialLayer: 0,
  temporalLayer: 0,
  score: 9,
});

describe('remote source', () => {
  it('shows the worse of the two rungs on the way', () => {
    const source = new RemoteSourceImpl(fact, new ManualClock());
    assert.equal(source.rung, '1080');
    source.handleDownlink(downlink('540'));
    assert.equal(source.rung, '540');
    source.handleDownlink(downlink('2160'));
    assert.equal(source.rung, '1080');
  });

  it('grows old by itself when frames stop, and says so without any event from outside', () => {
    const clock = new ManualClock();
    const source = new RemoteSourceImpl(fact, clock);
    const told: string[] = [];
    source.on('change', () => told.push(source.freshness));
    clock.every(250, () => source.tick());
    clock.advance(500);
    assert.equal(source.freshness, 'waiting');
    source.handleFrame();
    assert.equal(source.freshness, 'live');
    clock.advance(2000);
    assert.equal(source.freshness, 'aging');
    assert.ok((source.frameAgeMs ?? 0) >= 2000);
    clock.advance(1500);
    assert.equal(source.freshness, 'not-live');
    source.handleFrame();
    assert.deepEqual([...new Set(told)], ['live', 'aging', 'not-live']);
    assert.equal(source.freshness, 'live');
  });

  it('measures the first frame from when the source appeared, once', () => {
    const clock = new ManualClock();
    const source = new RemoteSourceImpl(fact, clock);
    const first: number[] = [];
    source.on('firstFrame', ({ ms }) => first.push(ms));
    clock.advance(300);
    source.handleFrame();
    source.handleFrame();
    assert.deepEqual(first, [300]);
  });

  it('shows a still with the age it had and the time since', () => {
    const clock = new ManualClock();
    const source = new RemoteSourceImpl({ ...fact, rung: 'still' }, clock);
    const jpeg = new Uint8Array(20_000).fill(7);
    for (const chunk of splitStill(1, { jpeg, width: 480, height: 270, ageMs: 60 })) {
      source.handleStillChunk(chunk.buffer);
    }
    assert.equal(source.freshness, 'still');
    assert.equal(source.still?.blob.size, 20_000);
    clock.advance(400);
    assert.equal(source.frameAgeMs, 460);
  });

  it('counts decoded frames as seen while no element watches', () => {
    const clock = new ManualClock();
    const source = new RemoteSourceImpl(fact, clock);
    const sample = { at: 0, producerId: 'v1', direction: 'down', kind: 'video', bitrate: 1 } as const;
    source.handleStats(sample, 30);
    assert.equal(source.freshness, 'live');
    clock.advance(3500);
    source.handleStats(sample, 30);
    source.tick();
    assert.equal(source.freshness, 'not-live');
  });
});
