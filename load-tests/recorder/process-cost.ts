/** What a process costs, as the kernel counts it (proc(5)). */
import { readFile } from 'node:fs/promises';

/** Of Linux on every architecture this project runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

export interface ProcessCost {
  /** Time on processors since its start in milliseconds: all its threads. */
  readonly cpuMs: number;
  /** The same of its children that have ended. */
  readonly childrenMs: number;
  readonly rssBytes: number;
}

export async function costOfProcess(pid: number): Promise<ProcessCost> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything, the third field is the first.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ms = (field: number) => (Number(fields[field - 3]) * 1000) / TICKS_PER_SECOND;
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return { cpuMs: ms(14) + ms(15), childrenMs: ms(16) + ms(17), rssBytes: Number(kilobytes) * 1024 };
}
