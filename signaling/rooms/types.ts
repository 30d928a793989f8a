/** How everything outside `signaling/rooms` reaches a room: commands in, entries out, never the Room itself. */
import type { Audience, Viewer } from '../protocol/audience.ts';
import type { LogEntry, ReadableEntry } from '../protocol/entry.ts';
import type { RoomEvent } from '../protocol/events.ts';
import type { Role } from '../protocol/roles.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { RoomState } from '../protocol/state.ts';
import type { RoomCommand, RoomCommandParams, RoomCommandResult } from './commands.ts';

/** Who gives a command. `system` acts for the owner itself and has no role. */
export interface Actor {
  readonly principalId: string;
  readonly peerId?: string;
  readonly role?: Role;
  readonly organisationId?: string;
  readonly name?: string;
  readonly unitId?: string;
}
export const SYSTEM: Actor = { principalId: 'system' };

/** The moment of a command: room time and the owner's UTC, both in milliseconds. */
export interface Now {
  readonly at: number;
  readonly utc: number;
}

/** Facts to append for one audience. */
export interface FactGroup {
  readonly audience: Audience;
  readonly events: readonly RoomEvent[];
}

/**
 * What a decider answers: facts, one entry per group, and the result for the caller. No facts: nothing changes and
 * nothing is written. Deciders are pure; a refusal is an `AppError`.
 */
export interface Decision<R> {
  readonly facts: readonly FactGroup[];
  readonly result: R;
}
export type Decider<C extends RoomCommand> = (
  state: RoomState,
  params: RoomCommandParams<C>,
  actor: Actor,
  now: Now,
) => Decision<RoomCommandResult<C>>;
export type Deciders = { readonly [C in RoomCommand]: Decider<C> };

/** Where a reader stands after subscribing: a snapshot and its tail, or only the entries missed. */
export interface Subscription {
  readonly snapshot?: Snapshot;
  readonly entries: readonly ReadableEntry[];
  readonly roomTime: number;
  unsubscribe(): void;
}

/** The address of a room; the owner behind it may be another process. */
export interface RoomAddress {
  readonly roomId: string;
  /**
   * Decides and commits in the room's queue. A repeated `commandId` is answered from the log with the first result.
   * Throws `AppError`: what the decider refuses, `not-found`, `closed`, `not-owner`, `deadline-exceeded`.
   */
  execute<C extends RoomCommand>(
    command: C,
    params: RoomCommandParams<C>,
    actor: Actor,
    commandId?: string,
  ): Promise<RoomCommandResult<C>>;
  /** The whole state, for the server's own decisions; never sent as it is. */
  state(): Promise<RoomState>;
  /** Room time now, in milliseconds. */
  roomTime(): Promise<number>;
  /**
   * Entries for one reader from `since` on (absent: from a snapshot), without a hole between answer and listener. The
   * listener is first called after those who await the answer have run. It falls silent when this process loses the room
   * (`onDisowned`): subscribe again then, with the `seq` that was reached.
   */
  subscribe(
    viewer: Viewer,
    since: number | undefined,
    listener: (entry: ReadableEntry) => void,
  ): Promise<Subscription>;
  /** The server's own view of each entry, after it is durable, with the state it led to. */
  observe(listener: (entry: LogEntry, state: RoomState) => void): Promise<() => void>;
}

/** What a new room starts with. */
export interface NewRoom {
  readonly incidentId: string;
  readonly title: string;
  readonly drill: boolean;
  readonly organisations: readonly string[];
  readonly unitId?: string;
}

export interface Rooms {
  /** Repeating a `commandId` answers with the room that the first call made. */
  create(room: NewRoom, actor: Actor, commandId?: string): Promise<RoomAddress>;
  /** The address of a room; asking it throws `not-found` when there is none. */
  at(roomId: string): RoomAddress;
  /** Rooms that are open, owned here or claimable, for the board and for taking over after a start. */
  openRooms(): Promise<readonly { roomId: string; state: RoomState }[]>;
  /** Called with its epoch for each room this process owns already, and for each it comes to own (created or taken over). */
  onOwned(listener: (roomId: string, epoch: number) => void): () => void;
  /** Called for each room this process loses or lets go. */
  onDisowned(listener: (roomId: string, reason: string) => void): () => void;
  /** Every committed entry of every owned room, for the board and other projections. */
  onEntry(listener: (roomId: string, entry: LogEntry, state: RoomState) => void): () => void;
  close(reason: string): Promise<void>;
}
