/**
 * H.264 from its RTP payload (RFC 6184), packetisation modes 0 and 1: single NAL units, STAP-A and FU-A. Parameter sets go
 * into the configuration and not into pictures (avc1, ISO/IEC 14496-15 section 5.4.2.1.1); delimiters and fillers are dropped,
 * SEI is kept, as it may carry what belongs to the evidence.
 */
import type { CodecConfig } from '../core/types.ts';
import { h264Config, parsePps, parseSps } from './h264-parameters.ts';
import { type Depacketiser, NO_PICTURE, type Picture, sameBytes, sameConfig } from './picture.ts';

export interface H264State {
  config: CodecConfig | undefined;
  sps: Map<number, Uint8Array>;
  pps: Map<number, { nal: Uint8Array; spsId: number }>;
  /** Keyframes of this stream bring their parameter sets along. */
  setsInBand: boolean;
}

const SLICE = 1;
const IDR = 5;
const SEI = 6;
const SPS = 7;
const PPS = 8;
const DELIMITER = 9;
const STAP_A = 24;
const FU_A = 28;
const MAX_PARAMETER_BYTES = 4096;

/** A NAL unit as the parts it came in. */
interface Nal {
  readonly type: number;
  readonly parts: Uint8Array[];
  length: number;
}

/** Whether a NAL unit of this type with this first byte behind its header may begin a picture. */
function nalBegins(type: number, next: number, setsInBand: boolean): boolean {
  // Without the parameter sets that stood before it, it is not whole.
  if (type === IDR && setsInBand) return false;
  // first_mb_in_slice is 0, written as a single 1 (section 7.3.3).
  if (type === SLICE || type === IDR) return (next & 0x80) !== 0;
  return type >= SEI && type <= DELIMITER;
}

export class H264Depacketiser implements Depacketiser {
  readonly #state: H264State;

  constructor(state: H264State) {
    this.#state = state;
  }

  begins(payload: Uint8Array): boolean {
    const type = (payload[0] ?? 0) & 0x1f;
    const { setsInBand } = this.#state;
    if (type === STAP_A) return nalBegins((payload[3] ?? 0) & 0x1f, payload[4] ?? 0, setsInBand);
    if (type !== FU_A) return nalBegins(type, payload[1] ?? 0, setsInBand);
    const head = payload[1] ?? 0;
    return (head & 0x80) !== 0 && nalBegins(head & 0x1f, payload[2] ?? 0, setsInBand);
  }

  assemble(payloads: readonly Uint8Array[]): Picture | undefined {
    const nals = collect(payloads);
    if (nals === undefined) return undefined;
    const sets: Uint8Array[] = [];
    const kept: Nal[] = [];
    let pictures = 0;
    let keyframe = false;
    let length = 0;
    for (const nal of nals) {
      if (nal.type === SPS || nal.type === PPS) sets.push(whole(nal));
      if (nal.type < SLICE || nal.type > SEI) continue;
      if (nal.type !== SEI) pictures += 1;
      if (nal.type === IDR) keyframe = true;
      kept.push(nal);
      length += 4 + nal.length;
    }
    if (sets.length > 0) this.#takeSets(sets);
    if (sets.length > 0 && keyframe) this.#state.setsInBand = true;
    if (pictures === 0) return { data: NO_PICTURE, keyframe: false, config: this.#state.config };
    const { config } = this.#state;
    return { data: join(kept, length), keyframe: keyframe && config !== undefined, config };
  }

  #takeSets(nals: readonly Uint8Array[]): void {
    const { sps, pps } = this.#state;
    let changed = false;
    for (const nal of nals) {
      if (nal.length > MAX_PARAMETER_BYTES) continue;
      const sequence = parseSps(nal);
      if (sequence !== undefined) {
        if (sameBytes(sps.get(sequence.id), nal)) continue;
        // What pictures of the old sequence of this id said counts no more; the newest stands last.
        sps.delete(sequence.id);
        for (const [id, { spsId }] of pps) if (spsId === sequence.id) pps.delete(id);
        sps.set(sequence.id, nal.slice());
        changed = true;
      }
      const picture = parsePps(nal);
      if (picture === undefined || sameBytes(pps.get(picture.id)?.nal, nal)) continue;
      pps.set(picture.id, { nal: nal.slice(), spsId: picture.spsId });
      changed = true;
    }
    if (!changed) return;
    const ordered = [...pps].sort(([a], [b]) => a - b).map(([, { nal }]) => nal);
    const config = h264Config([...sps.values()].reverse(), ordered);
    if (config !== undefined && !sameConfig(config, this.#state.config)) this.#state.config = config;
  }
}

/** NAL units of a picture, or undefined when its packets do not fit together. */
function collect(payloads: readonly Uint8Array[]): Nal[] | undefined {
  const nals: Nal[] = [];
  let open: Nal | undefined;
  for (const payload of payloads) {
    const head = payload[0] ?? 0;
    const type = head & 0x1f;
    if (type === FU_A) {
      const fragment = payload[1] ?? 0;
      const start = (fragment & 0x80) !== 0;
      if (payload.length < 3 || start === (open !== undefined)) return undefined;
      if (start) {
        open = {
          type: fragment & 0x1f,
          parts: [Uint8Array.of((head & 0xe0) | (fragment & 0x1f))],
          length: 1,
        };
        nals.push(open);
      }
      if (open === undefined || open.type !== (fragment & 0x1f)) return undefined;
      open.parts.push(payload.subarray(2));
      open.length += payload.length - 2;
      if ((fragment & 0x40) !== 0) open = undefined;
      continue;
    }
    if (open !== undefined) return undefined;
    if (type === STAP_A) {
      if (!collectAggregate(payload, nals)) return undefined;
    } else {
      // STAP-B, MTAP and FU-B belong to the interleaved mode, which WebRTC does not have (RFC 7742 section 6.2).
      if (type === 0 || type > 23 || payload.length < 2) return undefined;
      nals.push({ type, parts: [payload], length: payload.length });
    }
  }
  return open === undefined ? nals : undefined;
}

function collectAggregate(payload: Uint8Array, nals: Nal[]): boolean {
  let at = 1;
  while (at + 2 < payload.length) {
    const length = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const end = at + 2 + length;
    if (length === 0 || end > payload.length) return false;
    nals.push({ type: (payload[at + 2] ?? 0) & 0x1f, parts: [payload.subarray(at + 2, end)], length });
    at = end;
  }
  return at === payload.length;
}

function whole(nal: Nal): Uint8Array {
  return join([nal], 4 + nal.length).subarray(4);
}

/** Each NAL unit behind its length in 4 bytes. */
function join(nals: readonly Nal[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const nal of nals) {
    view.setUint32(at, nal.length);
    at += 4;
    for (const part of nal.parts) {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return bytes;
}
