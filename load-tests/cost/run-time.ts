/** Processor time of a process to the nanosecond: /proc/PID/stat counts hundredths of a second, too coarse for two seconds. */
import { readdir, readFile } from 'node:fs/promises';

/** Time that all living threads of a process have spent on processors, in milliseconds (Documentation/scheduler/sched-stats). */
export async function runTimeMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map(async (thread) => {
      // A thread may end between the two looks; its time is then in neither of them.
      const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
      return Number(text.split(' ')[0]) / 1e6;
    }),
  );
  return times.reduce((sum, ms) => sum + ms, 0);
}

export interface Window {
  readonly seconds: number;
  /** Percent of one core, of the process that was watched and of this one. */
  readonly percent: number;
  readonly ownPercent: number;
}

/** What a process takes while something goes on. */
export async function windowOf(pid: number, during: () => Promise<unknown>): Promise<Window> {
  const [before, own, begin] = [await runTimeMs(pid), process.cpuUsage(), performance.now()];
  await during();
  const [after, used, tookMs] = [await runTimeMs(pid), process.cpuUsage(own), performance.now() - begin];
  return {
    seconds: tookMs / 1000,
    percent: ((after - before) / tookMs) * 100,
    ownPercent: ((used.user + used.system) / 1000 / tookMs) * 100,
  };
}
