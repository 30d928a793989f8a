import assert from 'node:assert/strict';
import { turnsOf } from './schedule.ts';

const packet = (atMs: number) => ({ atMs, data: new Uint8Array(0) });
const one = { packets: [packet(0), packet(3), packet(17)], roundMs: 20 };

describe('The schedule of a source', () => {
  it('has each packet once over spans that follow each other, whatever the phase', () => {
    const streams = [one, one, one];
    const first = turnsOf(streams, { fromMs: 20, toMs: 61, phased: true });
    const second = turnsOf(streams, { fromMs: 61, toMs: 140, phased: true });
    for (const stream of [0, 1, 2]) {
      const numbers = [...first, ...second]
        .filter((turn) => turn.stream === stream)
        .map((turn) => turn.round * 3 + turn.packet);
      const [begin = 0] = numbers;
      assert.deepEqual(
        numbers,
        Array.from({ length: 18 }, (_, n) => begin + n),
      );
    }
  });

  it('is in order of time and measures it from the begin of the span', () => {
    const turns = turnsOf([one], { fromMs: 10, toMs: 30, phased: false });
    assert.deepEqual(
      turns.map(({ dueMs, round, packet: n }) => [dueMs, round, n]),
      [
        [7, 0, 2],
        [10, 1, 0],
        [13, 1, 1],
      ],
    );
  });

  it('spreads the keyframes of publishers over a round, and their frames between those of others', () => {
    const frameMs = 1000 / 30;
    const video = { packets: Array.from({ length: 60 }, (_, n) => packet(n * frameMs)), roundMs: 2000 };
    for (const count of [2, 5, 12, 15, 30]) {
      const turns = turnsOf(
        Array.from({ length: count }, () => video),
        { fromMs: 2000, toMs: 4000, phased: true },
      );
      const gaps = turns.slice(1).map(({ dueMs }, n) => dueMs - (turns[n]?.dueMs ?? 0));
      assert.ok(Math.min(...gaps) > (0.99 * frameMs) / count, `${count}: ${Math.min(...gaps)} ms`);
      const keyframes = turns.filter((turn) => turn.packet === 0).map(({ dueMs }) => dueMs);
      const apart = keyframes.slice(1).map((dueMs, n) => dueMs - (keyframes[n] ?? 0));
      assert.equal(keyframes.length, count);
      assert.ok(Math.min(...apart) > 20, `${count}: ${apart}`);
    }
  });
});
