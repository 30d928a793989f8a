/** Room for files that come over HTTP: they never take what is kept free for live media (design section 7, target R12). */
import type { DiskLevel } from '../../signaling/protocol/recorder.ts';
import { refusal } from './http.ts';

export interface DiskSpace {
  readonly level: DiskLevel;
  readonly freeBytes: number;
  /** Kept free for what is recorded live. */
  readonly reserveBytes: number;
}

const LATER_MS = 60_000;

export class Space {
  readonly #look: () => Promise<DiskSpace>;

  /** @param look reads the disk of recordings as it is now */
  constructor(look: () => Promise<DiskSpace>) {
    this.#look = look;
  }

  /** Throws `media-unavailable` with `retryAfterMs` unless this many more bytes leave the reserve whole. */
  async mustHold(bytes: number): Promise<void> {
    const { level, freeBytes, reserveBytes } = await this.#look();
    if (level === 'ok' && freeBytes - bytes >= reserveBytes) return;
    throw refusal('media-unavailable', 'The disk of recordings is too full for this file; send it later.', {
      reason: 'disk',
      retryAfterMs: LATER_MS,
    });
  }
}
