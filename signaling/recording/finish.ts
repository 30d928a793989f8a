/** The end of a room's recording: every recorder that holds a part of it gets the rest of the log and is told so. */
import { roomNotFound } from '../rooms/log-store.ts';
import { sendLog } from './log-feed.ts';
import type { Recorder } from './recorders.ts';
import type { RoomRecording } from './room-recording.ts';

/**
 * Resolves with false when a recorder is away: it is told when it is back, by us or by whoever comes after us. Rejects when
 * one could not be told now; the others were, and this one is told again.
 */
export async function finishRoom(room: RoomRecording): Promise<boolean> {
  let complete = true;
  const failed: unknown[] = [];
  for (const recorder of [...room.involved]) {
    if (recorder.up) {
      try {
        await finishAt(room, recorder);
        room.involved.delete(recorder);
      } catch (error) {
        failed.push(error);
      }
    } else {
      complete = false;
    }
  }
  if (failed.length > 0) throw failed[0];
  return complete;
}

async function finishAt(room: RoomRecording, recorder: Recorder): Promise<void> {
  const { store } = room.deps;
  const { roomId, ids } = room;
  const head = await store.head(roomId);
  if (!head) throw roomNotFound(roomId);
  const [last] = await store.read(roomId, head.seq, 1);
  const { rooms } = await recorder.ask('recorder.dump', { roomIds: [roomId] });
  // What it has and cannot open now it refuses to leave out: it was never there, or an earlier answer was lost.
  const [held] = rooms;
  if (!held) return;
  const target = {
    logSeq: held.logSeq,
    append: async (lines: Parameters<Parameters<typeof sendLog>[2]['append']>[0]) =>
      (await recorder.ask('room.log', { ...ids, lines })).logSeq,
  };
  await sendLog(store, roomId, target);
  // Why it was closed are words of people: they stand in the log, which is sealed.
  const reason = 'the room was closed';
  await recorder.ask('room.finish', { ...ids, endedAt: last?.at ?? 0, reason });
  room.deps.log.info({ roomId, nodeId: recorder.nodeId, seq: target.logSeq }, 'recording finished');
}
