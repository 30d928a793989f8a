/** What the head of a VP9 frame says, as far as containers need it (VP9 bitstream specification, section 6.2). */
import type { CodecConfig } from '../core/types.ts';
import { BitReader } from './bits.ts';

export interface Vp9Header {
  readonly profile: number;
  readonly showExisting: boolean;
  readonly keyframe: boolean;
  /** The rest of a keyframe only. */
  readonly bitDepth: number;
  readonly colorSpace: number;
  readonly fullRange: boolean;
  /** As vpcC counts it: 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4 and 4:4:0. */
  readonly chroma: number;
  readonly width: number;
  readonly height: number;
}

const RGB = 7;

/** Reads the uncompressed header up to the size; undefined when it is none. */
export function parseVp9Header(frame: Uint8Array): Vp9Header | undefined {
  const bits = new BitReader(frame);
  if (bits.bits(2) !== 2) return undefined;
  const profile = bits.bit() + 2 * bits.bit();
  if (profile === 3 && bits.flag()) return undefined;
  const header = { profile, bitDepth: 8, colorSpace: 0, fullRange: false, chroma: 1, width: 0, height: 0 };
  if (bits.flag()) return { ...header, showExisting: true, keyframe: false };
  const keyframe = !bits.flag();
  bits.skip(2);
  if (!keyframe) return bits.overrun ? undefined : { ...header, showExisting: false, keyframe };
  if (bits.bits(24) !== 0x498342) return undefined;
  if (profile >= 2) header.bitDepth = bits.flag() ? 12 : 10;
  header.colorSpace = bits.bits(3);
  if (header.colorSpace === RGB) {
    header.fullRange = true;
    header.chroma = 3;
    if (profile === 1 || profile === 3) bits.skip(1);
  } else {
    header.fullRange = bits.flag();
    if (profile === 1 || profile === 3) {
      const halfWidth = bits.flag();
      const halfHeight = bits.flag();
      bits.skip(1);
      header.chroma = halfWidth && !halfHeight ? 2 : 3;
    }
  }
  header.width = bits.bits(16) + 1;
  header.height = bits.bits(16) + 1;
  return bits.overrun ? undefined : { ...header, showExisting: false, keyframe };
}

/** Levels of VP9 ("VP9 Levels", webmproject.org/vp9/levels): ten times the level, the most luma samples of a picture, and a second. */
const LEVELS: readonly (readonly [number, number, number])[] = [
  [10, 36_864, 829_440],
  [11, 73_728, 2_764_800],
  [20, 122_880, 4_608_000],
  [21, 245_760, 9_216_000],
  [30, 552_960, 20_736_000],
  [31, 983_040, 36_864_000],
  [40, 2_228_224, 83_558_400],
  [41, 2_228_224, 160_432_128],
  [50, 8_912_896, 311_951_360],
  [51, 8_912_896, 588_251_136],
  [52, 8_912_896, 1_176_502_272],
  [60, 35_651_584, 1_176_502_272],
  [61, 35_651_584, 2_353_004_544],
];
/** Cameras of calls give no more; the level must hold for what is yet to come. */
const FRAME_RATE = 60;
/** color_space of the frame as code points of ISO/IEC 23091-2: primaries, transfer, matrix. */
const COLORS: readonly (readonly [number, number, number])[] = [
  [2, 2, 2],
  [6, 6, 6],
  [1, 1, 1],
  [6, 6, 6],
  [7, 7, 7],
  [9, 14, 9],
  [2, 2, 2],
  [1, 13, 0],
];

/**
 * Codec string and vpcC (VP Codec ISO Media File Format Binding, version 1.0) of a stream with this keyframe. The
 * description is the box's content, beginning with version and flags.
 */
export function vp9Config(header: Vp9Header, width: number, height: number): CodecConfig {
  const luma = width * height;
  const level = LEVELS.find(([, size, rate]) => luma <= size && luma * FRAME_RATE <= rate)?.[0] ?? 62;
  const two = (value: number) => String(value).padStart(2, '0');
  const [primaries, transfer, matrix] = COLORS[header.colorSpace] ?? [2, 2, 2];
  const bits = (header.bitDepth << 4) | (header.chroma << 1) | (header.fullRange ? 1 : 0);
  const description = Uint8Array.of(
    ...[1, 0, 0, 0, header.profile, level, bits],
    ...[primaries, transfer, matrix, 0, 0],
  );
  const codecString = `vp09.${two(header.profile)}.${two(level)}.${two(header.bitDepth)}`;
  return { codec: 'vp9', codecString, width, height, description };
}
