/**
 * Frames as they stand inside a block: 1 byte type, 8 bytes CLOCK_MONOTONIC in nanoseconds, 4 bytes length, content; all
 * numbers big endian. Content is the packet or message as it came; two 64-bit floats (offset and error in milliseconds)
 * for `clock`; JSON for `note`.
 */
import type { JournalFrame } from '../core/types.ts';
import { decodeNote, encodeNote } from './notes.ts';

export const FRAME_HEAD_BYTES = 13;
/** A feed datagram is the largest thing that comes in one piece; parameters may be long. */
export const MAX_CONTENT_BYTES = 128 * 1024;
const TYPES = ['rtp', 'rtcp', 'report', 'message', 'clock', 'note'] as const;
type FrameType = (typeof TYPES)[number];

function contentOf(frame: JournalFrame): Uint8Array {
  switch (frame.type) {
    case 'clock': {
      const content = Buffer.allocUnsafe(16);
      content.writeDoubleBE(frame.offsetMs, 0);
      content.writeDoubleBE(frame.errorMs, 8);
      return content;
    }
    case 'note':
      return encodeNote(frame.note);
    default:
      return frame.payload;
  }
}

/** The content of a frame as it stands in a block, not copied. Throws RangeError for more than 128 KiB. */
export function encodeContent(frame: JournalFrame): Uint8Array {
  const content = contentOf(frame);
  if (content.length > MAX_CONTENT_BYTES) throw new RangeError('A frame of a journal has at most 128 KiB.');
  return content;
}

/** Writes head and content; answers where the next frame goes. */
export function writeFrame(block: Buffer, offset: number, frame: JournalFrame, content: Uint8Array): number {
  block.writeUInt8(TYPES.indexOf(frame.type) + 1, offset);
  block.writeBigUInt64BE(frame.at, offset + 1);
  block.writeUInt32BE(content.length, offset + 9);
  block.set(content, offset + FRAME_HEAD_BYTES);
  return offset + FRAME_HEAD_BYTES + content.length;
}

/** A few frames as the plain text of a block of their own. */
export function encodeFrames(frames: readonly JournalFrame[]): Buffer {
  const contents = frames.map(encodeContent);
  const bytes = contents.reduce((sum, { length }) => sum + FRAME_HEAD_BYTES + length, 0);
  const block = Buffer.allocUnsafe(bytes);
  let end = 0;
  for (const [index, frame] of frames.entries())
    end = writeFrame(block, end, frame, contents[index] ?? block);
  return block;
}

/** All frames of the plain text of a block; payloads are views into it. Throws when it is not a list of frames. */
export function decodeFrames(plain: Uint8Array): JournalFrame[] {
  const bytes = Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  const frames: JournalFrame[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    if (offset + FRAME_HEAD_BYTES > bytes.length) throw new RangeError('A frame has no whole head.');
    const type = TYPES[bytes.readUInt8(offset) - 1];
    const at = bytes.readBigUInt64BE(offset + 1);
    const start = offset + FRAME_HEAD_BYTES;
    const end = start + bytes.readUInt32BE(offset + 9);
    if (type === undefined || end > bytes.length) throw new RangeError('A frame does not fit its block.');
    frames.push(decodeContent(type, at, bytes.subarray(start, end)));
    offset = end;
  }
  return frames;
}

function decodeContent(type: FrameType, at: bigint, content: Buffer): JournalFrame {
  switch (type) {
    case 'clock':
      return { type, at, offsetMs: content.readDoubleBE(0), errorMs: content.readDoubleBE(8) };
    case 'note':
      return { type, at, note: decodeNote(content) };
    default:
      return { type, at, payload: content };
  }
}
