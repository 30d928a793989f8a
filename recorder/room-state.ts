/** Where recordings stand on the disk, and their `room.json`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../platform/files.ts';
import type { RecorderParams } from '../signaling/protocol/recorder.ts';
import { Id } from '../signaling/protocol/values.ts';
import { RecordingState, STATE_FILE } from './core/state.ts';

export const RECORDINGS_FOLDER = 'recordings';
const KEYS_FOLDER = 'recording-keys';

/** The folder of the wrapped keys, which is none of the packages. */
export function recordingKeysFolder(dataDir: string): string {
  return join(dataDir, KEYS_FOLDER);
}

/** The folder of one package. */
export function packageFolder(dataDir: string, roomId: string): string {
  return join(dataDir, RECORDINGS_FOLDER, Id.parse(roomId));
}

/** The folder of one track inside a package. */
export function trackFolder(dataDir: string, roomId: string, trackId: string): string {
  return join(packageFolder(dataDir, roomId), 'tracks', Id.parse(trackId));
}

/** The state of a recording; undefined when there is none. Throws for one that cannot be understood. */
export async function readState(dataDir: string, roomId: string): Promise<RecordingState | undefined> {
  try {
    const text = await readFile(join(packageFolder(dataDir, roomId), STATE_FILE), 'utf8');
    return RecordingState.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function writeState(dataDir: string, state: RecordingState): Promise<void> {
  const file = join(packageFolder(dataDir, state.roomId), STATE_FILE);
  return writeAtomically(file, `${JSON.stringify(RecordingState.parse(state))}\n`, 0o640);
}

/** The ids of all recordings of a data folder. */
export async function listRecordings(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, RECORDINGS_FOLDER), { withFileTypes: true }).catch(
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isDirectory() && Id.safeParse(entry.name).success)
    .map(({ name }) => name)
    .sort();
}

export function newState(params: RecorderParams<'room.open'>): RecordingState {
  const { roomId, incidentId, drill, createdUtc, epoch } = params;
  return {
    ...({ format: 'goldenhour-room', version: 1 } as const),
    ...{ roomId, incidentId, drill, createdUtc, epoch },
    recording: false,
    spans: [],
    tracks: [],
    package: 'recording',
  };
}
