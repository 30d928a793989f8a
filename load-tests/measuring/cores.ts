/** How busy each core is, from /proc/stat (proc_stat(5)). What one process took of it is `costOfProcess` in ../recorder. */
import { readFile } from 'node:fs/promises';

/** What a core has done since the machine began, in clock ticks. */
export interface CoreTimes {
  readonly busy: number;
  readonly all: number;
}

/** Times of all cores, by their number. */
export async function readCores(): Promise<CoreTimes[]> {
  return coresOf(await readFile('/proc/stat', 'utf8'));
}

/** Idle and waiting for a disk are not busy; time that a neighbour of this virtual machine took is, since nobody here could use it. */
export function coresOf(stat: string): CoreTimes[] {
  const lines = stat.split('\n').filter((line) => /^cpu\d/.test(line));
  return lines.map((line) => {
    // The last two of ten, guest and guest_nice, are contained in user and nice already.
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const all = ticks.reduce((sum, each) => sum + each, 0);
    return { busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0), all };
  });
}

/** Percent of each core that was busy between two readings, by its number. */
export function busyBetween(before: readonly CoreTimes[], after: readonly CoreTimes[]): number[] {
  return after.map(({ busy, all }, core) => {
    const begin = before[core];
    const ticks = all - (begin?.all ?? 0);
    return ticks <= 0 ? 0 : (100 * (busy - (begin?.busy ?? 0))) / ticks;
  });
}
