/** The address of a room in this process: each call first makes sure that the room is owned. */
import type { RoomCommand, RoomCommandParams, RoomCommandResult } from './commands.ts';
import type { Room } from './room.ts';
import type { Actor, RoomAddress } from './types.ts';
import { isOwnershipLost } from './writer.ts';

/** @param own answers the Room, claiming it when needed. */
export function addressOf(roomId: string, own: () => Promise<Room>): RoomAddress {
  async function execute<C extends RoomCommand>(
    command: C,
    params: RoomCommandParams<C>,
    actor: Actor,
    commandId?: string,
  ): Promise<RoomCommandResult<C>> {
    try {
      return await (await own()).execute(command, params, actor, commandId);
    } catch (error) {
      // Whether the lost owner's attempt was written is in the log, which only a command with an id can be asked for.
      if (commandId === undefined || !isOwnershipLost(error)) throw error;
    }
    return (await own()).execute(command, params, actor, commandId);
  }
  return {
    roomId,
    execute,
    state: async () => (await own()).state,
    roomTime: async () => (await own()).roomTime(),
    subscribe: async (viewer, since, listener) => (await own()).subscribe(viewer, since, listener),
    observe: async (listener) => (await own()).observe(listener),
  };
}
