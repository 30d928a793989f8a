/** What kind of picture bytes are, by their first bytes and nothing else: what a phone says of a file proves nothing. */
import type { EventOf } from '../protocol/events.ts';

type MimeType = EventOf<'PhotoAdded'>['mimeType'];
export interface ImageKind {
  readonly mimeType: MimeType;
  /** In pixels as stored, before any turn that EXIF asks for; absent where the head does not say it plainly. */
  readonly width?: number;
  readonly height?: number;
}

/** Brands of ISO base media files that hold a HEIF image coded by HEVC (ISO/IEC 23008-12, annex B). */
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'mif1', 'msf1'];
const PNG_HEAD = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Undefined for anything but JPEG, PNG, WebP and HEIC. */
export function imageKindOf(bytes: Buffer): ImageKind | undefined {
  if (bytes.length < 12) return undefined;
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) {
    return { mimeType: 'image/jpeg', ...jpegSize(bytes) };
  }
  if (bytes.subarray(0, 8).equals(PNG_HEAD)) return { mimeType: 'image/png', ...pngSize(bytes) };
  const text = (from: number, to: number) => bytes.toString('latin1', from, to);
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return { mimeType: 'image/webp', ...webpSize(bytes) };
  if (text(4, 8) === 'ftyp' && HEIC_BRANDS.includes(text(8, 12))) return { mimeType: 'image/heic' };
  return undefined;
}

/** IHDR comes first (PNG specification, section 5.6). */
function pngSize(bytes: Buffer): Pick<ImageKind, 'width' | 'height'> {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return {};
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** Walks the segments to the frame header (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Buffer): Pick<ImageKind, 'width' | 'height'> {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    // SOF0 to SOF15 without the tables among them: DHT, JPG and DAC.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return {};
}

/** The first chunk says it in one of three ways (RFC 9649, section 2). */
function webpSize(bytes: Buffer): Pick<ImageKind, 'width' | 'height'> {
  if (bytes.length < 30) return {};
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21);
      return bytes[20] === 0x2f ? { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 } : {};
    }
    case 'VP8 ': {
      const isKeyframe = bytes[23] === 0x9d && bytes[24] === 0x01 && bytes[25] === 0x2a;
      if (!isKeyframe) return {};
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
    }
    default:
      return {};
  }
}
