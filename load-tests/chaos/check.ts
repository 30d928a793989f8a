/**
 * Judges a history: pure, and complete over what one node promises about facts (design section 4, targets R1, R5, R7, R8, R12). Every
 * violation names the promise and the operations, entries or faults that show it. Times of recovery are figures, not judged here.
 */
import { checkLogs } from './check-log.ts';
import { checkOperations } from './check-operations.ts';
import { checkReaders } from './check-readers.ts';
import { checkRecorder } from './check-recorder.ts';
import type { Entry, Line, LineOf } from './history.ts';

/** What can be violated, with the promise in words. */
export const PROMISES = {
  lost: 'a fact that was acknowledged stands in the log',
  'set-aside': 'a fact that was acknowledged is not kept aside for good, even where the log says so',
  duplicated: 'a command is written once, however often it is sent',
  reordered: 'a fact that was acknowledged before another command was sent stands before it',
  'refused-yet-written': 'a command that was refused for good is not in the log',
  'two-answers': 'a command that is repeated is answered as the first time',
  gap: 'a reader gets every number, in order, none twice',
  phantom: 'a reader is told nothing that is not in the log',
  behind: 'a reader that is connected reaches the end of the log',
  'log-hole': 'the log has every number, once, and its chain of hashes holds',
  epoch: 'the epoch never goes back: no two owners write at once',
  'room-time': 'room time never goes back',
  'recorder-facts': 'the recorder has every fact of the log, once and in order',
  'recorder-package': 'the package is sealed, whole, and its segments play',
  alarm: 'a full disk is told of while it lasts',
  'media-back': 'media flows again when all faults are over',
  injected: 'every fault of the plan was done, and everything stood again after it',
} as const;
export type Promised = keyof typeof PROMISES;

export interface Violation {
  readonly promise: Promised;
  readonly what: string;
  /** Operations, entries (`room#seq`) and faults (`fault 3`) that show it. */
  readonly shown: readonly string[];
}

/** Everything the checks need, sorted once. */
export interface Facts {
  readonly run: LineOf<'run'> | undefined;
  readonly lines: readonly Line[];
  readonly logs: ReadonlyMap<string, LineOf<'log'>>;
  /** Where each command stands, by room and command. */
  readonly written: ReadonlyMap<string, readonly Entry[]>;
}

export function keyOf(room: string, commandId: string): string {
  return `${room} ${commandId}`;
}

export function linesOf<T extends Line['t']>(lines: readonly Line[], t: T): LineOf<T>[] {
  return lines.filter((each): each is LineOf<T> => each.t === t);
}

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

function factsOf(lines: readonly Line[]): Facts {
  const logs = new Map(linesOf(lines, 'log').map((log) => [log.room, log]));
  const written = new Map<string, Entry[]>();
  for (const { room, entries } of logs.values()) {
    for (const entry of entries) {
      if (entry.commandId === undefined) continue;
      const key = keyOf(room, entry.commandId);
      const known = written.get(key);
      if (known) known.push(entry);
      else written.set(key, [entry]);
    }
  }
  return { run: linesOf(lines, 'run')[0], lines, logs, written };
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
