/** The method table of a recorder: which request does what. */
import type { RecorderMethod, RecorderParams, RecorderResult } from '../signaling/protocol/recorder.ts';
import { monotonicMs } from './context.ts';
import type { OpenRooms } from './open-rooms.ts';
import type { Room } from './room.ts';

export type Handlers = { [M in RecorderMethod]: (params: RecorderParams<M>) => Promise<RecorderResult<M>> };

export function createHandlers(
  rooms: OpenRooms,
  describe: () => RecorderResult<'recorder.describe'>,
): Handlers {
  const at = (params: { roomId: string }) => rooms.at(params.roomId);
  return {
    'recorder.describe': async () => describe(),
    'recorder.clock': async () => ({ monotonicMs: monotonicMs() }),
    'recorder.dump': async ({ roomIds }) => {
      if (roomIds) await rooms.mustHaveOpened(roomIds);
      const isAsked = ({ state }: Room) => !state.finished && (roomIds?.includes(state.roomId) ?? true);
      return {
        rooms: rooms
          .list()
          .filter(isAsked)
          .map((room) => room.dump()),
      };
    },
    'room.open': async (params) => (await rooms.forOpening(params)).switchOn(params),
    'room.clock': async (params) => (await at(params)).clock(params),
    'room.log': async (params) => (await at(params)).appendLog(params),
    'room.pause': async (params) => (await at(params)).pause(params),
    'room.finish': (params) => rooms.finish(params),
    'tap.open': async (params) => (await at(params)).openTap(params),
    'tap.connect': async (params) => (await at(params)).connectTap(params),
    'tap.close': async (params) => (await at(params)).closeTap(params),
    'track.start': async (params) => {
      const { epoch, tapId, track } = params;
      return (await at(params)).startTrack(epoch, tapId, { media: track });
    },
    'track.startMessages': async (params) => {
      const { epoch, tapId, track } = params;
      return (await at(params)).startTrack(epoch, tapId, { messages: track });
    },
    'track.note': async (params) => (await at(params)).noteTrack(params),
    'track.stop': async (params) => (await at(params)).stopTrack(params),
    'track.requestKeyFrame': async (params) => (await at(params)).requestKeyFrame(params),
  };
}
