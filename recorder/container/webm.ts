/**
 * WebM with one VP8 track (RFC 9559, RFC 8794): the init is the EBML header and the beginning of a Segment of unknown size
 * with Info and Tracks; each media segment is one Cluster with its absolute time in milliseconds. The last frame of a
 * cluster is a BlockGroup with its duration, since nothing behind it says when it ends.
 */
import type { CodecConfig } from '../core/types.ts';
import type { ContainerFrame } from './container.ts';
import { join, type Part, text, u8 } from './mp4-boxes.ts';

/** Element ids (RFC 9559 section 5.1, RFC 8794 section 11.2). */
const ID = {
  ebml: 0x1a45dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  referenceBlock: 0xfb,
} as const;
const TRACK_NUMBER = 1;
const VIDEO = 1;
const KEYFRAME = 0x80;
/** Size of an element that ends where the next of its level begins (RFC 8794 section 6.2). */
const UNKNOWN_SIZE = u8(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

/** Throws RangeError for anything but VP8 with a size. */
export function webmInit({ codec, width, height }: CodecConfig): Uint8Array {
  if (codec !== 'vp8' || !width || !height) throw new RangeError('WebM is written for VP8 of a known size.');
  const header = element(
    ID.ebml,
    number(ID.ebmlVersion, 1),
    number(ID.ebmlReadVersion, 1),
    number(ID.ebmlMaxIdLength, 4),
    number(ID.ebmlMaxSizeLength, 8),
    element(ID.docType, text('webm')),
    number(ID.docTypeVersion, 4),
    number(ID.docTypeReadVersion, 2),
  );
  const name = text('GoldenHour');
  const info = element(
    ID.info,
    number(ID.timestampScale, 1_000_000),
    element(ID.muxingApp, name),
    element(ID.writingApp, name),
  );
  const video = element(ID.video, number(ID.pixelWidth, width), number(ID.pixelHeight, height));
  const entry = element(
    ID.trackEntry,
    number(ID.trackNumber, TRACK_NUMBER),
    number(ID.trackUid, TRACK_NUMBER),
    number(ID.trackType, VIDEO),
    number(ID.flagLacing, 0),
    element(ID.codecId, text('V_VP8')),
    video,
  );
  return join(header, idOf(ID.segment), UNKNOWN_SIZE, info, element(ID.tracks, entry));
}

/** Throws RangeError when the frames span more than the 16 bits of a block's time (32.7 s). */
export function webmSegment(frames: readonly ContainerFrame[]): Uint8Array {
  const base = frames[0]?.time ?? 0;
  const blocks = frames.map((frame, index) => {
    const header = blockHeader(frame.time - base);
    if (index < frames.length - 1)
      return element(ID.simpleBlock, header, u8(frame.keyframe ? KEYFRAME : 0), frame.data);
    return element(
      ID.blockGroup,
      element(ID.block, header, u8(0), frame.data),
      number(ID.blockDuration, frame.duration),
      // Any frame before it: what matters is that a block with a reference is no keyframe (RFC 9559 section 10.3).
      frame.keyframe ? [] : element(ID.referenceBlock, u8(0xff)),
    );
  });
  return element(ID.cluster, number(ID.timestamp, base), blocks);
}

function blockHeader(relative: number): Uint8Array {
  if (relative > 0x7fff) throw new RangeError('A cluster spans at most 32.7 s.');
  return u8(0x80 | TRACK_NUMBER, relative >> 8, relative & 0xff);
}

function element(id: number, ...content: readonly Part[]): Uint8Array {
  const body = join(content);
  return join(idOf(id), sizeOf(body.length), body);
}

function number(id: number, value: number): Uint8Array {
  return element(id, bigEndian(value));
}

function idOf(id: number): Uint8Array {
  return bigEndian(id);
}

/** Sizes always take 8 bytes: the first bit set says so. */
function sizeOf(length: number): Uint8Array {
  const digits = bigEndian(length);
  const bytes = new Uint8Array(8);
  bytes.set(digits, 8 - digits.length);
  bytes[0] = 0x01;
  return bytes;
}

/** The fewest bytes that hold a non-negative integer of at most 53 bits. */
function bigEndian(value: number): Uint8Array {
  const bytes = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256))
    bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}
