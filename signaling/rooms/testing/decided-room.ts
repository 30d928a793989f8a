/** A room as a fold of decisions, without a store: what a test of deciders works on. */
import assert from 'node:assert/strict';
import { isAppError } from '../../../platform/errors.ts';
import type { LogEntry } from '../../protocol/entry.ts';
import { evolve } from '../../protocol/evolve.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';
import type { RoomCommand, RoomCommandParams, RoomCommandResult } from '../commands.ts';
import { prepareCommit } from '../commit.ts';
import { deciders } from '../deciders/deciders.ts';
import { newRoomKey } from '../entry-seal.ts';
import type { Actor } from '../types.ts';

const START = Date.UTC(2026, 0, 1);

export class DecidedRoom {
  state: RoomState = initialRoomState();
  readonly entries: LogEntry[] = [];
  readonly #key = newRoomKey();
  #utc = START;

  do<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): RoomCommandResult<C> {
    this.#utc += 1000;
    const now = { at: this.#utc - START, utc: this.#utc };
    const { facts, result } = deciders[command](this.state, params, actor, now);
    const context = { roomId: 'room', key: this.#key, epoch: 1, now, actor: actor.principalId };
    for (const { entry } of prepareCommit(facts, { seq: this.state.seq, hash: '' }, context).open) {
      this.state = evolve(this.state, entry);
      this.entries.push(entry);
    }
    return result;
  }

  /** @param state what the refusal's `details.state` has to say, where it says something */
  refuses<C extends RoomCommand>(
    code: string,
    command: C,
    params: RoomCommandParams<C>,
    actor: Actor,
    state?: string,
  ): void {
    const before = this.state;
    assert.throws(
      () => this.do(command, params, actor),
      (error) =>
        isAppError(error, code) &&
        error.whatToDo !== undefined &&
        (state === undefined || error.details?.state === state),
      `${command} should be refused with ${code} ${state ?? ''}`,
    );
    assert.equal(this.state, before);
  }

  changesNothing<C extends RoomCommand>(command: C, params: RoomCommandParams<C>, actor: Actor): void {
    const { seq } = this.state;
    this.do(command, params, actor);
    assert.equal(this.state.seq, seq, `${command} should change nothing`);
  }
}
