/** When which packet of which stream is due: made whole before a run, so that a run does nothing but wait and send. */
import type { Input } from './types.ts';

export interface Turn {
  /** Milliseconds after the run's begin. */
  readonly dueMs: number;
  readonly stream: number;
  /** Index into the packets of the stream's input. */
  readonly packet: number;
  /** Which round of the input it belongs to. */
  readonly round: number;
}

export interface Span {
  /** Milliseconds of the streams' time. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Spreads the streams, so that neither keyframes nor frames of different publishers meet; otherwise all begin together. */
  readonly phased: boolean;
}

/**
 * Publishers are spread over a round and one frame more. A round of video has 60 frames, so that 12 publishers spread over a round alone would
 * all send their frames at the same moments; of 61, which is prime, no number of publishers shares a divisor.
 */
const FRAME_MS = 1000 / 30;

/** Turns in the order they are due. Spans that follow each other have every packet once. */
export function turnsOf(
  streams: readonly Pick<Input, 'packets' | 'roundMs'>[],
  { fromMs, toMs, phased }: Span,
): Turn[] {
  const turns: Turn[] = [];
  for (const [stream, { packets, roundMs }] of streams.entries()) {
    const phase = phased ? (((roundMs + FRAME_MS) * stream) / streams.length) % roundMs : 0;
    const first = packets[0]?.atMs ?? 0;
    for (let round = Math.floor((fromMs + phase - first) / roundMs); ; round += 1) {
      const begin = round * roundMs - phase;
      if (begin + first >= toMs) break;
      for (const [packet, { atMs }] of packets.entries()) {
        const at = begin + atMs;
        if (at >= fromMs && at < toMs) turns.push({ dueMs: at - fromMs, stream, packet, round });
      }
    }
  }
  return turns.sort((a, b) => a.dueMs - b.dueMs);
}
