/** VP8 from its RTP payload (RFC 7741). */
import type { CodecConfig } from '../core/types.ts';
import { concatenate, type Depacketiser, type Picture, sameConfig } from './picture.ts';

export interface Vp8State {
  config: CodecConfig | undefined;
}

/** Bytes of the payload descriptor (section 4.2), or undefined when the payload ends in it. */
export function vp8DescriptorLength(payload: Uint8Array): number | undefined {
  let at = 1;
  if (((payload[0] ?? 0) & 0x80) !== 0) {
    const extended = payload[1] ?? 0;
    at = 2;
    if ((extended & 0x80) !== 0) at += ((payload[at] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((extended & 0x40) !== 0) at += 1;
    if ((extended & 0x30) !== 0) at += 1;
  }
  return at < payload.length ? at : undefined;
}

export class Vp8Depacketiser implements Depacketiser {
  readonly #state: Vp8State;

  constructor(state: Vp8State) {
    this.#state = state;
  }

  begins(payload: Uint8Array): boolean {
    // Start of partition 0.
    return ((payload[0] ?? 0) & 0x17) === 0x10;
  }

  assemble(payloads: readonly Uint8Array[]): Picture | undefined {
    const parts: Uint8Array[] = [];
    for (const payload of payloads) {
      const start = vp8DescriptorLength(payload);
      if (start === undefined) return undefined;
      parts.push(payload.subarray(start));
    }
    if (payloads[0] === undefined || !this.begins(payloads[0])) return undefined;
    const data = concatenate(parts);
    const keyframe = ((data[0] ?? 1) & 1) === 0;
    if (keyframe && !this.#readKeyframe(data)) return undefined;
    return { data, keyframe, config: this.#state.config };
  }

  /** The uncompressed data chunk of a keyframe (RFC 6386 section 9.1). */
  #readKeyframe(data: Uint8Array): boolean {
    if (data.length < 10 || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) return false;
    const width = (data[6] ?? 0) | (((data[7] ?? 0) & 0x3f) << 8);
    const height = (data[8] ?? 0) | (((data[9] ?? 0) & 0x3f) << 8);
    if (width === 0 || height === 0) return false;
    const config: CodecConfig = { codec: 'vp8', codecString: 'vp8', width, height };
    if (!sameConfig(config, this.#state.config)) this.#state.config = config;
    return true;
  }
}
