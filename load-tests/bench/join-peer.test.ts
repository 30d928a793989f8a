import assert from 'node:assert/strict';
import type { Joins } from '../janus/joins.ts';
import { resultOf } from './join-peer.ts';

function joinsOf(frames: { GoldenHour: number; Janus: number }, lateMs = 1): Joins {
  const one = (name: 'mediasoup' | 'Janus' | 'GoldenHour', frameMs: number, roundTrips: number) => ({
    ...{ name, version: '1.0.0' },
    joins: [{ packetMs: 10, frameMs, roundTrips }],
  });
  const services = [
    one('mediasoup', 20, 3),
    one('Janus', frames.Janus, 3),
    one('GoldenHour', frames.GoldenHour, 7),
  ];
  return { services, lateMs };
}

describe('JOIN', () => {
  it('compares the own median with that of Janus and keeps the bare worker beside', () => {
    const won = resultOf(joinsOf({ GoldenHour: 90, Janus: 100 }), '1.1.2-1 (Debian)', {});
    assert.equal(won.reached, true);
    assert.equal(won.value, 90);
    assert.equal(won.peers?.Janus?.version, '1.1.2-1 (Debian)');
    assert.equal(won.peers?.['bare mediasoup worker']?.median, 20);
    assert.equal(won.more?.['round trips of the signaling']?.median, 7);
    assert.equal(resultOf(joinsOf({ GoldenHour: 101, Janus: 100 }), '', {}).reached, false);
  });

  it('is void when the viewer itself was late', () => {
    const frames = { GoldenHour: 90, Janus: 100 };
    assert.equal(resultOf(joinsOf(frames), '', {}).invalid, undefined);
    assert.match(resultOf(joinsOf(frames, 80), '', {}).invalid ?? '', /80 ms late/);
  });

  it('needs all services', () => {
    const { services, lateMs } = joinsOf({ GoldenHour: 1, Janus: 1 });
    assert.throws(() => resultOf({ services: services.slice(1), lateMs }, '', {}), /not all services/);
  });
});
