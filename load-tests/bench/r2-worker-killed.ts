/** R2: the media worker that carries everyone is killed; measured is how long the viewer's picture stands still. */
import { HD } from '../media/fixtures.ts';
import { openCast, seen, status, until } from '../proof/cast.ts';
import { type Bench, p95, series } from './types.ts';

const TARGET_MS = 2000;
const PATIENCE_MS = 30_000;

export const bench: Bench = {
  id: 'R2',
  target: 'media worker killed: media back p95 ≤ 2 s',
  minutes: 3,
  run: async ({ runs = 20, progress } = {}) => {
    const cast = await openCast({ picture: HD });
    try {
      const [crew, doctor] = [await cast.person('paramedic'), await cast.person('doctor')];
      const dispatcher = await cast.person('dispatcher');
      const roomId = await cast.room(dispatcher, 'Benchmark');
      await dispatcher.context().close();
      await crew.evaluate((room) => window.harness.join(room), roomId);
      await crew.evaluate(() => window.harness.publishCamera());
      await crew.evaluate(() => window.harness.publishMicrophone());
      await doctor.evaluate((room) => window.harness.join(room), roomId);
      const gaps: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        progress?.(run + 1, runs);
        await frames(60);
        const { reconnects } = await doctor.evaluate(status);
        await doctor.evaluate(() => window.harness.resetGaps());
        const [worker] = cast.stack.node.workers;
        if (!worker) throw new Error('the node has no worker');
        process.kill(worker.pid, 'SIGKILL');
        await until(doctor, status, (now) => now.reconnects > reconnects, 'new transports', PATIENCE_MS);
        await frames(10);
        gaps.push((await doctor.evaluate(seen))[0]?.longestGapMs ?? Number.POSITIVE_INFINITY);
      }
      const value = p95(gaps);
      return { ...series('ms', gaps), value, reached: value <= TARGET_MS };

      async function frames(count: number): Promise<void> {
        const [before] = await doctor.evaluate(seen);
        const wanted = (before?.frames ?? 0) + count;
        await until(doctor, seen, ([first]) => (first?.frames ?? 0) >= wanted, 'frames', PATIENCE_MS);
      }
    } finally {
      await cast.close();
    }
  },
};
