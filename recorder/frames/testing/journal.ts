/** Journals of tests: packets with an order of arrival that a random number decides. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedFrame, JournalFrame } from '../../core/types.ts';
import { parseRtp } from '../../rtp/packet.ts';
import { PeerClock } from '../../rtp/peer-clock.ts';
import { unwrap } from '../../rtp/unwrap.ts';
import { TrackFrames } from '../track-frames.ts';
import type { TrackEvent } from '../types.ts';

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const ms = (value: number) => BigInt(Math.round(value * 1e6));

/** The note every journal file begins with. */
export function parametersNote(
  mimeType: string,
  payloadType: number,
  ssrcs: readonly number[],
  atMs = 0,
): JournalFrame {
  const clockRate = mimeType.startsWith('audio') ? 48_000 : 90_000;
  const codec = { mimeType, payloadType, clockRate, ...(clockRate === 48_000 ? { channels: 2 } : {}) };
  const rtpParameters = { codecs: [codec], encodings: ssrcs.map((ssrc) => ({ ssrc })) };
  return { type: 'note', at: ms(atMs), note: { kind: 'parameters', rtpParameters, epoch: 1 } };
}

export function clockFrame(atMs = 0, offsetMs = 0): JournalFrame {
  return { type: 'clock', at: ms(atMs), offsetMs, errorMs: 1 };
}

export interface Arrival {
  readonly at: number;
  readonly packet: Uint8Array;
  /** Order as sent. */
  readonly n: number;
}

export interface Trouble {
  readonly loss?: number;
  readonly duplicates?: number;
  /** Share of packets that come up to 300 ms late. */
  readonly late?: number;
  readonly seed?: number;
}

/** When each packet arrives: 100 ms after its time, but for what goes wrong. */
export function arrivals(packets: readonly Uint8Array[], trouble: Trouble = {}): Arrival[] {
  const next = random(trouble.seed ?? 1);
  const arrived: Arrival[] = [];
  let first: number | undefined;
  let last = 0;
  packets.forEach((packet, n) => {
    const parsed = parseRtp(packet);
    if (parsed === undefined) throw new Error('A packet of the test is none.');
    first ??= parsed.timestamp;
    last = unwrap(last || first, parsed.timestamp, 32);
    const at = 1000 + (last - first) / 90 + n / 1e4;
    if (next() < (trouble.loss ?? 0)) return;
    arrived.push({ at: next() < (trouble.late ?? 0) ? at + 300 * next() : at, packet, n });
    if (next() < (trouble.duplicates ?? 0)) arrived.push({ at: at + 300 * next(), packet, n });
  });
  return arrived.sort((a, b) => a.at - b.at);
}

export interface Read {
  readonly frames: EncodedFrame[];
  readonly events: TrackEvent[];
  readonly track: TrackFrames;
}

/** Reads packets of one SSRC as the packager would. */
export function read(mimeType: string, arrived: readonly Arrival[]): Read {
  const first = parseRtp(arrived[0]?.packet ?? new Uint8Array());
  if (first === undefined) throw new Error('There are no packets.');
  const kind = mimeType.startsWith('audio') ? 'audio' : 'video';
  const track = new TrackFrames({ kind, peer: new PeerClock() });
  const events: TrackEvent[] = [];
  const push = (frame: JournalFrame) => events.push(...track.push(frame));
  push(clockFrame());
  push(parametersNote(mimeType, first.payloadType, [first.ssrc]));
  for (const { at, packet } of arrived) push({ type: 'rtp', at: ms(at), payload: packet });
  events.push(...track.end());
  return { events, track, frames: events.flatMap((event) => (event.type === 'frame' ? [event.frame] : [])) };
}

/** Packets of a fixture (see capture-chromium.ts) with their arrival, a second later. */
export async function fixture(name: string): Promise<Arrival[]> {
  const bytes = await readFile(join(import.meta.dirname, name));
  const arrived: Arrival[] = [];
  for (let at = 0, n = 0; at + 6 <= bytes.length; n += 1) {
    const end = at + 6 + bytes.readUInt16BE(at);
    const packet = Uint8Array.from(bytes.subarray(at + 6, end));
    arrived.push({ at: 1000 + bytes.readUInt32BE(at + 2) + n / 1e4, packet, n });
    at = end;
  }
  return arrived;
}
