/**
 * Judges a history: pure, and complete over what one node promises about facts (design section 4, targets R1, R5, R7, R8, R12). Every
 * violation names the promise and the operations, entries or faults that show it. Times of recovery are figures, not judged here.
 */
import { checkLogs } from './check-log.ts';
import { checkOperations } from './check-operations.ts';
import { checkReaders } from './check-readers.ts';
import { checkRecorder } from './check-recorder.ts';
import { type Facts, factsOf, linesOf, type Violation } from './facts.ts';
import type { Line } from './history.ts';

/** All violations; none when every promise held. Pure. */
export function checkHistory(lines: readonly Line[]): Violation[] {
  const facts = factsOf(lines);
  return [
    ...checkLogs(facts),
    ...checkOperations(facts),
    ...checkReaders(facts),
    ...checkRecorder(facts),
    ...checkMedia(facts),
    ...checkFaults(facts),
  ];
}

function checkMedia({ lines }: Facts): Violation[] {
  return linesOf(lines, 'flows')
    .filter(({ again }) => !again)
    .map(() => ({
      promise: 'media-back',
      what: 'no picture moved for a minute after all faults',
      shown: [],
    }));
}

/** A run whose faults were not done has proved nothing. */
function checkFaults({ run, lines }: Facts): Violation[] {
  if (!run) return [{ promise: 'injected', what: 'the history does not say what was planned', shown: [] }];
  const told = linesOf(lines, 'fault');
  const done = new Set(told.filter(({ what }) => what === 'end').map(({ n }) => n));
  const failed = told.filter(({ what }) => what === 'failed');
  const missing = run.schedule.filter(({ n }) => !done.has(n) && !failed.some((each) => each.n === n));
  return [
    ...failed.map(({ n, detail = '' }) => ({
      promise: 'injected' as const,
      what: `fault ${n} failed: ${detail}`,
      shown: [`fault ${n}`],
    })),
    ...missing.slice(0, 10).map(({ n, kind }) => ({
      promise: 'injected' as const,
      what: `fault ${n} (${kind}) was never over`,
      shown: [`fault ${n}`],
    })),
  ];
}
