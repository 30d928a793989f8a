/** Makes the entries of one commit out of what a decider answered. */
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { ENTRY_VERSION, LogEntry } from '../protocol/entry.ts';
import type { RoomState } from '../protocol/state.ts';
import { type CommandAnswer, type OpenEntry, sealEntry } from './entry-seal.ts';
import type { RoomFacts, SealedEntry } from './log-store.ts';
import type { FactGroup, Now } from './types.ts';

/** As many events as one entry may carry. */
const EVENTS_PER_ENTRY = 100;

/** The end of the log that a commit goes behind. */
export interface LogEnd {
  readonly seq: number;
  readonly hash: string;
}

export interface CommitContext {
  readonly roomId: string;
  readonly key: Uint8Array;
  readonly epoch: number;
  readonly now: Now;
  readonly actor: string;
  readonly commandId?: string;
  readonly answer?: CommandAnswer;
}

export interface PreparedCommit {
  readonly open: readonly OpenEntry[];
  readonly sealed: readonly SealedEntry[];
  readonly end: LogEnd;
}

/**
 * Numbers, parses and seals the facts, one entry per group. The first entry carries the command's id and answer. Parsing
 * here keeps out of the log what nobody could read back from it.
 */
export function prepareCommit(
  facts: readonly FactGroup[],
  after: LogEnd,
  context: CommitContext,
): PreparedCommit {
  const open: OpenEntry[] = [];
  const sealed: SealedEntry[] = [];
  let end = after;
  for (const { audience, events } of facts.flatMap(inEntries)) {
    const first = open.length === 0;
    const entry = parseEntry({
      v: ENTRY_VERSION,
      seq: end.seq + 1,
      epoch: context.epoch,
      at: context.now.at,
      utc: context.now.utc,
      actor: context.actor,
      commandId: first ? context.commandId : undefined,
      audience,
      events,
    });
    const item = { entry, ...(first && context.answer ? { answer: context.answer } : {}) };
    const sealedEntry = sealEntry(context.key, context.roomId, end.hash, item);
    open.push(item);
    sealed.push(sealedEntry);
    end = { seq: entry.seq, hash: sealedEntry.hash };
  }
  return { open, sealed, end };
}

/** What the row of the room says, of a state. */
export function factsOf(state: RoomState): RoomFacts {
  return {
    incidentId: state.incidentId,
    drill: state.drill,
    phase: state.phase === 'closed' ? 'closed' : 'open',
  };
}

function inEntries({ audience, events }: FactGroup): FactGroup[] {
  const groups: FactGroup[] = [];
  for (let from = 0; from < events.length; from += EVENTS_PER_ENTRY) {
    groups.push({ audience, events: events.slice(from, from + EVENTS_PER_ENTRY) });
  }
  return groups;
}

/** Through JSON, so that a reader now folds exactly what a reader of the stored entry will. */
function parseEntry(entry: object): LogEntry {
  const parsed = z.safeParse(LogEntry, JSON.parse(JSON.stringify(entry)));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AppError('internal', `A decision of the room does not fit its parser at ${where}.`, {
    whatToDo: 'Report this with the code and the method; nothing was changed.',
    details: { where },
  });
}
