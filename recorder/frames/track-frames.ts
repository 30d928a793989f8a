/** From the journal of one track to its pictures or packets of sound, with their room time and what is missing. */
import type { TrackStatistics } from '../../signaling/protocol/manifest.ts';
import type { JournalFrame } from '../core/types.ts';
import type { TrackEvent, TrackFramesOptions } from './types.ts';

const NOTHING: readonly TrackEvent[] = [];

export class TrackFrames {
  readonly options: TrackFramesOptions;

  constructor(options: TrackFramesOptions) {
    this.options = options;
  }

  /**
   * Takes the next frame of the journal and answers what it brought, in order. Payloads are kept by reference until their
   * picture is complete: do not write into them again. A track of messages does not go through here.
   */
  push(_frame: JournalFrame): readonly TrackEvent[] {
    return NOTHING;
  }

  /** Gives what waits for packets or reports that will not come. Only at the end of a track: it goes on anew afterwards. */
  end(): readonly TrackEvent[] {
    return NOTHING;
  }

  /** Counts so far, as in the manifest; `bytes` counts RTP packets with their headers. */
  get statistics(): TrackStatistics {
    return {
      packets: 0,
      bytes: 0,
      lost: 0,
      reordered: 0,
      duplicates: 0,
      kernelDrops: 0,
      frames: 0,
      keyframes: 0,
      brokenFrames: 0,
      ssrcChanges: 0,
      reports: 0,
      refusedReports: 0,
    };
  }

  /** All state after the last frame taken, so that `resume` goes on exactly there. Save the peer's clock with it. */
  save(): Uint8Array {
    return new Uint8Array();
  }

  static resume(options: TrackFramesOptions, _saved: Uint8Array): TrackFrames {
    return new TrackFrames(options);
  }
}
