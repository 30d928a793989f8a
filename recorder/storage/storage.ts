/** Where finished files are kept: whole or not at all. Paths are relative, as `PackagePath` has them. */
import { AppError } from '../../platform/errors.ts';

export interface StoredObject {
  readonly path: string;
  readonly bytes: number;
}

export interface ByteRange {
  /** First byte. */
  readonly from: number;
  /** One behind the last byte; the end of the file unless given, and where it is larger. */
  readonly to?: number;
}

export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** Every implementation passes the suite in `testing/contract.ts`. */
export interface Storage {
  /**
   * Stores a file, over one of that path: a reader finds the old one or the new one, and once it resolves the new one
   * survives a power cut. Content that fails midway leaves everything as it was. Answers size and SHA-256 (hex).
   */
  put(path: string, content: Content): Promise<{ bytes: number; hash: string }>;
  /** Rejects with `not-found`. The whole file unless a range is given. */
  read(path: string, range?: ByteRange): Promise<Uint8Array>;
  /** The same piece by piece, for large files. */
  stream(path: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  stat(path: string): Promise<StoredObject | undefined>;
  /** Every file under a folder (all unless given), sorted by path. */
  list(folder?: string): Promise<StoredObject[]>;
  /** Removes one file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
}

export function storedNotFound(path: string): AppError {
  return new AppError('not-found', `There is no file ${path} in this storage.`, {
    status: 404,
    whatToDo:
      'Look at the manifest for what belongs to this recording, and restore what is missing from a copy.',
    details: { file: path },
  });
}
