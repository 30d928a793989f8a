/**
 * VP9 from its RTP payload (RFC 9628), with or without spatial layers, in flexible and non-flexible mode. All layers of a
 * picture become one superframe (VP9 bitstream specification, annex B), of which decoders show the highest.
 */
import type { CodecConfig } from '../core/types.ts';
import { concatenate, type Depacketiser, type Picture, sameConfig } from './picture.ts';
import { parseVp9Header, vp9Config } from './vp9-header.ts';

export interface Vp9State {
  config: CodecConfig | undefined;
  /** Sizes of the spatial layers as the last scalability structure said. */
  sizes: { width: number; height: number }[];
}

interface Descriptor {
  readonly length: number;
  /** Beginning and end of a layer's frame. */
  readonly begin: boolean;
  readonly end: boolean;
  /** Predicted from pictures before. */
  readonly inter: boolean;
  /** Spatial layer; 0 without layers. */
  readonly layer: number;
  readonly sizes: { width: number; height: number }[] | undefined;
}

const MAX_FRAMES = 8;

/** The payload descriptor (section 4.2); undefined when it is malformed or nothing follows it. */
export function parseVp9Descriptor(payload: Uint8Array): Descriptor | undefined {
  const first = payload[0] ?? 0;
  const flexible = (first & 0x10) !== 0;
  let at = 1;
  if ((first & 0x80) !== 0) at += ((payload[at] ?? 0) & 0x80) !== 0 ? 2 : 1;
  let layer = 0;
  if ((first & 0x20) !== 0) {
    layer = ((payload[at] ?? 0) >> 1) & 7;
    at += flexible ? 1 : 2;
  }
  const inter = (first & 0x40) !== 0;
  if (flexible && inter) {
    // Up to three references; the last bit of each says whether another follows.
    let more = true;
    for (let n = 0; more; n += 1, at += 1) {
      if (n === 3) return undefined;
      more = ((payload[at] ?? 0) & 1) !== 0;
    }
  }
  let sizes: Descriptor['sizes'];
  if ((first & 0x02) !== 0) {
    const structure = parseStructure(payload, at);
    sizes = structure.sizes;
    at = structure.end;
  }
  if (at >= payload.length) return undefined;
  return { length: at, begin: (first & 8) !== 0, end: (first & 4) !== 0, inter, layer, sizes };
}

/** The scalability structure (section 4.2.1). */
function parseStructure(payload: Uint8Array, start: number): { sizes: Descriptor['sizes']; end: number } {
  const byte = (n: number) => payload[n] ?? 0;
  const head = byte(start);
  let at = start + 1;
  let sizes: Descriptor['sizes'];
  if ((head & 0x10) !== 0) {
    sizes = [];
    for (let n = 0; n <= head >> 5; n += 1, at += 4) {
      sizes.push({
        width: (byte(at) << 8) | byte(at + 1),
        height: (byte(at + 2) << 8) | byte(at + 3),
      });
    }
  }
  if ((head & 0x08) !== 0) {
    const pictures = byte(at);
    at += 1;
    for (let n = 0; n < pictures && at < payload.length; n += 1) at += 1 + ((byte(at) >> 2) & 3);
  }
  return { sizes, end: at };
}

/** Frames of one picture with the index that tells a decoder where each begins. */
export function superframe(frames: readonly Uint8Array[]): Uint8Array {
  const only = frames[0];
  if (frames.length === 1 && only !== undefined) return only;
  let longest = 0;
  for (const frame of frames) longest = Math.max(longest, frame.length);
  const bytes = Math.max(1, Math.ceil((32 - Math.clz32(longest)) / 8));
  const index = new Uint8Array(2 + frames.length * bytes);
  const marker = 0xc0 | ((bytes - 1) << 3) | (frames.length - 1);
  index[0] = marker;
  index[index.length - 1] = marker;
  frames.forEach((frame, n) => {
    for (let b = 0; b < bytes; b += 1) index[1 + n * bytes + b] = (frame.length >>> (8 * b)) & 0xff;
  });
  return concatenate([...frames, index]);
}

export class Vp9Depacketiser implements Depacketiser {
  readonly #state: Vp9State;

  constructor(state: Vp9State) {
    this.#state = state;
  }

  begins(payload: Uint8Array): boolean {
    const descriptor = parseVp9Descriptor(payload);
    return descriptor?.begin === true && descriptor.layer === 0;
  }

  assemble(payloads: readonly Uint8Array[]): Picture | undefined {
    const frames: Uint8Array[] = [];
    let parts: Uint8Array[] = [];
    let key = false;
    let top = -1;
    let open = false;
    for (const payload of payloads) {
      const descriptor = parseVp9Descriptor(payload);
      // Each layer is whole and stands above the one before.
      if (descriptor === undefined || descriptor.begin === open) return undefined;
      if (descriptor.begin ? descriptor.layer <= top : descriptor.layer !== top) return undefined;
      if (descriptor.begin && top === -1) key = !descriptor.inter;
      top = descriptor.layer;
      if (descriptor.sizes !== undefined) this.#state.sizes = descriptor.sizes;
      parts.push(payload.subarray(descriptor.length));
      open = !descriptor.end;
      if (open) continue;
      frames.push(concatenate(parts));
      parts = [];
    }
    const base = frames[0];
    if (open || base === undefined || frames.length > MAX_FRAMES) return undefined;
    const header = parseVp9Header(base);
    if (header === undefined) return undefined;
    const keyframe = key && header.keyframe;
    if (keyframe) {
      const size = (top > 0 ? this.#state.sizes[top] : undefined) ?? header;
      const config = vp9Config(header, size.width, size.height);
      if (!sameConfig(config, this.#state.config)) this.#state.config = config;
    }
    return { data: superframe(frames), keyframe, config: this.#state.config };
  }
}
