/** The rooms a patient may be moved to, or that may be merged into this one: read when a dialog opens. */
import { useEffect, useState } from 'preact/hooks';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { errorText } from '../../ui/error-text.ts';
import { useServices } from '../../ui/services.ts';
import { useRoom } from './live-room.ts';

export interface OtherRooms {
  /** Undefined while they are read. */
  readonly rooms: readonly RoomSummary[] | undefined;
  readonly problem: string | undefined;
}

export function useOtherRooms(): OtherRooms {
  const services = useServices();
  const { session } = useRoom();
  const [rooms, setRooms] = useState<readonly RoomSummary[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let wanted = true;
    const read = async () => {
      const client = await services.client();
      const answer = await client.request('rooms.list', {});
      const others = answer.rooms.filter(
        (room) => room.roomId !== session.roomId && room.access === 'member',
      );
      if (wanted) setRooms(others);
    };
    read().catch((error: unknown) => {
      if (wanted) setProblem(errorText(error));
    });
    return () => {
      wanted = false;
    };
  }, [services, session]);
  return { rooms, problem };
}
