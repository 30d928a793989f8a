/** What a person sees while benchmarks run: one line for each, and on a terminal also which run it is and since when. */
import { AppError } from '../../platform/errors.ts';
import type { Progress } from '../measuring/series.ts';

export interface ProgressLine {
  readonly progress: Progress;
  close(): void;
}

const EVERY_MS = 1000;

/** The line for one benchmark; `signal` ends the benchmark at its next run. */
export function progressLine(
  id: string,
  signal?: AbortSignal,
  out: NodeJS.WriteStream = process.stderr,
): ProgressLine {
  const begin = performance.now();
  let at = '';
  const draw = () =>
    out.write(`\r\u001b[K${id}${at}, ${minutesOf((performance.now() - begin) / 1000)} since it began`);
  const timer = out.isTTY ? setInterval(draw, EVERY_MS) : undefined;
  return {
    progress: (run, of) => {
      if (signal?.aborted) throw new AppError('interrupted', `${id} was interrupted.`);
      at = `: run ${run} of ${of}`;
      if (timer) draw();
    },
    close: () => {
      clearInterval(timer);
      if (timer) out.write('\r\u001b[K');
    },
  };
}

/** Seconds in words: `45 s`, `3 min 5 s`. */
export function minutesOf(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
