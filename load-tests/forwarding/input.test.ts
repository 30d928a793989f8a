import assert from 'node:assert/strict';
import { hasProgram } from '../../recorder/frames/testing/programs.ts';
import { audioInput, NARROW_UPLINK_PACE, publishers, videoInput } from './input.ts';
import type { Input } from './types.ts';

function megabits({ packets, roundMs }: Input): number {
  return (packets.reduce((sum, { data }) => sum + data.length, 0) * 8) / roundMs / 1000;
}

describe('Inputs of measurements', function () {
  this.timeout(120_000);

  it('carry speech as Opus, one packet each 20 ms', async () => {
    const speech = await audioInput();
    assert.equal(speech.packetsPerSecond, 50);
    assert.ok(megabits(speech) < 0.1);
  });

  it('carry the bitrate of their names in packets of true size', async function () {
    if (!hasProgram('ffmpeg', 'inputs of measurements')) return this.skip();
    for (const [name, rate] of [['4k-20mbit', 20] as const, ['1080p-4mbit', 4] as const]) {
      const input = await videoInput(name);
      assert.ok(Math.abs(megabits(input) / rate - 1) < 0.05, `${name}: ${megabits(input)} Mbit/s`);
      assert.ok(input.packets.every(({ data }) => data.length <= 1_150));
      assert.ok(input.packets.filter(({ data }) => data.length > 1_000).length > 0.85 * input.packets.length);
    }
  });

  it('never leave faster than their pacer lets them, and in order', async function () {
    if (!hasProgram('ffmpeg', 'inputs of measurements')) return this.skip();
    const { packets, roundMs } = await videoInput('4k-20mbit', { pace: NARROW_UPLINK_PACE });
    const mean = roundMs / packets.length;
    const gaps = packets.slice(1).map(({ atMs }, n) => atMs - (packets[n]?.atMs ?? 0));
    assert.ok(Math.min(...gaps) >= 0);
    const [first, last] = [packets[0], packets.at(-1)];
    assert.ok(first && last && last.atMs < roundMs + first.atMs);
    // A hundred full packets in a row take at least what the narrow link takes for them.
    const hundred = packets.slice(100, 200);
    const took = (hundred.at(-1)?.atMs ?? 0) - (hundred[0]?.atMs ?? 0);
    assert.ok(took > (99 * mean) / NARROW_UPLINK_PACE / 1.1, `${took} ms`);
  });

  it('have an SSRC of its own for each publisher', async () => {
    const ssrcs = publishers(await audioInput(), 5).map(({ ssrc }) => ssrc);
    assert.equal(new Set(ssrcs).size, 5);
  });
});
