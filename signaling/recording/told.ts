/** What one run of a recorder has been told of a room by this process, beginning with what it said it holds. */
import type { RecorderResult } from '../protocol/recorder.ts';
import type { DumpedRoom, Recorder } from './recorders.ts';

export interface Told {
  readonly recorder: Recorder;
  readonly bootId: string;
  /** The recording is open at the recorder under our epoch. */
  open: boolean;
  /** Number of the last log entry it holds. */
  logSeq: number;
  /** Where it listens for the tap. */
  tap?: (RecorderResult<'tap.open'> & { readonly tapId: string }) | undefined;
  /** The node's end of that tap, as it was told. */
  connected?: string | undefined;
  /** Keys of started tracks by id; empty for one that another process started, whose parameters are not known here. */
  readonly tracks: Map<string, string>;
}

/** Begins from a dump; what the same run was told before still holds. */
export function toldFrom(
  recorder: Recorder,
  epoch: number,
  dumped: DumpedRoom | undefined,
  former: Told | undefined,
): Told {
  const same = former?.recorder === recorder && former.bootId === recorder.bootId ? former : undefined;
  const tracks = new Map<string, string>();
  for (const { trackId, state } of dumped?.tracks ?? []) {
    if (state !== 'ended') tracks.set(trackId, same?.tracks.get(trackId) ?? '');
  }
  return {
    recorder,
    bootId: recorder.bootId,
    open: dumped?.recording === true && dumped.epoch === epoch,
    logSeq: dumped?.logSeq ?? 0,
    ...(dumped?.tap ? { tap: dumped.tap } : {}),
    tracks,
  };
}
