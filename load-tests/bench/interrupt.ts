/**
 * SIGINT and SIGTERM during a benchmark: everything it started is ended, so that its waits fail and it closes what it opened; what then
 * still runs is killed with this process. Nothing is left behind, whatever the benchmark was doing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { keepSignals } from '../browser/chromium.ts';

/** For a benchmark to close its folders and servers, before the process ends without it. */
const GRACE_MS = 15_000;
/** Ctrl+C reaches a process of the same terminal twice, from there and from its parent; a person takes longer. */
const ONE_SIGNAL_MS = 1000;

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Signals have their usual effect again. */
  stop(): void;
}

/** The processes that this one started and those that they started, the latest first. */
export function descendants(root = process.pid): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(entry);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found: number[] = [];
  const walk = (pid: number) => {
    for (const child of children.get(pid) ?? []) {
      found.unshift(child);
      walk(child);
    }
  };
  walk(root);
  return found;
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // It ended while the folder was read.
    return undefined;
  }
}

function endAll(signal: NodeJS.Signals): void {
  for (const pid of descendants()) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // ESRCH: it ended in the meantime.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** Takes over both signals for this process, and ends all it started when it exits. */
export function takeSignals(): Interruption {
  keepSignals();
  const controller = new AbortController();
  let firstAt = 0;
  const killRest = () => endAll('SIGKILL');
  const onSignal = () => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt > ONE_SIGNAL_MS) process.exit(130);
      return;
    }
    firstAt = performance.now();
    process.stderr.write('\ngoldenhour: closing what the benchmark started …\n');
    controller.abort();
    endAll('SIGTERM');
    setTimeout(() => process.exit(130), GRACE_MS).unref();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('exit', killRest);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('exit', killRest);
    },
  };
}
