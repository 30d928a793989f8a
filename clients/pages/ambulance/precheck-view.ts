/** How the pre-check's figures are judged. Pure. */
import type { Rung } from '../../../signaling/protocol/media.ts';

export type Grade = 'good' | 'fair' | 'poor' | 'unknown';

/** Round trip: 150 ms one way is preferred for talk, 400 ms the limit (ITU-T G.114). */
export function gradeRtt(rttMs: number | undefined): Grade {
  if (rttMs === undefined) return 'unknown';
  if (rttMs <= 150) return 'good';
  return rttMs <= 400 ? 'fair' : 'poor';
}

/** Uplink: 12 Mbit/s carries 4K, 2.5 Mbit/s carries 1080p (targets S7, research on 5G ambulances). */
export function gradeUp(bitrate: number | undefined): Grade {
  if (bitrate === undefined) return 'unknown';
  if (bitrate >= 12e6) return 'good';
  return bitrate >= 2.5e6 ? 'fair' : 'poor';
}

export function gradeDown(bitrate: number | undefined): Grade {
  if (bitrate === undefined) return 'unknown';
  if (bitrate >= 3e6) return 'good';
  return bitrate >= 0.6e6 ? 'fair' : 'poor';
}

export function gradeLoss(fraction: number | undefined): Grade {
  if (fraction === undefined) return 'unknown';
  if (fraction <= 0.01) return 'good';
  return fraction <= 0.05 ? 'fair' : 'poor';
}

/** The whole of it, by the rung that is to be expected. */
export function verdict(rung: Rung | undefined): Grade {
  switch (rung) {
    case undefined:
      return 'unknown';
    case '2160':
    case '1080':
      return 'good';
    case '540':
    case '540-slow':
      return 'fair';
    default:
      return 'poor';
  }
}

/** Share of the gauge that a rate fills: logarithmic from 100 kbit/s to 50 Mbit/s, as links differ by factors. */
export function gaugeFraction(bitrate: number | undefined): number {
  if (bitrate === undefined || bitrate <= 1e5) return 0;
  return Math.min(1, Math.log(bitrate / 1e5) / Math.log(500));
}

/** An arc of the half-circle gauge around (50, 50) with radius 40, from the left end to `fraction`. */
export function gaugeArc(fraction: number): string {
  const angle = Math.PI * (1 - Math.min(1, Math.max(0, fraction)));
  const x = 50 + 40 * Math.cos(angle);
  const y = 50 - 40 * Math.sin(angle);
  return `M10 50A40 40 0 0 1 ${x.toFixed(2)} ${y.toFixed(2)}`;
}
