/** The log that random commands lead to, without any store. */
import { isAppError } from '../../../platform/errors.ts';
import type { LogEntry } from '../../protocol/entry.ts';
import { evolve } from '../../protocol/evolve.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';
import type { RoomCommand } from '../commands.ts';
import { prepareCommit } from '../commit.ts';
import { deciders } from '../deciders/deciders.ts';
import { newRoomKey } from '../entry-seal.ts';
import { everyone, type RandomCommand, START } from './commands.ts';
import { dispatcher, incident, joining } from './people.ts';
import { guestLinks } from './scene-commands.ts';

/** What a room makes of commands one after another, refusals left out. */
export interface RandomHistory {
  readonly entries: readonly LogEntry[];
  readonly states: readonly RoomState[];
  readonly refusals: readonly unknown[];
  readonly accepted: ReadonlySet<RoomCommand>;
}

const key = newRoomKey();

/** Opens a room, lets everyone join, and runs the commands; each 1 s after the one before. */
export function historyOf(commands: readonly RandomCommand[]): RandomHistory {
  const start: RandomCommand[] = [
    {
      command: 'room.open',
      actor: dispatcher,
      decide: (state, now) => deciders['room.open'](state, incident, dispatcher, now),
    },
    ...guestLinks,
    ...everyone.map(
      (who): RandomCommand => ({
        command: 'peer.join',
        actor: who,
        decide: (state, now) => deciders['peer.join'](state, joining(who), who, now),
      }),
    ),
  ];
  const entries: LogEntry[] = [];
  const states: RoomState[] = [];
  const refusals: unknown[] = [];
  const accepted = new Set<RoomCommand>();
  let state = initialRoomState();
  for (const [index, given] of [...start, ...commands].entries()) {
    const now = { at: index * 1000, utc: START + index * 1000 };
    try {
      const { facts } = given.decide(state, now);
      const context = { roomId: 'room', key, epoch: 1, now, actor: given.actor.principalId };
      const { open } = prepareCommit(facts, { seq: state.seq, hash: '' }, context);
      for (const { entry } of open) {
        state = evolve(state, entry);
        entries.push(entry);
        states.push(state);
      }
      accepted.add(given.command);
    } catch (error) {
      if (!isAppError(error) || error.code === 'internal') throw error;
      refusals.push(error);
    }
  }
  return { entries, states, refusals, accepted };
}
