import assert from 'node:assert/strict';
import { ManualClock } from '../testing/manual-clock.ts';
import { until } from '../testing/until.ts';
import { type Cut, Cutter } from './cutter.ts';
import { LeastDelay } from './least-delay.ts';
import { RoomClock } from './room-clock.ts';

describe('The relation of two clocks', () => {
  it('is that of the least delayed message, and forgets what is older than a minute', () => {
    const delay = new LeastDelay();
    assert.equal(delay.offset, undefined);
    for (const [now, late] of [
      [0, 30],
      [1000, 8],
      [2000, 90],
    ] as const)
      delay.add(500 + late, now);
    assert.equal(delay.offset, 508);
    for (let now = 15_000; now <= 75_000; now += 15_000) delay.add(512, now);
    assert.equal(delay.offset, 512);
    assert.equal(delay.spread, 0);
  });
});

describe('Room time of the own copy', () => {
  const anchor = { at: 5000, utc: Date.UTC(2026, 0, 1) };

  /** The server's room time runs 100 s ahead of this device; a question takes `up` ms to get there. */
  async function measured(up: readonly number[], joinedLate = 20) {
    const clock = new ManualClock();
    let asked = 0;
    const times = {
      get roomTime() {
        return clock.monotonic() + 100_000 - joinedLate;
      },
      state: { anchor },
      async askUtc() {
        const sent = clock.monotonic();
        const late = up[asked % up.length] ?? 0;
        asked += 1;
        return anchor.utc + (sent + late + 100_000 - anchor.at);
      },
    };
    const roomClock = new RoomClock(times, clock);
    for (let n = 1; n <= up.length; n += 1) {
      await until(`answer ${n}`, () => asked >= n && clock.pending > 0);
      clock.advance(500);
    }
    return { roomClock, clock };
  }

  it('is when something sent now would arrive at best, as the recorder dates media', async () => {
    const { roomClock } = await measured([60, 15, 40]);
    const { at, errorMs } = roomClock.at(2000);
    assert.equal(at, 102_015);
    assert.ok(errorMs < 10, `${errorMs} ms`);
    roomClock.close();
  });

  it("trusts the room's own clock when the UTC of the server was set meanwhile", async () => {
    const { roomClock } = await measured([3_600_000]);
    const { at, errorMs } = roomClock.at(2000);
    assert.equal(at, 101_980);
    assert.ok(errorMs >= 100);
    roomClock.close();
  });
});

describe('Files of the own copy', () => {
  const packet = (ms: number, key: boolean) => ({
    data: new Uint8Array(1),
    key,
    at: ms * 1000,
    duration: 40_000,
  });
  const seen = (cut: Cut | undefined) => cut && [cut.from / 1000, cut.to / 1000, cut.packets.length];

  it('end at the first keyframe behind their length, without a hole between two', () => {
    const cutter = new Cutter(4000);
    const cuts: unknown[] = [];
    for (let ms = 0; ms <= 9000; ms += 40) cuts.push(seen(cutter.add(packet(ms, ms % 1000 === 0))));
    assert.deepEqual(
      cuts.filter((cut) => cut !== undefined),
      [
        [0, 4000, 100],
        [4000, 8000, 100],
      ],
    );
    assert.deepEqual(seen(cutter.end()), [8000, 9040, 26]);
    assert.equal(cutter.end(), undefined);
  });

  it('begin with a keyframe', () => {
    const cutter = new Cutter(4000);
    cutter.add(packet(0, false));
    cutter.add(packet(40, true));
    assert.deepEqual(seen(cutter.end()), [40, 80, 1]);
  });
});
