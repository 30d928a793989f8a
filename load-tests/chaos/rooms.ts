/** Makes the rooms of a run, as a dispatcher, before any fault. */
import { io } from 'socket.io-client';
import { newId } from '../../platform/ids.ts';
import { METHODS, Reply } from '../../signaling/protocol/methods.ts';

const ANSWER_MS = 20_000;

/** Answers their ids. Rejects when one is refused or not answered. */
export async function createRooms(
  port: number,
  cookie: string,
  count: number,
  organisations: readonly string[],
): Promise<string[]> {
  const origin = `https://127.0.0.1:${port}`;
  const socket = io(origin, {
    ...{ forceNew: true, transports: ['websocket'], rejectUnauthorized: false },
    extraHeaders: { cookie, origin },
  });
  try {
    const rooms: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const params = { title: `Chaos ${index}`, drill: true, organisations };
      const raw: unknown = await socket
        .timeout(ANSWER_MS)
        .emitWithAck('request', { method: 'room.create', params, commandId: newId() });
      const reply = Reply.parse(raw);
      if (!reply.ok) throw new Error(`a room was refused: ${reply.error.code}: ${reply.error.message}`);
      rooms.push(METHODS['room.create'].result.parse(reply.result).roomId);
    }
    return rooms;
  } finally {
    socket.disconnect();
  }
}
