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

  it('spreads publishers over a round', () => {
    const turns = turnsOf([one, one], { fromMs: 20, toMs: 40, phased: true });
    const keyframes = turns.filter((turn) => turn.packet === 0);
    assert.deepEqual(
      keyframes.map(({ stream, dueMs }) => [stream, dueMs]),
      [
        [0, 0],
        [1, 10],
      ],
    );
  });
});
