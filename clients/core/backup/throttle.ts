/**
 * How fast the own copy may be sent: never more than a small share of the uplink, and nothing at all while live media is
 * below its best. Pure.
 */
import { compareRungs, type Rung, rungForHeight } from '../../../signaling/protocol/media.ts';

/** What is known of this device's live media now. */
export interface LiveLoad {
  /** Whether the room can be reached. */
  readonly linked: boolean;
  /** Uplink rung of each picture sent, with the lines that are captured. */
  readonly pictures: readonly { readonly rung: Rung; readonly height: number }[];
  /** Whether anything at all, voice alone included, is sent. */
  readonly sends: boolean;
  readonly lossFraction?: number | undefined;
  readonly rttMs?: number | undefined;
  /** What the congestion control believes the uplink carries, in bit/s. */
  readonly availableBitrate?: number | undefined;
}

export type Allowance =
  | { readonly kind: 'wait'; readonly why: 'link' | 'rung' | 'loss' }
  /** Send one piece of this size, then rest until the average is no more than `bitrate`. */
  | { readonly kind: 'send'; readonly bitrate: number; readonly pieceBytes: number };

/** Of the uplink, while live media runs. */
const SHARE = 0.25;
/** Where the uplink is not known yet, and the least while live media is at its best without loss. */
const CAUTIOUS_BITRATE = 200_000;
const LIVE_BITRATE_MAX = 2_000_000;
/** Nobody is live: the recorder's own pace is 20 Mbit/s. */
const FREE_BITRATE = 8_000_000;
const LOSS_MAX = 0.02;
const RTT_MAX_MS = 800;
const LEAST_PIECE = 16 * 1024;
const MOST_PIECE = 512 * 1024;

export function allowance(load: LiveLoad): Allowance {
  if (!load.linked) return { kind: 'wait', why: 'link' };
  if (!load.sends) return sendAt(FREE_BITRATE);
  if ((load.lossFraction ?? 0) > LOSS_MAX || (load.rttMs ?? 0) > RTT_MAX_MS)
    return { kind: 'wait', why: 'loss' };
  const lowered = load.pictures.some(({ rung, height }) => compareRungs(rung, wantedRung(height)) > 0);
  if (lowered) return { kind: 'wait', why: 'rung' };
  const available = load.availableBitrate;
  if (available === undefined) return sendAt(CAUTIOUS_BITRATE);
  return sendAt(Math.max(CAUTIOUS_BITRATE, Math.min(LIVE_BITRATE_MAX, available * SHARE)));
}

/** 1080, or the best that a smaller camera has. */
function wantedRung(height: number): Rung {
  const best = rungForHeight(height);
  return compareRungs(best, '1080') < 0 ? '1080' : best;
}

/** A quarter of a second of the allowed rate at a time, so that one piece never holds the link for long. */
function sendAt(bitrate: number): Allowance {
  const pieceBytes = Math.round(bitrate / 8 / 4);
  return { kind: 'send', bitrate, pieceBytes: Math.max(LEAST_PIECE, Math.min(MOST_PIECE, pieceBytes)) };
}

/** How long to rest after a piece, so that sending and resting together keep the rate. Milliseconds. */
export function restMs(bytes: number, bitrate: number, tookMs: number): number {
  return Math.max(0, (bytes * 8 * 1000) / bitrate - tookMs);
}
