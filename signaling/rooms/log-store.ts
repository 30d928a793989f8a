/**
 * The store of room logs: one interface over SQLite and PostgreSQL. It sees entries only sealed (`entry-seal.ts`): their
 * words are ciphertext, their order and their authorship are not.
 */
import { AppError } from '../../platform/errors.ts';

/** An entry as it is stored, in the database and in the spill file alike. */
export interface SealedEntry {
  readonly seq: number;
  readonly epoch: number;
  /** Room time in whole milliseconds. */
  readonly at: number;
  readonly utc: number;
  readonly actor: string;
  readonly commandId?: string;
  /** The audience as JSON text, exactly as it was hashed. */
  readonly audience: string;
  /** SHA-256 of the salted plain payload, hex. */
  readonly payloadHash: string;
  /** SHA-256 over this entry's fields and the hash before it, hex: the chain. */
  readonly hash: string;
  /** The encrypted payload: events, and the command's result. */
  readonly body: Uint8Array;
}

/** What the row of a room says beside its entries, so that lists need not open logs. */
export interface RoomFacts {
  readonly incidentId: string;
  readonly drill: boolean;
  readonly phase: 'open' | 'closed';
}

export interface RoomHead extends RoomFacts {
  readonly roomId: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
  readonly createdUtc: number;
  /** Undefined when the last owner released the room in good order. */
  readonly ownerId?: string;
  /** UTC milliseconds of the clock that leases are measured by. */
  readonly leaseUntil: number;
  /** An owner whose lease ran out unreleased, as long as no entry of a later owner has named it. */
  readonly lostOwnerId?: string;
}

/** Who may append: the process (by the spill folder it owns) and the epoch of its lease. */
export interface Lease {
  readonly ownerId: string;
  readonly epoch: number;
}

export interface Claim {
  readonly head: RoomHead;
  readonly lease: Lease;
  /** An owner that neither released the room nor is the claimer; the claimer's first entry has to name it. */
  readonly interrupted?: string;
}

export interface NewRoomRow extends RoomFacts {
  readonly roomId: string;
  readonly createdUtc: number;
  readonly createdBy: string;
  readonly commandId?: string;
  readonly wrappedKey: Uint8Array;
}

export interface LogStore {
  /**
   * Makes the room with its first entries, owned with epoch 1. Answers the id of the room that the same creator
   * made by the same `commandId` before, in which case nothing is written.
   */
  create(
    room: NewRoomRow,
    ownerId: string,
    leaseMs: number,
    entries: readonly SealedEntry[],
  ): Promise<string>;
  /**
   * Takes a room that is free, expired, or owned by `ownerId` already (a process that came back), with the next epoch.
   * Throws `not-found`, or `not-owner` with `details.leaseUntil` and `details.retryAfterMs` while another owner's lease runs.
   */
  claim(roomId: string, ownerId: string, leaseMs: number): Promise<Claim>;
  /** Renews the leases of these rooms; answers the epoch under which each of them is still this owner's. */
  renew(ownerId: string, roomIds: readonly string[], leaseMs: number): Promise<ReadonlyMap<string, number>>;
  /** Gives a room back in good order. A lease that was lost already is left alone. */
  release(roomId: string, lease: Lease): Promise<void>;
  /**
   * Appends consecutive entries in one transaction that also checks the lease and the head. Throws `stale-epoch` or
   * `not-owner` when another has taken over, `conflict` when the head is not right before the first entry, and the
   * engine's error when the store is away (`isStoreAway`): then the outcome is unknown.
   */
  append(roomId: string, lease: Lease, entries: readonly SealedEntry[], facts: RoomFacts): Promise<void>;
  /** Entries from `fromSeq` on in order, at most `limit`. */
  read(roomId: string, fromSeq: number, limit: number): Promise<readonly SealedEntry[]>;
  /** Undefined when there is no such room. */
  head(roomId: string): Promise<RoomHead | undefined>;
  /** Heads of all rooms that are not closed, oldest first. */
  openRooms(): Promise<readonly RoomHead[]>;
  /** The room's data key, wrapped; undefined once it was destroyed. Throws `not-found`. */
  wrappedKey(roomId: string): Promise<Uint8Array | undefined>;
  /** Destroys the words of a room for good and keeps the proof that they were written. */
  destroyKey(roomId: string): Promise<void>;
}

export function notOwner(roomId: string, details: Record<string, unknown> = {}): AppError {
  return new AppError('not-owner', 'Another process owns this room.', {
    status: 409,
    whatToDo: 'Connect again; the command may be repeated with the same commandId.',
    details: { roomId, ...details },
  });
}

export function staleEpoch(roomId: string, epoch: number, newest: number): AppError {
  return new AppError('stale-epoch', 'A newer owner has taken this room over.', {
    status: 409,
    whatToDo: 'Connect again; the command may be repeated with the same commandId.',
    details: { roomId, epoch, newest },
  });
}

export function headMoved(roomId: string, expected: number, found: number): AppError {
  return new AppError('conflict', 'The log does not end where this commit would begin.', {
    status: 409,
    whatToDo: 'Compare the entries that stand there before writing again.',
    details: { roomId, expected, found },
  });
}

export function roomNotFound(roomId: string): AppError {
  return new AppError('not-found', 'There is no such room.', {
    status: 404,
    whatToDo: 'Choose a room from the list of rooms; the address may be old.',
    details: { roomId },
  });
}
