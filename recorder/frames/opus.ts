/** Opus from its RTP payload (RFC 7587): each packet is one frame of the container, with its DTX and FEC as sent. */
import type { CodecConfig } from '../core/types.ts';
import type { Depacketiser, Picture } from './picture.ts';

/** Frames of a packet in samples of 48 kHz by the configuration number of its first byte (RFC 6716 section 3.1). */
function frameSamples(configuration: number): number {
  if (configuration < 12) return [480, 960, 1920, 2880][configuration % 4] ?? 960;
  if (configuration < 16) return configuration % 2 === 0 ? 480 : 960;
  return [120, 240, 480, 960][configuration % 4] ?? 960;
}

/** Samples at 48 kHz in a packet; undefined when it is no Opus packet (RFC 6716 section 3.2). */
export function opusSamples(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 0x3f : 2;
  const samples = frames * frameSamples(toc >> 3);
  // At most 120 ms.
  return frames === 0 || samples > 5760 ? undefined : samples;
}

/**
 * Codec string and dOps ("Encapsulation of Opus in ISO Base Media File Format" section 4.3.2) for what WebRTC sends. Pre-skip
 * is 0: the recording begins in the middle of a stream, and cutting sound would only move it against the picture.
 */
export function opusConfig(channels: number): CodecConfig {
  const description = Uint8Array.of(0, channels, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0);
  return { codec: 'opus', codecString: 'opus', channels, description };
}

export class OpusDepacketiser implements Depacketiser {
  readonly #config: CodecConfig;

  constructor(config: CodecConfig) {
    this.#config = config;
  }

  begins(): boolean {
    return true;
  }

  assemble(payloads: readonly Uint8Array[]): Picture | undefined {
    const data = payloads[0];
    if (payloads.length !== 1 || data === undefined || opusSamples(data) === undefined) return undefined;
    return { data, keyframe: true, config: this.#config };
  }
}
