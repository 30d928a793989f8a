/** What happens to a recording after its room has closed: packaged and checked, then sealed; one at a time. */
import { isAppError, messageOf } from '../platform/errors.ts';
import { SerialQueue } from '../platform/serial-queue.ts';
import type { RecorderContext } from './context.ts';
import type { PackageSummary, Sealer } from './core/packager.ts';
import type { Room } from './room.ts';

export interface FinishingOptions {
  readonly context: RecorderContext;
  readonly sealer: Sealer | undefined;
  /** The recording is sealed, or has failed for now: nothing more is done with it by this process. */
  readonly onDone: (room: Room) => Promise<void>;
}

export class Finishing {
  readonly #options: FinishingOptions;
  readonly #queue = new SerialQueue('finishing recordings');
  readonly #waiting = new Set<string>();
  #closed = false;

  constructor(options: FinishingOptions) {
    this.#options = options;
  }

  /** Takes a room whose tracks have ended; again is no error. Without a packager it stays a journal, for a later start. */
  add(room: Room): void {
    const { roomId } = room.state;
    if (this.#closed || this.#waiting.has(roomId) || !this.#options.context.packager) return;
    this.#waiting.add(roomId);
    const done = this.#queue
      .push(roomId, () => this.#finish(room))
      .finally(() => this.#waiting.delete(roomId));
    done.catch((error: unknown) => {
      // A recorder that ends leaves the rest of its queue to its next start.
      if (!this.#closed)
        this.#options.context.logger.error({ roomId, error }, 'a recording was not finished');
    });
  }

  /** Nothing more begins; what runs is given up with the packager. */
  async close(reason: string): Promise<void> {
    this.#closed = true;
    this.#queue.close(reason);
    await this.#queue.idle();
  }

  async #finish(room: Room): Promise<void> {
    const { context, sealer, onDone } = this.#options;
    const { packager, logger, metrics } = context;
    const { roomId } = room.state;
    if (!packager) return;
    try {
      await context.stores.settled(roomId);
      if (room.state.package !== 'checked' && room.state.package !== 'sealed') {
        await this.#reach(room, await packager.finish(room.state));
      }
      if (sealer && room.state.package === 'checked') await this.#reach(room, await sealer.seal(room.state));
      logger.info({ roomId, state: room.state.package }, 'recording finished');
    } catch (error) {
      // Given up because the recorder closes: the next start does it again.
      if (this.#closed || isAppError(error, 'closed')) return;
      logger.error({ roomId, error }, 'recording could not be finished');
      const nothing = { tracks: room.state.tracks.length, gaps: 0, durationMs: 0, bytes: 0 };
      await this.#reach(room, { state: 'failed', ...nothing, detail: messageOf(error).slice(0, 200) });
    }
    metrics.finished.inc({ state: room.state.package });
    await onDone(room);
  }

  async #reach(room: Room, summary: PackageSummary): Promise<void> {
    // The package is no longer ours; the next start does it again.
    if (this.#closed) return;
    await room.setPackage(summary.state);
    this.#options.context.emit('room.package', { roomId: room.state.roomId, ...summary });
  }
}
