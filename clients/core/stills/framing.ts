/**
 * Messages of the data channel `fetch`: pieces of one still, in chunks of at most 16 KiB. The channel is ordered and reliable on
 * each hop, but a media node drops what a viewer's buffer cannot take, so chunks are numbered and credited end to end.
 *
 * Chunk, big-endian: byte 0 version (1), 1 reserved (0), 2..5 tag of the fetch, 6..9 chunk number from 0, 10..11 piece number,
 * 12..13 pieces in all, 14..15 how many pieces after the first make up the area under the pen, 16..23 place of the piece
 * in the frame (x, y, width, height in pixels), 24..27 offset of this chunk in its piece, 28..31 bytes of the piece, then JPEG bytes.
 * Piece 0 is the whole frame, made small; the others are tiles at full size, nearest to the pen first.
 */
export const CHUNK_BYTES = 16 * 1024;
export const HEADER_BYTES = 32;
export const CHUNK_ROOM = CHUNK_BYTES - HEADER_BYTES;
const VERSION = 1;
/** What a device may claim; more is not believed. */
export const PIECES_MAX = 400;
export const PIECE_BYTES_MAX = 1024 * 1024;

/** A place in the frame, in pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What every chunk of a piece says of it. */
export interface PieceHead {
  readonly tag: number;
  readonly piece: number;
  readonly pieces: number;
  readonly areaPieces: number;
  readonly rect: Rect;
  /** Bytes of the whole piece. */
  readonly length: number;
}

export interface Chunk extends PieceHead {
  readonly number: number;
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A fetch by four bytes (FNV-1a of its id), so that late chunks of one before are told apart. */
export function tagOf(fetchId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < fetchId.length; at += 1) {
    hash = Math.imul(hash ^ fetchId.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** Cuts one piece into chunks numbered from `first` on. Throws RangeError for a piece that nobody would take. */
export function chunksOf(
  head: Omit<PieceHead, 'length'>,
  jpeg: Uint8Array,
  first: number,
): Uint8Array<ArrayBuffer>[] {
  if (jpeg.length === 0 || jpeg.length > PIECE_BYTES_MAX) {
    throw new RangeError(`A piece of ${jpeg.length} bytes cannot be sent.`);
  }
  return Array.from({ length: Math.ceil(jpeg.length / CHUNK_ROOM) }, (_, index) => {
    const offset = index * CHUNK_ROOM;
    const part = jpeg.subarray(offset, offset + CHUNK_ROOM);
    const chunk = new Uint8Array(HEADER_BYTES + part.length);
    const view = new DataView(chunk.buffer);
    view.setUint8(0, VERSION);
    view.setUint32(2, head.tag);
    view.setUint32(6, first + index);
    view.setUint16(10, head.piece);
    view.setUint16(12, head.pieces);
    view.setUint16(14, head.areaPieces);
    view.setUint16(16, head.rect.x);
    view.setUint16(18, head.rect.y);
    view.setUint16(20, head.rect.width);
    view.setUint16(22, head.rect.height);
    view.setUint32(24, offset);
    view.setUint32(28, jpeg.length);
    chunk.set(part, HEADER_BYTES);
    return chunk;
  });
}

/** Reads one chunk; undefined for what is none, or claims what cannot be. Total over any bytes. */
export function readChunk(message: Uint8Array): Chunk | undefined {
  if (message.length <= HEADER_BYTES || message.length > CHUNK_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getUint8(0) !== VERSION || view.getUint8(1) !== 0) return undefined;
  const chunk: Chunk = {
    tag: view.getUint32(2),
    number: view.getUint32(6),
    piece: view.getUint16(10),
    pieces: view.getUint16(12),
    areaPieces: view.getUint16(14),
    rect: {
      x: view.getUint16(16),
      y: view.getUint16(18),
      width: view.getUint16(20),
      height: view.getUint16(22),
    },
    offset: view.getUint32(24),
    length: view.getUint32(28),
    // Copied, so that no piece keeps a whole network buffer alive.
    bytes: new Uint8Array(message.subarray(HEADER_BYTES)),
  };
  return isPossible(chunk) ? chunk : undefined;
}

function isPossible({ piece, pieces, areaPieces, rect, offset, length, bytes }: Chunk): boolean {
  if (pieces < 1 || pieces > PIECES_MAX || piece >= pieces || areaPieces >= pieces) return false;
  if (rect.width < 1 || rect.height < 1) return false;
  if (length < 1 || length > PIECE_BYTES_MAX || offset % CHUNK_ROOM !== 0) return false;
  // Every chunk but the last of a piece is full, so that a piece has one form only.
  return offset < length && bytes.length === Math.min(CHUNK_ROOM, length - offset);
}
