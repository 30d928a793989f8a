import type { CodecConfig } from '../core/types.ts';

/** One whole picture or packet of sound, made of the payloads of its packets. */
export interface Picture {
  readonly data: Uint8Array;
  readonly keyframe: boolean;
  /** What it decodes with; the same object while nothing changes. Absent before the first keyframe. */
  readonly config: CodecConfig | undefined;
}

/** The data of packets that are well formed but show nothing, such as parameter sets alone. */
export const NO_PICTURE = new Uint8Array();

/** Turns payloads into pictures. Its state is plain data, so that it can be saved and go on later. */
export interface Depacketiser {
  /** Whether a picture may begin with this payload: asked where packets before it are missing. */
  begins(payload: Uint8Array): boolean;
  /** A picture of all its payloads in order; undefined when they are malformed. */
  assemble(payloads: readonly Uint8Array[]): Picture | undefined;
}

/** The parts one after the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, n) => byte === b[n]);
}

export function sameConfig(a: CodecConfig | undefined, b: CodecConfig | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return (
    a.codecString === b.codecString &&
    a.width === b.width &&
    a.height === b.height &&
    a.channels === b.channels &&
    sameBytes(a.description, b.description)
  );
}
