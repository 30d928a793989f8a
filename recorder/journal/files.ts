/** The few things a journal does with files, behind an interface so that a test can make the disk slow or broken. */
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that grows at its end. */
export interface GrowingFile {
  /** Appends all of it, or rejects; how much of it then stands in the file is unknown. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything written is on the disk (fdatasync(2)). */
  sync(): Promise<void>;
  close(): Promise<void>;
  /** Closes and removes it: for a file of which nothing was ever on the disk. */
  discard(): Promise<void>;
}

export interface JournalFiles {
  /** Makes a file that is not there yet, and its folders; rejects with `EEXIST` when it is. */
  create(path: string): Promise<GrowingFile>;
  /** Names in a folder; none when there is no folder. */
  list(folder: string): Promise<string[]>;
}

/** Folders above a journal that are made with it, and the one that they are made in. */
const FOLDERS = 4;

/** Files of this machine. A file is known to survive a power cut only when its folder was flushed too (fsync(2)). */
export const localFiles: JournalFiles = {
  create: async (path) => {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'wx', 0o640);
    let folderSynced = false;
    return {
      write: async (bytes) => {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done);
          done += bytesWritten;
        }
      },
      sync: async () => {
        await handle.datasync();
        if (folderSynced) return;
        // The track's folder, that of all tracks, the package, and the folder that names the package.
        let folder = path;
        for (let level = 0; level < FOLDERS; level += 1) {
          folder = dirname(folder);
          await syncFolder(folder);
        }
        folderSynced = true;
      },
      close: () => handle.close(),
      discard: async () => {
        await handle.close();
        await rm(path);
      },
    };
  },
  list: async (folder) => {
    try {
      return await readdir(folder);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  },
};

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
