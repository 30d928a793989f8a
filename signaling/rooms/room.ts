/**
 * The Room actor: the one writer of a room's log. Commands run one at a time in its queue: known command? answer from the
 * log; decide (pure) → append durably → evolve → broadcast (design section 4, "Commit"). Only `rooms.ts` holds a Room.
 */
import type { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import { isStoreAway, storeUnavailable } from '../../platform/sql/store-errors.ts';
import type { Viewer } from '../protocol/audience.ts';
import type { LogEntry, ReadableEntry } from '../protocol/entry.ts';
import { evolve } from '../protocol/evolve.ts';
import type { RoomState } from '../protocol/state.ts';
import { answerAgain } from './answers.ts';
import type { RoomCommand, RoomCommandParams, RoomCommandResult } from './commands.ts';
import { factsOf, type LogEnd, prepareCommit } from './commit.ts';
import { deciders } from './deciders/deciders.ts';
import type { CommandAnswer } from './entry-seal.ts';
import type { History } from './history.ts';
import { type Lease, notOwner } from './log-store.ts';
import { Readers } from './readers.ts';
import type { RoomTime } from './room-time.ts';
import { type Actor, type FactGroup, type Now, type Subscription, SYSTEM } from './types.ts';
import { isOwnershipLost, type RoomWriter } from './writer.ts';

export interface RoomOptions {
  readonly roomId: string;
  readonly lease: Lease;
  readonly key: Uint8Array;
  readonly writer: RoomWriter;
  readonly history: History;
  readonly end: LogEnd;
  readonly time: RoomTime;
  readonly log: Logger;
  /** Each entry after it is durable, with the state it led to. */
  readonly onEntry: (entry: LogEntry, state: RoomState) => void;
  /** Called once, when the Room ends by itself (`not-owner`, `store-unavailable`) or by `close`. */
  readonly onEnded: (reason: string) => void;
}

export class Room {
  readonly roomId: string;
  readonly lease: Lease;
  readonly #options: RoomOptions;
  readonly #queue: SerialQueue;
  readonly #readers: Readers;
  #end: LogEnd;
  #ended: string | undefined;

  constructor(options: RoomOptions) {
    this.roomId = options.roomId;
    this.lease = options.lease;
    this.#options = options;
    this.#end = options.end;
    this.#queue = new SerialQueue(`room ${options.roomId}`);
    this.#readers = new Readers(options.history, options.log);
  }

  get state(): RoomState {
    return this.#options.history.state;
  }

  get ended(): string | undefined {
    return this.#ended;
  }

  /** Whether somebody reads along. */
  get watched(): boolean {
    return this.#readers.size > 0;
  }

  get spilling(): boolean {
    return this.#options.writer.spilling;
  }

  /** Room time now, in milliseconds: never before the last entry. */
  roomTime(): number {
    return this.#now().at;
  }

  /** Decides and commits in the room's queue. Errors as in `RoomAddress.execute`. */
  execute<C extends RoomCommand>(
    command: C,
    params: RoomCommandParams<C>,
    actor: Actor,
    commandId?: string,
  ): Promise<RoomCommandResult<C>> {
    return this.#push(command, async () => {
      const known = commandId === undefined ? undefined : this.#options.history.answer(commandId);
      if (known) return answerAgain(command, actor, known);
      const now = this.#now();
      if (isJoin(command, params)) this.#options.history.peerIds.assertMayUse(params);
      const { facts, result } = deciders[command](this.state, params, actor, now);
      const written = facts.some((group) => group.events.length > 0);
      if (written) await this.#commit(facts, actor, now, commandId, { command, result });
      else if (commandId !== undefined) {
        this.#options.history.keepUnwritten(commandId, { command, result, actor: actor.principalId });
      }
      return result;
    });
  }

  /** Anchors room time to UTC for this owner; after an owner that was lost, names what it may have kept unwritten. */
  anchor(missingTail?: { ownerId: string; afterSeq: number }): Promise<void> {
    return this.#push('anchor', async () => {
      const now = this.#now();
      const fact = {
        type: 'RoomTimeAnchored' as const,
        utc: now.utc,
        ownerId: this.lease.ownerId,
        epoch: this.lease.epoch,
        errorMs: this.#options.time.errorMs,
        ...(missingTail ? { missingTail } : {}),
      };
      await this.#commit([{ audience: 'everyone', events: [fact] }], SYSTEM, now);
    });
  }

  /**
   * Answers where a viewer stands and calls `listener` for each later entry, without a hole between the two. The first
   * call comes after everyone who awaits the answer has run, so that it can be sent first.
   */
  subscribe(
    viewer: Viewer,
    since: number | undefined,
    listener: (entry: ReadableEntry) => void,
  ): Subscription {
    this.#assertLive();
    // Also of a room that has ended, which nobody joins any more.
    this.#options.history.peerIds.assertMayUse(viewer);
    return this.#readers.subscribe(viewer, since, this.roomTime(), listener);
  }

  observe(listener: (entry: LogEntry, state: RoomState) => void): () => void {
    this.#assertLive();
    return this.#readers.observe(listener);
  }

  /** Writes a spill back, in the room's queue. Answers true when nothing is left in it. */
  writeBack(): Promise<boolean> {
    return this.#push('write back', async () => !this.spilling || (await this.#options.writer.writeBack()));
  }

  /** Another process owns the room now: keeps an unwritten spill aside and ends. */
  async disown(reason: string): Promise<void> {
    this.#finish(reason);
    await this.#queue.idle();
    await this.#options.writer.setAside();
    await this.#options.writer.close();
  }

  /** Ends without giving up the lease; a spill stays in its file for the next start. Idempotent. */
  async close(reason: string): Promise<void> {
    this.#finish(reason);
    await this.#queue.idle();
    this.#queue.close(reason);
    await this.#options.writer.close();
  }

  async #commit(
    facts: readonly FactGroup[],
    actor: Actor,
    now: Now,
    commandId?: string,
    answer?: CommandAnswer,
  ): Promise<void> {
    const { history, roomId, key, writer } = this.#options;
    const prepared = prepareCommit(facts, this.#end, {
      roomId,
      key,
      epoch: this.lease.epoch,
      now,
      actor: actor.principalId,
      ...(commandId === undefined ? {} : { commandId }),
      ...(answer ? { answer } : {}),
    });
    const next = prepared.open.reduce((state, { entry }) => evolve(state, entry), this.state);
    await writer.write(prepared.sealed, factsOf(next));
    // Ended meanwhile: the facts are durable and the next owner tells them; here nobody listens any more.
    this.#assertLive();
    this.#end = prepared.end;
    for (const item of prepared.open) {
      history.add(item);
      this.#options.onEntry(item.entry, history.state);
      this.#readers.broadcast(item.entry, history.state);
    }
  }

  /** Runs a task in the queue and ends the Room when the store says that it is not the owner, or cannot say anything. */
  #push<T>(name: string, task: () => Promise<T>): Promise<T> {
    if (this.#ended !== undefined) return Promise.reject(this.#endedError(this.#ended));
    return this.#queue.push(name, async () => {
      this.#assertLive();
      try {
        return await task();
      } catch (error) {
        if (isOwnershipLost(error)) {
          await this.#options.writer.setAside();
          this.#finish('not-owner');
        } else if (isStoreAway(error)) this.#finish('store-unavailable');
        throw error;
      }
    });
  }

  #now(): Now {
    const { at, utc } = this.#options.time.now();
    return { at: Math.max(at, this.#options.history.last?.at ?? 0), utc };
  }

  #finish(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#readers.close();
    this.#options.onEnded(reason);
  }

  #assertLive(): void {
    if (this.#ended !== undefined) throw this.#endedError(this.#ended);
  }

  #endedError(reason: string): AppError {
    return reason === 'store-unavailable' ? storeUnavailable(reason) : notOwner(this.roomId, { reason });
  }
}

function isJoin(command: RoomCommand, params: object): params is RoomCommandParams<'peer.join'> {
  return command === 'peer.join' && 'peerId' in params;
}
