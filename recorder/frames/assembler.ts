/**
 * Gathers the packets of one picture: they share a timestamp, and the last has the marker or is followed by another
 * timestamp. A picture of which a packet is missing is counted and never given.
 */
import type { CodecConfig } from '../core/types.ts';
import type { Counts } from '../rtp/counts.ts';
import type { MediaPacket } from '../rtp/rtp-stream.ts';
import type { Depacketiser } from './picture.ts';

export interface Assembled {
  readonly rtp: number;
  readonly at: bigint;
  readonly keyframe: boolean;
  readonly data: Uint8Array;
  readonly config: CodecConfig | undefined;
  readonly lostBefore: boolean;
}

/** No picture is larger: 4K without loss of quality takes a third of it. */
const MAX_BYTES = 24 * 1024 * 1024;

/** Plain data only, so that it can be saved and go on later. */
export interface AssemblerState {
  parts: Uint8Array[];
  bytes: number;
  rtp: number;
  at: bigint;
  /** Packets are missing right before the next one. */
  hole: boolean;
  /** The rest of this picture is dropped. */
  dropping: number | undefined;
  /** Something is missing since the last keyframe, or before the last packet of sound. */
  damaged: boolean;
}

export function newAssembler(): AssemblerState {
  return { parts: [], bytes: 0, rtp: 0, at: 0n, hole: true, dropping: undefined, damaged: false };
}

export class PictureAssembler {
  readonly #state: AssemblerState;
  readonly #depacketiser: Depacketiser;
  readonly #counts: Counts;
  readonly #sound: boolean;

  constructor(state: AssemblerState, depacketiser: Depacketiser, counts: Counts, sound: boolean) {
    this.#state = state;
    this.#depacketiser = depacketiser;
    this.#counts = counts;
    this.#sound = sound;
  }

  /** Takes the next packet in order; adds what it completes, at most two pictures, to `out`. */
  push(packet: MediaPacket, out: Assembled[]): void {
    const state = this.#state;
    // Padding alone keeps a link warm and belongs to no picture.
    if (packet.payload.length === 0) return;
    if (state.parts.length > 0 && (packet.rtp !== state.rtp || this.#sound)) this.#finish(out);
    if (state.dropping === packet.rtp) return;
    if (state.parts.length === 0) {
      if (state.hole && !this.#depacketiser.begins(packet.payload)) {
        this.#drop(packet.rtp);
        return;
      }
      state.dropping = undefined;
      state.rtp = packet.rtp;
      state.at = packet.at;
    }
    state.hole = false;
    state.parts.push(packet.payload);
    state.bytes += packet.payload.length;
    if (packet.at > state.at) state.at = packet.at;
    if (state.bytes > MAX_BYTES) this.#drop(packet.rtp);
    else if (packet.marker || this.#sound) this.#finish(out);
  }

  /** Packets before the next one never came. */
  lost(): void {
    const state = this.#state;
    if (state.parts.length > 0) this.#drop(state.rtp);
    state.hole = true;
    state.damaged = true;
  }

  /** The next packet begins anew; what is open is incomplete. */
  restart(): void {
    this.lost();
    this.#state.dropping = undefined;
    this.#state.damaged = false;
  }

  /** The end: an open picture whose last packet may be missing is dropped. */
  end(): void {
    if (this.#state.parts.length > 0) this.#drop(this.#state.rtp);
  }

  #drop(rtp: number): void {
    const state = this.#state;
    if (state.dropping !== rtp) this.#counts.brokenFrames += 1;
    state.dropping = rtp;
    state.parts = [];
    state.bytes = 0;
    state.damaged = true;
  }

  #finish(out: Assembled[]): void {
    const state = this.#state;
    const picture = this.#depacketiser.assemble(state.parts);
    state.parts = [];
    state.bytes = 0;
    if (picture === undefined) {
      this.#counts.brokenFrames += 1;
      state.damaged = true;
      return;
    }
    const { data, keyframe, config } = picture;
    if (data.length === 0) return;
    if (keyframe && !this.#sound) state.damaged = false;
    out.push({ rtp: state.rtp, at: state.at, keyframe, data, config, lostBefore: state.damaged });
    if (this.#sound) state.damaged = false;
  }
}
