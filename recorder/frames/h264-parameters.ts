/** Parameter sets of H.264 (ITU-T H.264 section 7.3.2) and what containers make of them. */
import type { CodecConfig } from '../core/types.ts';
import { BitReader } from './bits.ts';

export interface Sps {
  readonly id: number;
  readonly profile: number;
  readonly compatibility: number;
  readonly level: number;
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** After cropping. */
  readonly width: number;
  readonly height: number;
}

/** Profiles whose SPS and avcC tell the chroma format (section 7.3.2.1.1; ISO/IEC 14496-15 section 5.3.3.1.2). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const MAX_SIZE = 16_384;

/** The NAL unit without its header and without emulation prevention (section 7.3.1). */
function rawBytes(nal: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(nal.length);
  let length = 0;
  let zeros = 0;
  for (let n = 1; n < nal.length; n += 1) {
    const byte = nal[n] ?? 0;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    bytes[length] = byte;
    length += 1;
  }
  return bytes.subarray(0, length);
}

function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count; list += 1) {
    if (!bits.flag()) continue;
    let next = 8;
    for (let n = 0; n < (list < 6 ? 16 : 64) && next !== 0; n += 1) next = (next + bits.se() + 256) % 256;
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.ue();
  if (type === 0) bits.ue();
  if (type !== 1) return;
  bits.skip(1);
  bits.se();
  bits.se();
  const count = bits.ue();
  for (let n = 0; n < count && n < 256; n += 1) bits.se();
}

/** A sequence parameter set with its NAL header; undefined when it cannot be one. */
export function parseSps(nal: Uint8Array): Sps | undefined {
  if (nal.length < 5 || ((nal[0] ?? 0) & 0x1f) !== 7) return undefined;
  const bits = new BitReader(rawBytes(nal));
  const profile = bits.bits(8);
  const compatibility = bits.bits(8);
  const level = bits.bits(8);
  const id = bits.ue();
  let chromaFormat = 1;
  let depths = [8, 8];
  let separate = false;
  if (HIGH_PROFILES.has(profile)) {
    chromaFormat = bits.ue();
    if (chromaFormat === 3) separate = bits.flag();
    depths = [8 + bits.ue(), 8 + bits.ue()];
    bits.skip(1);
    if (bits.flag()) skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
  }
  bits.ue();
  skipPictureOrder(bits);
  bits.ue();
  bits.skip(1);
  const widthInBlocks = bits.ue() + 1;
  const heightInUnits = bits.ue() + 1;
  const framesOnly = bits.flag();
  if (!framesOnly) bits.skip(1);
  bits.skip(1);
  const crop = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  // Table 6-1: chroma samples are the unit of cropping where there are any.
  const colors = separate ? 0 : chromaFormat;
  const unitX = colors === 1 || colors === 2 ? 2 : 1;
  const unitY = (colors === 1 ? 2 : 1) * (framesOnly ? 1 : 2);
  const width = widthInBlocks * 16 - (left + right) * unitX;
  const height = heightInUnits * 16 * (framesOnly ? 1 : 2) - (top + bottom) * unitY;
  const [bitDepthLuma = 8, bitDepthChroma = 8] = depths;
  if (bits.overrun || id > 31 || chromaFormat > 3 || bitDepthLuma > 14 || bitDepthChroma > 14)
    return undefined;
  if (width < 1 || height < 1 || width > MAX_SIZE || height > MAX_SIZE) return undefined;
  return { id, profile, compatibility, level, chromaFormat, bitDepthLuma, bitDepthChroma, width, height };
}

/** The ids of a picture parameter set and of the sequence it belongs to; undefined when it cannot be one. */
export function parsePps(nal: Uint8Array): { readonly id: number; readonly spsId: number } | undefined {
  if (nal.length < 2 || ((nal[0] ?? 0) & 0x1f) !== 8) return undefined;
  const bits = new BitReader(rawBytes(nal.subarray(0, 16)));
  const id = bits.ue();
  const spsId = bits.ue();
  return bits.overrun || id > 255 || spsId > 31 ? undefined : { id, spsId };
}

/**
 * avcC (ISO/IEC 14496-15 section 5.3.3.1) with lengths of 4 bytes, and the codec string (RFC 6381 section 3.3) of the first
 * SPS. Undefined without an SPS or a PPS.
 */
export function h264Config(
  spsNals: readonly Uint8Array[],
  ppsNals: readonly Uint8Array[],
): CodecConfig | undefined {
  const first = spsNals[0];
  const sps = first === undefined ? undefined : parseSps(first);
  if (sps === undefined || ppsNals.length === 0 || spsNals.length > 31 || ppsNals.length > 255)
    return undefined;
  const bytes: number[] = [1, sps.profile, sps.compatibility, sps.level, 0xff, 0xe0 | spsNals.length];
  for (const nal of spsNals) bytes.push(nal.length >> 8, nal.length & 0xff, ...nal);
  bytes.push(ppsNals.length);
  for (const nal of ppsNals) bytes.push(nal.length >> 8, nal.length & 0xff, ...nal);
  if (HIGH_PROFILES.has(sps.profile)) {
    const luma = sps.bitDepthLuma - 8;
    bytes.push(0xfc | sps.chromaFormat, 0xf8 | luma, 0xf8 | (sps.bitDepthChroma - 8), 0);
  }
  const hex = [sps.profile, sps.compatibility, sps.level].map((byte) => byte.toString(16).padStart(2, '0'));
  return {
    codec: 'h264',
    codecString: `avc1.${hex.join('')}`,
    width: sps.width,
    height: sps.height,
    description: Uint8Array.from(bytes),
  };
}
