/**
 * Makes the commits of one owned room durable: in the store, or in the spill while the store is away.
 *
 * An append whose outcome is unknown (the connection broke at the commit) is never decided anew: the same sealed
 * entries are offered again or spilled, and the store tells by their hashes whether they stand there already. So a
 * fact is written once, whichever attempt it was that arrived.
 */
import { withDeadline } from '../../platform/deadline.ts';
import { type AppError, isAppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { isStoreAway, storeUnavailable } from '../../platform/sql/store-errors.ts';
import { type Lease, type LogStore, notOwner, type RoomFacts, type SealedEntry } from './log-store.ts';
import type { SpilledCommit, SpillFile } from './spill.ts';

/**
 * What the rooms of one process know together: after one commit has waited in vain, the others spill at once instead
 * of each waiting for itself. The next successful renewal of leases ends it.
 */
export interface StoreHealth {
  away: boolean;
}

export interface WriterOptions {
  readonly store: LogStore;
  readonly spill: SpillFile;
  readonly roomId: string;
  readonly lease: Lease;
  readonly log: Logger;
  readonly health: StoreHealth;
  /** How long one append may take before the store counts as away, in milliseconds. */
  readonly appendMs: number;
}

/** A failure that comes back sooner than this is offered to the store once more, in milliseconds. */
const QUICK_FAILURE_MS = 300;
/** Commits written back at once. */
const BATCH = 200;

export class RoomWriter {
  readonly #options: WriterOptions;
  readonly #unwritten: SpilledCommit[] = [];

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Whether commits wait in the spill. */
  get spilling(): boolean {
    return this.#unwritten.length > 0;
  }

  /**
   * Resolves when the entries are durable. Throws `not-owner` or `stale-epoch` when another has taken over (nothing was
   * written), and `store-unavailable` when neither store nor spill could write: then the outcome is unknown and
   * the room must be read anew from the store before anything else is decided.
   */
  async write(entries: readonly SealedEntry[], facts: RoomFacts): Promise<void> {
    if (!this.spilling && !this.#options.health.away) {
      const problem = await this.#tryStore(entries, facts);
      if (problem === undefined) return;
      this.#options.health.away = true;
      this.#options.log.warn(
        { roomId: this.#options.roomId, error: problem },
        'the store is away, commits are spilled',
      );
    }
    try {
      await this.#options.spill.append({ entries, facts });
    } catch (error) {
      throw storeUnavailable(error);
    }
    this.#unwritten.push({ entries, facts });
  }

  /**
   * Writes spilled commits back in order. Answers true when none is left, false when the store is still away.
   * Throws `not-owner` or `stale-epoch` after setting the spill aside when another has taken over.
   */
  async writeBack(): Promise<boolean> {
    while (this.spilling) {
      const batch = this.#unwritten.slice(0, BATCH);
      const facts = batch.at(-1)?.facts;
      if (!facts) break;
      const problem = await this.#tryStore(
        batch.flatMap((commit) => commit.entries),
        facts,
      );
      if (problem !== undefined) return false;
      this.#unwritten.splice(0, batch.length);
    }
    await this.#options.spill.remove();
    this.#options.log.info({ roomId: this.#options.roomId }, 'spilled commits are written back');
    return true;
  }

  /** Keeps an unwritten spill for the operator. Answers whether there was one. */
  async setAside(): Promise<boolean> {
    if (!this.spilling) return false;
    const kept = await this.#options.spill.setAside();
    const commits = this.#unwritten.splice(0);
    const seqs = commits.flatMap((commit) => commit.entries.map((entry) => entry.seq));
    this.#options.log.error(
      { roomId: this.#options.roomId, fromSeq: seqs[0], toSeq: seqs.at(-1), file: kept },
      'another owner has taken over: the spilled commits are kept aside and must be examined',
    );
    return true;
  }

  /** Closes the spill file and leaves it where it is, to be written back at the next start. */
  close(): Promise<void> {
    return this.#options.spill.close();
  }

  /** Undefined when the entries stand in the store; the error when the store is away. Throws when it refuses. */
  async #tryStore(entries: readonly SealedEntry[], facts: RoomFacts): Promise<unknown> {
    const started = performance.now();
    const first = await this.#offer(entries, facts);
    if (first === undefined || performance.now() - started > QUICK_FAILURE_MS) return first;
    return this.#offer(entries, facts);
  }

  async #offer(entries: readonly SealedEntry[], facts: RoomFacts): Promise<unknown> {
    const { store, roomId, lease, appendMs } = this.#options;
    try {
      await withDeadline(store.append(roomId, lease, entries, facts), appendMs, 'the commit of a room');
      return undefined;
    } catch (error) {
      if (isStoreAway(error)) return error;
      if (!isAppError(error, 'conflict')) throw error;
    }
    return this.#afterConflict(entries, facts);
  }

  /** The head is not where these entries begin: an earlier attempt of ours arrived after all, or they are not ours. */
  async #afterConflict(entries: readonly SealedEntry[], facts: RoomFacts): Promise<unknown> {
    const { store, roomId, appendMs } = this.#options;
    try {
      const missing = await withDeadline(withoutWritten(store, roomId, entries), appendMs, 'reading back');
      return missing.length === 0 || missing.length === entries.length
        ? this.#settled(missing)
        : this.#offer(missing, facts);
    } catch (error) {
      if (isStoreAway(error)) return error;
      throw error;
    }
  }

  #settled(missing: readonly SealedEntry[]): undefined {
    if (missing.length === 0) return undefined;
    throw notOwner(this.#options.roomId);
  }
}

/**
 * The entries that do not stand in the store yet. Throws `not-owner` when other entries stand in their place: then this
 * process has lost the room without having been told.
 */
export async function withoutWritten(
  store: LogStore,
  roomId: string,
  entries: readonly SealedEntry[],
): Promise<readonly SealedEntry[]> {
  const first = entries[0];
  if (!first) return [];
  const stored = await store.read(roomId, first.seq, entries.length);
  for (const [index, entry] of stored.entries()) {
    if (entry.hash !== entries[index]?.hash) throw notOwner(roomId, { seq: entry.seq });
  }
  return entries.slice(stored.length);
}

/** True for a refusal that means: this process does not own the room any more. */
export function isOwnershipLost(error: unknown): error is AppError {
  return isAppError(error, 'not-owner') || isAppError(error, 'stale-epoch');
}
