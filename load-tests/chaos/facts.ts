/** What a history is judged by: the promises in words, and the history sorted for the checks. */
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

/** Sorts a history. Pure. */
export function factsOf(lines: readonly Line[]): Facts {
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
