/** Which incident room a unit is on: a projection of the facts, kept where devices ask for it after power-on. */
import type { Logger } from '../../platform/log.ts';
import type { Directory } from '../people/types.ts';
import type { RoomEvent } from '../protocol/events.ts';
import type { RoomState } from '../protocol/state.ts';
import type { Rooms } from '../rooms/types.ts';

type Units = Pick<Directory, 'unitRoom' | 'setUnitRoom'>;

/** Follows units from room to room; answers how to stop, which waits for what is being written. */
export function followUnits(rooms: Rooms, directory: Units, log: Logger): () => Promise<void> {
  let chain: Promise<void> = Promise.resolve();
  const stop = rooms.onEntry((roomId, entry, state) => {
    for (const event of entry.events) {
      const step = stepFor(roomId, event, state, directory);
      if (!step) continue;
      chain = chain.then(step).catch((error: unknown) => {
        log.error({ error, roomId }, 'the room of a unit was not written down');
      });
    }
  });
  return () => {
    stop();
    return chain;
  };
}

function stepFor(
  roomId: string,
  event: RoomEvent,
  state: RoomState,
  directory: Units,
): (() => Promise<void>) | undefined {
  const leave = async (unitId: string) => {
    // A unit that has gone on to another room stays there.
    if ((await directory.unitRoom(unitId)) === roomId) await directory.setUnitRoom(unitId, undefined);
  };
  switch (event.type) {
    case 'RoomCreated': {
      const { unitId } = event;
      return unitId === undefined ? undefined : () => directory.setUnitRoom(unitId, roomId);
    }
    case 'UnitAssigned':
      return () => directory.setUnitRoom(event.unitId, roomId);
    case 'UnitReleased':
      return () => leave(event.unitId);
    case 'RoomClosed':
      return async () => {
        for (const unitId of state.unitIds) await leave(unitId);
      };
    default:
      return undefined;
  }
}
