/**
 * Reads the journal of one track from a position on, through all its files. What a crash left behind the last whole block of
 * a file is skipped; a changed bit, a missing or foreign block and a missing file are `journal-damaged`, which says where to
 * go on. To follow a journal that grows, call again with the last position.
 */
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { TAG_BYTES } from '../core/derive.ts';
import type { JournalFrame, JournalPosition } from '../core/types.ts';
import {
  BLOCK_HEAD_BYTES,
  BlockCipher,
  HEADER_BYTES,
  type JournalHeader,
  parseJournalFileName,
} from './format.ts';
import { decodeFrames } from './frames.ts';

export interface ReadJournalOptions {
  /** Folder of the track. */
  readonly folder: string;
  /** Data key of the track. */
  readonly key: Uint8Array;
  /** Where to begin; the first file unless given. */
  readonly from?: JournalPosition;
  /** Nothing behind this is read: `DurableTrack.position`. The end of the last file unless given. */
  readonly until?: JournalPosition;
}

export interface JournalBlock {
  readonly header: JournalHeader;
  readonly frames: readonly JournalFrame[];
  /** Where reading goes on behind this block. */
  readonly position: JournalPosition;
}

/** A journal file by its name. */
export interface JournalFileName {
  readonly name: string;
  readonly file: number;
  readonly epoch: number;
}

/** The journal files of a track, in order; none when there is no folder. */
export async function listJournalFiles(folder: string): Promise<JournalFileName[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => {
      const parsed = parseJournalFileName(name);
      return parsed ? [{ name, ...parsed }] : [];
    })
    .sort((a, b) => a.file - b.file);
}

/**
 * Yields frames in the order of their arrival. The position of a frame is where reading can go on: behind its block for the
 * last frame of a block, before its block for the others.
 */
export async function* readJournal(
  options: ReadJournalOptions,
): AsyncGenerator<{ frame: JournalFrame; position: JournalPosition }> {
  let start = options.from;
  for await (const { frames, position } of readJournalBlocks(options)) {
    const before = start ?? { file: position.file, offset: 0 };
    for (const [index, frame] of frames.entries()) {
      yield { frame, position: index === frames.length - 1 ? position : before };
    }
    start = position;
  }
}

/** Yields whole blocks; see the head of this file for what is an error. */
export async function* readJournalBlocks(options: ReadJournalOptions): AsyncGenerator<JournalBlock> {
  const files = await listJournalFiles(options.folder);
  const first = options.from ? parseJournalFileName(options.from.file)?.file : 1;
  const last = options.until ? parseJournalFileName(options.until.file)?.file : undefined;
  let expected = first ?? 1;
  for (const [index, each] of files.entries()) {
    if (each.file < expected) continue;
    if (last !== undefined && each.file > last) return;
    const begin = { file: each.name, offset: 0 };
    if (each.file > expected) throw damaged(begin, 'a file before it is missing', begin);
    expected = each.file + 1;
    const next = files[index + 1];
    const isLast = each.file === last || next === undefined;
    yield* readFile(options, {
      name: each.name,
      offset: options.from?.file === each.name ? options.from.offset : 0,
      cut: each.file === last ? options.until?.offset : await cutOf(options, each, next),
      next: isLast ? undefined : { file: next.name, offset: 0 },
    });
  }
}

/** How many bytes of a file count, when the writer found it failing and wrote the rest again into the next one. */
async function cutOf(
  { folder, key }: ReadJournalOptions,
  current: JournalFileName,
  next: JournalFileName | undefined,
): Promise<number | undefined> {
  if (next?.file !== current.file + 1) return undefined;
  const handle = await open(join(folder, next.name), 'r');
  try {
    return BlockCipher.open(await readAt(handle, 0, HEADER_BYTES), key)?.header.before;
  } finally {
    await handle.close();
  }
}

interface FilePart {
  readonly name: string;
  readonly offset: number;
  /** Bytes of the file that count; all unless given. */
  readonly cut: number | undefined;
  readonly next: JournalPosition | undefined;
}

async function* readFile(options: ReadJournalOptions, part: FilePart): AsyncGenerator<JournalBlock> {
  const handle = await open(join(options.folder, part.name), 'r');
  try {
    const size = Math.min((await handle.stat()).size, part.cut ?? Number.POSITIVE_INFINITY);
    // Less than a header: the writer ended before its first block.
    if (size < HEADER_BYTES) return;
    const opened = BlockCipher.open(await readAt(handle, 0, HEADER_BYTES), options.key);
    if (!opened) {
      if (await isZero(handle, 0, size)) return;
      throw damaged({ file: part.name, offset: 0 }, 'its header does not open with this key', part.next);
    }
    yield* readBlocks(handle, size, part, opened);
  } finally {
    await handle.close();
  }
}

async function* readBlocks(
  handle: FileHandle,
  size: number,
  { name, offset, next }: FilePart,
  { header, cipher }: { header: JournalHeader; cipher: BlockCipher },
): AsyncGenerator<JournalBlock> {
  let at = Math.max(offset, HEADER_BYTES);
  while (at + BLOCK_HEAD_BYTES <= size) {
    const start = await readAt(handle, at - TAG_BYTES, TAG_BYTES + BLOCK_HEAD_BYTES);
    const head = start.subarray(TAG_BYTES);
    // The number is bound by the check and the tag before, so that a block in a wrong place does not pass.
    const place = { number: head.readUInt32BE(4), before: start.subarray(0, TAG_BYTES) };
    const length = cipher.lengthOf(head, place);
    if (length === undefined) {
      if (await isZero(handle, at, size)) return;
      throw damaged({ file: name, offset: at }, 'the head of a block was changed', next);
    }
    const end = at + BLOCK_HEAD_BYTES + length + TAG_BYTES;
    if (end > size) return;
    const body = await readAt(handle, at + BLOCK_HEAD_BYTES, length + TAG_BYTES);
    const plain = cipher.open(body, place);
    const position = { file: name, offset: end };
    if (!plain) throw damaged({ file: name, offset: at }, 'a block was changed', position);
    yield { header, frames: decodeFrames(plain), position };
    at = end;
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** A file system that lost power may have kept a length whose content it never wrote. */
async function isZero(handle: FileHandle, from: number, to: number): Promise<boolean> {
  const step = 256 * 1024;
  for (let at = from; at < to; at += step) {
    const bytes = await readAt(handle, at, Math.min(step, to - at));
    if (bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** @param next where reading can go on, past what is damaged; absent when nothing follows */
function damaged(position: JournalPosition, wrong: string, next: JournalPosition | undefined): AppError {
  return new AppError(
    'journal-damaged',
    `Journal ${position.file} is damaged at ${position.offset}: ${wrong}.`,
    {
      whatToDo: 'Restore the file from a copy; without one, what stands before and behind can still be read.',
      details: { position, ...(next ? { next } : {}) },
    },
  );
}

/** Where to go on after `journal-damaged`; undefined when nothing follows, or for any other error. */
export function positionAfterDamage(error: unknown): JournalPosition | undefined {
  if (!(error instanceof AppError) || error.code !== 'journal-damaged') return undefined;
  const next: unknown = error.details?.next;
  if (typeof next !== 'object' || next === null || !('file' in next) || !('offset' in next)) return undefined;
  const { file, offset } = next;
  return typeof file === 'string' && typeof offset === 'number' ? { file, offset } : undefined;
}
