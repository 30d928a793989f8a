/** Watches the space of the file system that recordings are on. */
import { statfs } from 'node:fs/promises';
import type { DiskLevel } from '../../signaling/protocol/recorder.ts';
import { defaultReserve, nextLevel } from './disk-policy.ts';

const EVERY_MS = 1_000;

export interface DiskState {
  readonly level: DiskLevel;
  readonly freeBytes: number;
  readonly reserveBytes: number;
}

export interface DiskWatchOptions {
  readonly folder: string;
  /** Kept free; `defaultReserve` unless given. */
  readonly reserveBytes?: number;
  readonly onLevel: (state: DiskState) => void;
  readonly onError: (error: unknown) => void;
}

export class DiskWatch {
  readonly #options: DiskWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #state: DiskState = { level: 'ok', freeBytes: 0, reserveBytes: 0 };
  #looking: Promise<void> | undefined;

  private constructor(options: DiskWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), EVERY_MS);
  }

  /** Looks once before it resolves. */
  static async open(options: DiskWatchOptions): Promise<DiskWatch> {
    const watch = new DiskWatch(options);
    await watch.look();
    return watch;
  }

  get state(): DiskState {
    return this.#state;
  }

  /** Looks now; it never rejects. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    try {
      const { bavail, blocks, bsize } = await statfs(this.#options.folder);
      const reserveBytes = this.#options.reserveBytes ?? defaultReserve(blocks * bsize);
      const freeBytes = bavail * bsize;
      const before = this.#state.level;
      const level = nextLevel(before, freeBytes, reserveBytes);
      this.#state = { level, freeBytes, reserveBytes };
      if (level !== before) this.#options.onLevel(this.#state);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
