/** The live list of rooms as something to render. */
import { useEffect, useState } from 'preact/hooks';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import type { Client, RingingCall, RoomList, SocketStatus } from '../../core/types.ts';
import { errorText } from '../../ui/error-text.ts';
import { useServices } from '../../ui/services.ts';

export interface LiveRooms {
  readonly list: RoomList | undefined;
  readonly rooms: readonly RoomSummary[] | undefined;
  readonly ringing: readonly RingingCall[];
  readonly socket: SocketStatus;
  readonly problem: string | undefined;
}

const nothingYet: LiveRooms = {
  list: undefined,
  rooms: undefined,
  ringing: [],
  socket: 'connecting',
  problem: undefined,
};

/** Opens the list for as long as the component is mounted. */
export function useRoomList(): LiveRooms {
  const services = useServices();
  const [live, setLive] = useState<LiveRooms>(nothingYet);
  useEffect(() => {
    let stopped = false;
    const stops: (() => void)[] = [];
    const follow = async (client: Client) => {
      const list = client.rooms;
      const read = () => {
        if (stopped) return;
        setLive({
          list,
          rooms: list.rooms,
          ringing: list.ringing,
          socket: client.socket,
          problem: undefined,
        });
      };
      stops.push(list.on('change', read), list.on('ringing', read), client.on('socket', read), () =>
        list.close(),
      );
      await list.open();
      read();
    };
    const begin = async () => {
      try {
        const client = await services.client();
        if (!stopped) await follow(client);
      } catch (error) {
        if (!stopped) setLive((old) => ({ ...old, problem: errorText(error) }));
      }
    };
    void begin();
    return () => {
      stopped = true;
      for (const stop of stops) stop();
    };
  }, [services]);
  return live;
}
