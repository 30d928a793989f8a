/** The packager's thread: takes one request after the other, so that rooms share its time and never the capture's. */
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { messageOf } from '../../platform/errors.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import { PACKAGE_KEY, trackKeyName } from '../keys/recording-keys.ts';
import { RoomPackager } from './room-packager.ts';
import { type FromPackager, PackagerThreadData, ToPackager } from './thread-messages.ts';
import { Thumbnails } from './thumbnails.ts';

type Job = Extract<ToPackager, { type: 'advance' | 'finish' }>;

const Roomed = z.object({ state: z.object({ roomId: z.string() }) });
const { ffmpeg } = PackagerThreadData.parse(workerData);
const say = (message: FromPackager) => parentPort?.postMessage(message);
const rooms = new Map<string, { readonly packager: RoomPackager; readonly keys: Map<string, Uint8Array> }>();
const queue = new SerialQueue('packager');
const thumbnails =
  ffmpeg === undefined
    ? undefined
    : new Thumbnails(ffmpeg, (error) =>
        say({ type: 'problem', roomId: '', trackId: '', error: messageOf(error) }),
      );

function open({ folder, state: { roomId } }: Job): RoomPackager {
  const keys = new Map<string, Uint8Array>();
  const key = async (name: string) => {
    const found = keys.get(name);
    if (!found) throw new Error(`The key ${name} was not given to the packager.`);
    return found;
  };
  const packager = new RoomPackager({
    folder,
    trackKey: (trackId) => key(trackKeyName(trackId)),
    packageKey: () => key(PACKAGE_KEY),
    ...(thumbnails ? { thumbnails } : {}),
    onProblem: (trackId, error) => say({ type: 'problem', roomId, trackId, error: messageOf(error) }),
  });
  rooms.set(roomId, { packager, keys });
  return packager;
}

async function drop(roomId: string): Promise<void> {
  const room = rooms.get(roomId);
  rooms.delete(roomId);
  await room?.packager.close();
}

async function work(job: Job): Promise<void> {
  const { roomId } = job.state;
  try {
    const packager = rooms.get(roomId)?.packager ?? open(job);
    for (const [name, key] of job.keys) rooms.get(roomId)?.keys.set(name, key);
    if (job.type === 'advance') {
      await packager.advance(job.state, job.tracks);
      say({ type: 'done', roomId });
      return;
    }
    const summary = await packager.finish(job.state);
    await drop(roomId);
    say({ type: 'done', roomId, summary });
  } catch (error) {
    // What failed is begun anew from what is safely on the disk, when the room is named next.
    await drop(roomId).catch((also: unknown) =>
      say({ type: 'problem', roomId, trackId: '', error: messageOf(also) }),
    );
    say({ type: 'done', roomId, error: messageOf(error) });
  }
}

async function close(): Promise<void> {
  for (const roomId of [...rooms.keys()]) await drop(roomId);
  await thumbnails?.close();
  parentPort?.close();
}

parentPort?.on('message', (message: unknown) => {
  const { success, data: request, error: flaw } = ToPackager.safeParse(message);
  if (!success) {
    say({ type: 'done', roomId: roomOf(message), error: `This cannot be packaged: ${messageOf(flaw)}` });
    return;
  }
  if (request.type === 'thumbnails') {
    if (thumbnails) thumbnails.enabled = request.enabled;
    return;
  }
  queue
    .push(request.type, () => (request.type === 'close' ? close() : work(request)))
    .catch((error: unknown) => say({ type: 'problem', roomId: '', trackId: '', error: messageOf(error) }));
});

/** The room of a request whose rest is not as it should be. */
function roomOf(message: unknown): string {
  return Roomed.safeParse(message).data?.state.roomId ?? '';
}
