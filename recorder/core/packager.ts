/** What capture tells the packager and the sealer, and what they answer. They are made by whoever wires the recorder. */
import type { DiskLevel, RecorderEventData } from '../../signaling/protocol/recorder.ts';
import type { RecordingState } from './state.ts';
import type { JournalPosition } from './types.ts';

/** What `room.package` says of a recording, without its id. */
export type PackageSummary = Omit<RecorderEventData<'room.package'>, 'roomId'>;

/** Where one track stands on the disk. Nothing behind `position` may be packaged: a power cut could take it back. */
export interface DurableTrack {
  readonly trackId: string;
  readonly position: JournalPosition;
  /** Everything that arrived before (CLOCK_MONOTONIC, nanoseconds) stands before `position`. */
  readonly until: bigint;
  /** Its journal is closed: nothing more comes unless the track begins again. */
  readonly ended?: boolean | undefined;
}

/** Makes segments, index, playlists, thumbnails and manifest out of journals. It never blocks capture. */
export interface Packager {
  /**
   * Journals have grown; at most one call a second and room, with every track that has grown since the last one. Returns at
   * once: a packager that is behind keeps the newest call of each track only. It is also called once for each recording
   * that is found on the disk and not sealed, with all its tracks, when the recorder starts.
   */
  advance(state: RecordingState, tracks: readonly DurableTrack[]): void;
  /**
   * The room has closed and every journal with it: packages the rest, checks everything (`checked` in the answer), or
   * rejects. Called again after a restart until it has answered once.
   */
  finish(state: RecordingState): Promise<PackageSummary>;
  /** From `no-thumbnails` on no picture is made for the time bar. */
  setDiskLevel(level: DiskLevel): void;
  /** How far the packager is behind the journals of a room, in milliseconds; undefined when it does not know the room. */
  lagMs(roomId: string): number | undefined;
  close(reason: string): Promise<void>;
}

/** Signs a checked package; answers `sealed`. Idempotent: a package that is sealed is answered as it is. */
export interface Sealer {
  seal(state: RecordingState): Promise<PackageSummary>;
}
