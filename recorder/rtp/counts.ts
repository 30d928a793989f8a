import type { TrackStatistics } from '../../signaling/protocol/manifest.ts';

/** Counters of one track while it is read; what the manifest shows, and what helps to see why. */
export type Counts = { -readonly [K in keyof TrackStatistics]: number } & {
  /** Packets that came after their place was given up. */
  late: number;
  /** Bytes that were no RTP, or of no payload type or SSRC of the track. */
  foreign: number;
};

export function newCounts(): Counts {
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
    late: 0,
    foreign: 0,
  };
}

/** The counters the manifest has, and no others. */
export function statisticsOf({ late: _late, foreign: _foreign, ...statistics }: Counts): TrackStatistics {
  return statistics;
}
