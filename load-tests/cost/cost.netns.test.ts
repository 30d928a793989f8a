import assert from 'node:assert/strict';
import { openCostCity } from './city.ts';
import { measureMedia, openSinks, RATES } from './media-cost.ts';
import { measureRecorder } from './recorder-cost.ts';
import { runTimeMs } from './run-time.ts';
import { SignalingUnderTest } from './signaling-cost.ts';

describe('measuring what load costs', function () {
  this.timeout(120_000);

  it('counts what reaches the viewers of a media worker, and its time and memory', async () => {
    await openSinks();
    const idle = await measureMedia({ rooms: 0, publishers: [], viewers: 0 }, 200);
    assert.deepEqual([idle.packetsOut, idle.shortPercent, idle.lostPercent], [0, 0, 0]);
    const point = await measureMedia({ rooms: 1, publishers: ['hd', 'sound'], viewers: 2 }, 1_000);
    const wanted = 2 * (RATES.hd.packetsPerSecond + RATES.sound.packetsPerSecond);
    assert.ok(point.packetsOut > wanted / 20 && point.packetsOut < wanted * 2, String(point.packetsOut));
    assert.ok(point.worker > 0 && point.generator > 0 && point.rssBytes > idle.rssBytes);
    // Sound is small: with it the mean is below that of video alone, and above it without headers and tags.
    const bytes = (point.mbitOut * 1e6) / 8 / point.packetsOut;
    assert.ok(bytes > 900 && bytes < 1220, String(bytes));
  });

  it('draws marks in a room of a real signaling process, joins it, and takes long rooms over', async () => {
    const city = await openCostCity();
    try {
      const [drawn, long] = [await city.room(0), await city.room(40)];
      assert.ok((await city.bytes()) > 0);
      assert.ok((await city.replay(long)) > 0);
      await city.hand();
      const signaling = await SignalingUnderTest.start(city);
      try {
        const { made, signaling: percent, rssBytes } = await signaling.marks(drawn, 30, 1_000);
        assert.ok(made > 0 && made <= 31 && percent > 0 && rssBytes > 0, String(made));
        assert.ok((await signaling.joins(long, 2)).msPerJoin > 0);
      } finally {
        await signaling.close();
      }
    } finally {
      await city.close();
    }
  });

  it('records tracks in a recorder of its own', async () => {
    const { recorder, rssBytes } = await measureRecorder(1, 500);
    assert.ok(recorder > 0 && rssBytes > 0);
  });

  it('reads the time of a process to less than a millisecond', async () => {
    const begin = await runTimeMs(process.pid);
    const until = performance.now() + 20;
    while (performance.now() < until);
    assert.ok((await runTimeMs(process.pid)) > begin);
  });
});
