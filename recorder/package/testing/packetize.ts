/** Frames as RTP payloads, as plainly as the payload formats allow: RFC 7741, RFC 9628, RFC 6184, AV1's own, RFC 7587. */
import type { CodecConfig } from '../../core/types.ts';

const MTU = 1100;

function pieces(data: Uint8Array): Uint8Array[] {
  const found = [];
  for (let at = 0; at < data.length; at += MTU) found.push(data.subarray(at, at + MTU));
  return found;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** H.264 with 4-byte lengths: single NAL units and FU-A. */
function h264(data: Uint8Array): Uint8Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const payloads = [];
  for (let at = 0; at < data.length; ) {
    const end = at + 4 + view.getUint32(at);
    const nal = data.subarray(at + 4, end);
    at = end;
    if (nal.length <= MTU) {
      payloads.push(nal);
      continue;
    }
    const [head = 0] = nal;
    const parts = pieces(nal.subarray(1));
    for (const [index, part] of parts.entries()) {
      const edge = (index === 0 ? 0x80 : 0) | (index === parts.length - 1 ? 0x40 : 0);
      payloads.push(join(Uint8Array.of((head & 0xe0) | 28, edge | (head & 0x1f)), part));
    }
  }
  return payloads;
}

/** SPS and PPS out of avcC. */
function parameterSets(avcc: Uint8Array): Uint8Array[] {
  const view = new DataView(avcc.buffer, avcc.byteOffset, avcc.byteLength);
  const sets = [];
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    const count = view.getUint8(at) & mask;
    at += 1;
    for (let n = 0; n < count; n += 1) {
      const length = view.getUint16(at);
      sets.push(avcc.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return sets;
}

function leb128(bytes: Uint8Array, at: number): { value: number; length: number } {
  let value = 0;
  for (let n = 0; n < 8; n += 1) {
    const byte = bytes[at + n] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * n);
    if (byte < 0x80) return { value, length: n + 1 };
  }
  throw new RangeError('no leb128');
}

/** OBUs of a temporal unit without sizes and without the delimiter, one after the other: W is 1 in every packet. */
function av1(data: Uint8Array, keyframe: boolean): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let at = 0; at < data.length; ) {
    const head = data[at] ?? 0;
    const extension = head & 4 ? 1 : 0;
    const { value, length } = leb128(data, at + 1 + extension);
    const start = at + 1 + extension + length;
    const obu = join(
      Uint8Array.of(head & ~2),
      data.subarray(at + 1, at + 1 + extension),
      data.subarray(start, start + value),
    );
    at = start + value;
    if (((head >> 3) & 15) === 2) continue;
    const parts = pieces(obu);
    for (const [index, part] of parts.entries()) {
      const z = index > 0 ? 0x80 : 0;
      const y = index < parts.length - 1 ? 0x40 : 0;
      const n = keyframe && payloads.length === 0 ? 0x08 : 0;
      payloads.push(join(Uint8Array.of(z | y | 0x10 | n), part));
    }
  }
  return payloads;
}

/** RTP payloads of one frame, in order; the marker belongs on the last. */
export function payloadsOf(config: CodecConfig, data: Uint8Array, keyframe: boolean): Uint8Array[] {
  switch (config.codec) {
    case 'opus':
      return [data];
    case 'vp8':
      return pieces(data).map((part, index) => join(Uint8Array.of(index === 0 ? 0x10 : 0), part));
    case 'vp9': {
      const parts = pieces(data);
      return parts.map((part, index) => {
        const edge = (index === 0 ? 0x08 : 0) | (index === parts.length - 1 ? 0x04 : 0);
        return join(Uint8Array.of((keyframe ? 0 : 0x40) | edge), part);
      });
    }
    case 'h264': {
      const sets = keyframe && config.description ? parameterSets(config.description) : [];
      return [...sets, ...h264(data)];
    }
    case 'av1':
      return av1(data, keyframe);
  }
}
