/**
 * AV1 from its RTP payload ("RTP Payload Format For AV1", aomediacodec.github.io/av1-rtp-spec). A temporal unit becomes OBUs with
 * size fields (AV1 specification section 5.2, low-overhead format), without temporal delimiters, as MP4 has them.
 */
import type { CodecConfig } from '../core/types.ts';
import { av1Config, parseAv1Sequence } from './av1-sequence.ts';
import { BitReader } from './bits.ts';
import { concatenate, type Depacketiser, NO_PICTURE, type Picture, sameBytes } from './picture.ts';

export interface Av1State {
  config: CodecConfig | undefined;
  /** The sequence header OBU in use, with its size field. */
  sequence: Uint8Array | undefined;
  reduced: boolean;
}

const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const FRAME_HEADER = 3;
const TILE_GROUP = 4;
const FRAME = 6;
const TILE_LIST = 8;
const PADDING = 15;

/** leb128 (section 4.10.5) of at most 4 bytes here: more does not fit any packet. Undefined when it goes on. */
function leb128(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let n = 0; n < 4; n += 1) {
    const byte = bytes[start + n];
    if (byte === undefined) return undefined;
    value |= (byte & 0x7f) << (7 * n);
    if ((byte & 0x80) === 0) return { value, end: start + n + 1 };
  }
  return undefined;
}

function encodeLeb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

interface Obu {
  readonly type: number;
  /** Header with the size field set, and extension if there is one. */
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/** An OBU element, which may have a size field (it should not) or not. */
function parseObu(element: Uint8Array): Obu | undefined {
  const head = element[0] ?? 0x80;
  if ((head & 0x80) !== 0) return undefined;
  const start = (head & 4) !== 0 ? 2 : 1;
  if (element.length < start) return undefined;
  let payload = element.subarray(start);
  if ((head & 2) !== 0) {
    const size = leb128(element, start);
    if (size === undefined || size.end + size.value > element.length) return undefined;
    payload = element.subarray(size.end, size.end + size.value);
  }
  const extension = start === 2 ? [element[1] ?? 0] : [];
  const header = Uint8Array.of(head | 2, ...extension, ...encodeLeb128(payload.length));
  return { type: (head >> 3) & 15, header, payload };
}

/** Frame type and whether it is shown, of a frame or frame header OBU (section 5.9.2). */
function isKeyFrame({ payload }: Obu, reduced: boolean): boolean {
  if (reduced) return true;
  const bits = new BitReader(payload);
  const showExisting = bits.flag();
  const type = bits.bits(2);
  return !showExisting && type === 0 && bits.flag() && !bits.overrun;
}

export class Av1Depacketiser implements Depacketiser {
  readonly #state: Av1State;

  constructor(state: Av1State) {
    this.#state = state;
  }

  begins(payload: Uint8Array): boolean {
    const head = payload[0] ?? 0x80;
    if ((head & 0x80) !== 0) return false;
    if ((head & 0x08) !== 0) return true;
    const size = ((head >> 4) & 3) === 1 ? undefined : leb128(payload, 1);
    const obu = payload[size?.end ?? 1] ?? 0;
    // A spatial layer above the lowest, or tiles alone, follow something that is missing.
    const layer = (obu & 4) !== 0 ? ((payload[(size?.end ?? 1) + 1] ?? 0) >> 3) & 3 : 0;
    return layer === 0 && ((obu >> 3) & 15) !== TILE_GROUP;
  }

  assemble(payloads: readonly Uint8Array[]): Picture | undefined {
    const elements = collectElements(payloads);
    if (elements === undefined) return undefined;
    const parts: Uint8Array[] = [];
    let key: boolean | undefined;
    let sequence = false;
    let tiles = false;
    for (const element of elements) {
      const obu = parseObu(element);
      if (obu === undefined) return undefined;
      if (obu.type === TEMPORAL_DELIMITER || obu.type === TILE_LIST || obu.type === PADDING) continue;
      if (obu.type === SEQUENCE_HEADER) {
        if (!this.#takeSequence(obu)) return undefined;
        sequence = true;
      }
      // The first frame decides: higher layers of a key picture refer to it.
      if (obu.type === FRAME || obu.type === FRAME_HEADER) key ??= isKeyFrame(obu, this.#state.reduced);
      if (obu.type === TILE_GROUP) tiles = true;
      parts.push(obu.header, obu.payload);
    }
    // A unit without a frame shows nothing; tiles without the head of their frame are malformed.
    if (key === undefined)
      return tiles ? undefined : { data: NO_PICTURE, keyframe: false, config: this.#state.config };
    return { data: concatenate(parts), keyframe: key === true && sequence, config: this.#state.config };
  }

  #takeSequence(obu: Obu): boolean {
    const whole = concatenate([obu.header, obu.payload]);
    if (sameBytes(whole, this.#state.sequence)) return true;
    const sequence = parseAv1Sequence(obu.payload);
    if (sequence === undefined) return false;
    this.#state.sequence = whole;
    this.#state.reduced = sequence.reduced;
    this.#state.config = av1Config(sequence, whole);
    return true;
  }
}

/** OBU elements of a temporal unit (section 4.4: aggregation header), fragments joined; undefined when they do not fit together. */
function collectElements(payloads: readonly Uint8Array[]): Uint8Array[] | undefined {
  const elements: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  for (const payload of payloads) {
    const head = payload[0] ?? 0;
    const count = (head >> 4) & 3;
    const goesOn = (head & 0x40) !== 0;
    if (((head & 0x80) !== 0) !== open.length > 0) return undefined;
    let at = 1;
    for (let n = 1; at < payload.length; n += 1) {
      let end = payload.length;
      if (count === 0 || n < count) {
        const size = leb128(payload, at);
        if (size === undefined || size.end + size.value > payload.length) return undefined;
        at = size.end;
        end = at + size.value;
      } else if (n > count) return undefined;
      open.push(payload.subarray(at, end));
      at = end;
      if (at === payload.length && goesOn) break;
      const element = open.length === 1 ? open[0] : concatenate(open);
      if (element !== undefined && element.length > 0) elements.push(element);
      open = [];
    }
  }
  return open.length === 0 ? elements : undefined;
}
