import assert from 'node:assert/strict';
import { allowance, type LiveLoad, restMs } from './throttle.ts';

const live: LiveLoad = {
  linked: true,
  sends: true,
  pictures: [{ rung: '2160', height: 2160 }],
  lossFraction: 0,
  rttMs: 50,
  availableBitrate: 10_000_000,
};

describe('How fast the own copy may be sent', () => {
  it('is a quarter of the uplink while live media runs, and never more than 2 Mbit/s', () => {
    const bitrate = (more: Partial<LiveLoad>) => {
      const allowed = allowance({ ...live, ...more });
      return allowed.kind === 'send' ? allowed.bitrate : allowed.why;
    };
    assert.equal(bitrate({ availableBitrate: 4_000_000 }), 1_000_000);
    assert.equal(bitrate({ availableBitrate: 400_000 }), 200_000);
    assert.equal(bitrate({ availableBitrate: 80_000_000 }), 2_000_000);
    assert.equal(bitrate({ availableBitrate: undefined }), 200_000);
    assert.equal(bitrate({ sends: false, pictures: [] }), 8_000_000);
  });

  it('is nothing while live media is below 1080, or below the best of a smaller camera', () => {
    const of = (rung: LiveLoad['pictures'][number]['rung'], height: number) =>
      allowance({ ...live, pictures: [{ rung, height }] });
    assert.deepEqual(of('540', 2160), { kind: 'wait', why: 'rung' });
    assert.deepEqual(of('540', 1080), { kind: 'wait', why: 'rung' });
    assert.equal(of('1080', 2160).kind, 'send');
    assert.equal(of('540', 480).kind, 'send');
    assert.deepEqual(of('still', 480), { kind: 'wait', why: 'rung' });
  });

  it('is nothing with loss, a full queue, or no link', () => {
    assert.deepEqual(allowance({ ...live, lossFraction: 0.03 }), { kind: 'wait', why: 'loss' });
    assert.deepEqual(allowance({ ...live, rttMs: 900 }), { kind: 'wait', why: 'loss' });
    assert.deepEqual(allowance({ ...live, linked: false, sends: false }), { kind: 'wait', why: 'link' });
  });

  it('goes in pieces of a quarter of a second, within bounds', () => {
    const bytes = (availableBitrate: number) => {
      const allowed = allowance({ ...live, availableBitrate });
      return allowed.kind === 'send' ? allowed.pieceBytes : 0;
    };
    assert.equal(bytes(4_000_000), 31_250);
    assert.equal(bytes(1_000_000), 16 * 1024);
  });

  it('rests so that sending and resting together keep the rate', () => {
    assert.equal(restMs(125_000, 1_000_000, 400), 600);
    assert.equal(restMs(125_000, 1_000_000, 3000), 0);
  });
});
