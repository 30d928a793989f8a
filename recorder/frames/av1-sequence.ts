/** The sequence header of AV1 (bitstream specification section 5.5) and what containers make of it. */
import type { CodecConfig } from '../core/types.ts';
import { BitReader } from './bits.ts';

export interface Av1Sequence {
  readonly profile: number;
  readonly reduced: boolean;
  readonly level: number;
  readonly tier: number;
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly monochrome: boolean;
  readonly subsamplingX: number;
  readonly subsamplingY: number;
  readonly chromaPosition: number;
}

/** Reads operating points, of which the first counts: it holds all layers. */
function readOperatingPoints(bits: BitReader): { level: number; tier: number } {
  let delayBits = 0;
  let decoderModel = false;
  if (bits.flag()) {
    bits.skip(64);
    if (bits.flag()) bits.uvlc();
    decoderModel = bits.flag();
    if (decoderModel) {
      delayBits = bits.bits(5) + 1;
      bits.skip(42);
    }
  }
  const displayDelay = bits.flag();
  const count = bits.bits(5) + 1;
  let first = { level: 0, tier: 0 };
  for (let n = 0; n < count; n += 1) {
    bits.skip(12);
    const level = bits.bits(5);
    const tier = level > 7 ? bits.bit() : 0;
    if (n === 0) first = { level, tier };
    if (decoderModel && bits.flag()) bits.skip(2 * delayBits + 1);
    if (displayDelay && bits.flag()) bits.skip(4);
  }
  return first;
}

function skipTools(bits: BitReader, reduced: boolean): void {
  bits.skip(3);
  if (!reduced) {
    bits.skip(4);
    const orderHint = bits.flag();
    if (orderHint) bits.skip(2);
    const screenContent = bits.flag() ? 2 : bits.bit();
    if (screenContent > 0 && !bits.flag()) bits.skip(1);
    if (orderHint) bits.skip(3);
  }
  bits.skip(3);
}

type Colors = Pick<
  Av1Sequence,
  'bitDepth' | 'monochrome' | 'subsamplingX' | 'subsamplingY' | 'chromaPosition'
>;

/** color_config() (section 5.5.2). */
function readColors(bits: BitReader, profile: number): Colors {
  const high = bits.flag();
  const bitDepth = profile === 2 && high ? (bits.flag() ? 12 : 10) : high ? 10 : 8;
  const monochrome = profile === 1 ? false : bits.flag();
  const code = bits.flag() ? bits.bits(24) : 0x020202;
  const colors = { bitDepth, monochrome, subsamplingX: 1, subsamplingY: 1, chromaPosition: 0 };
  if (monochrome) {
    bits.skip(1);
    return colors;
  }
  // BT.709 primaries, sRGB transfer, identity matrix.
  if (code === 0x010d00) return { ...colors, subsamplingX: 0, subsamplingY: 0 };
  bits.skip(1);
  if (profile === 1) return { ...colors, subsamplingX: 0, subsamplingY: 0 };
  if (profile === 2) {
    colors.subsamplingX = bitDepth === 12 ? bits.bit() : 1;
    colors.subsamplingY = bitDepth === 12 && colors.subsamplingX === 1 ? bits.bit() : 0;
  }
  if (colors.subsamplingX === 1 && colors.subsamplingY === 1) colors.chromaPosition = bits.bits(2);
  return colors;
}

/** Reads the payload of a sequence header OBU; undefined when it is malformed. */
export function parseAv1Sequence(payload: Uint8Array): Av1Sequence | undefined {
  const bits = new BitReader(payload);
  const profile = bits.bits(3);
  bits.skip(1);
  const reduced = bits.flag();
  const { level, tier } = reduced ? { level: bits.bits(5), tier: 0 } : readOperatingPoints(bits);
  const widthBits = bits.bits(4) + 1;
  const heightBits = bits.bits(4) + 1;
  const width = bits.bits(widthBits) + 1;
  const height = bits.bits(heightBits) + 1;
  if (!reduced && bits.flag()) bits.skip(7);
  skipTools(bits, reduced);
  const colors = readColors(bits, profile);
  if (bits.overrun || profile > 2) return undefined;
  return { profile, reduced, level, tier, width, height, ...colors };
}

/**
 * av1C (AV1 Codec ISO Media File Format Binding section 2.3) with the sequence header OBU, which has its size field, and the
 * codec string (section 5 of the same).
 */
export function av1Config(sequence: Av1Sequence, sequenceObu: Uint8Array): CodecConfig {
  const { profile, level, tier, bitDepth, monochrome, subsamplingX, subsamplingY, chromaPosition } = sequence;
  const depth = (bitDepth > 8 ? 0x40 : 0) | (bitDepth === 12 ? 0x20 : 0) | (monochrome ? 0x10 : 0);
  const chroma = (subsamplingX << 3) | (subsamplingY << 2) | chromaPosition;
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    codec: 'av1',
    codecString: `av01.${profile}.${two(level)}${tier === 1 ? 'H' : 'M'}.${two(bitDepth)}`,
    width: sequence.width,
    height: sequence.height,
    description: Uint8Array.of(
      ...[0x81, (profile << 5) | level, (tier << 7) | depth | chroma, 0],
      ...sequenceObu,
    ),
  };
}
