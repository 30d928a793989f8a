/**
 * The initialization segment of a fragmented MP4 with one track (ISO/IEC 14496-12): `ftyp` and a `moov` without samples.
 * Sample entries: ISO/IEC 14496-15 section 5.4.2 (avc1, avc3), the VP9 and AV1 bindings of the Alliance for Open Media and
 * the WebM project (vp09 with vpcC, av01 with av1C), "Encapsulation of Opus in ISO Base Media File Format" (Opus with dOps).
 */
import type { CodecConfig } from '../core/types.ts';
import { box, fullBox, join, text, u8, u16, u32, zeros } from './mp4-boxes.ts';

const TRACK_ID = 1;
/** No rotation, no scaling (section 6.2.2), 16.16 and 2.30 fixed point. */
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** ISO 639-2/T `und`, five bits a letter. */
const UNDETERMINED = 0x55c4;

/** Throws RangeError when the configuration lacks what its sample entry needs. */
export function mp4Init(config: CodecConfig, timescale: number): Uint8Array {
  const ftyp = box('ftyp', text('iso6'), u32(0), text('iso6dashmp41'));
  const mvhd = fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, 1000, 0, 0x10000),
    u16(0x100, 0),
    zeros(8),
    MATRIX,
    zeros(24),
    u32(TRACK_ID + 1),
  );
  const trex = fullBox('trex', 0, 0, u32(TRACK_ID, 1, 0, 0, 0));
  return join(ftyp, box('moov', mvhd, track(config, timescale), box('mvex', trex)));
}

function track(config: CodecConfig, timescale: number): Uint8Array {
  const sound = config.codec === 'opus';
  const { width = 0, height = 0 } = config;
  const size = u32(width * 0x10000, height * 0x10000);
  // Enabled and in the movie (flags 3); sound at full volume.
  const tkhd = fullBox(
    'tkhd',
    0,
    3,
    u32(0, 0, TRACK_ID, 0, 0),
    zeros(8),
    u16(0, 0, sound ? 0x100 : 0, 0),
    MATRIX,
    size,
  );
  const mdhd = fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), u16(UNDETERMINED, 0));
  const handler = sound ? 'soun' : 'vide';
  const hdlr = fullBox('hdlr', 0, 0, u32(0), text(handler), zeros(12), zeros(1));
  const header = sound ? fullBox('smhd', 0, 0, zeros(4)) : fullBox('vmhd', 0, 1, zeros(8));
  const dinf = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  const stbl = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), sound ? soundEntry(config) : pictureEntry(config)),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );
  return box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', header, dinf, stbl)));
}

/** Fields that every sample entry begins with (section 8.5.2.2). */
const ENTRY = [zeros(6), u16(1)] as const;

function pictureEntry(config: CodecConfig): Uint8Array {
  const { width, height } = config;
  if (!width || !height) throw new RangeError('A configuration of pictures names their size.');
  const [type, boxOfCodec] = pictureCodec(config);
  const resolution = u32(0x480000, 0x480000, 0); // 72 dpi, as everyone writes.
  const frames = u16(1);
  const depth = u16(0x18, 0xffff);
  return box(
    type,
    ENTRY,
    zeros(16),
    u16(width, height),
    resolution,
    frames,
    zeros(32), // Name of the compressor.
    depth,
    boxOfCodec,
  );
}

function pictureCodec(config: CodecConfig): readonly [string, Uint8Array] {
  const { codec, codecString } = config;
  const description = described(config);
  if (codec === 'h264') return [codecString.startsWith('avc3') ? 'avc3' : 'avc1', box('avcC', description)];
  if (codec === 'vp9') return ['vp09', box('vpcC', vpcc(description))];
  if (codec === 'av1') return ['av01', box('av1C', description)];
  throw new RangeError(`${codec} is not written into MP4.`);
}

/** The record of vpcC with its version and flags, which some producers of it leave to the container. */
function vpcc(description: Uint8Array): Uint8Array {
  return description.length === 8 ? join(u8(1, 0, 0, 0), description) : description;
}

function soundEntry(config: CodecConfig): Uint8Array {
  const { channels = 2 } = config;
  // The sample rate is 48000 in 16.16 whatever the input was (Opus in ISOBMFF section 4.3.1).
  return box(
    'Opus',
    ENTRY,
    zeros(8),
    u16(channels, 16, 0, 0),
    u32(48_000 * 0x10000),
    box('dOps', described(config)),
  );
}

function described({ description, codec }: CodecConfig): Uint8Array {
  if (!description) throw new RangeError(`A configuration of ${codec} has a description.`);
  return description;
}
