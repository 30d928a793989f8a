/** Keeps every source of one room for as long as it is to be kept, and writes its files one after the other. */
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import { Queue } from '../queue.ts';
import { Keeper, type KeptCut } from './keeper.ts';
import { muxFile } from './mux.ts';
import type { CopyRoom, CopySource } from './room.ts';
import { RoomClock } from './room-clock.ts';
import type { Vault } from './vault.ts';

/** Files waiting to be written: beyond this the disk does not follow, and memory is needed for what is live. */
const WAITING_MAX = 8;

export interface RoomKeeperDeps {
  readonly room: CopyRoom;
  readonly vault: Vault;
  readonly principalId: string;
  readonly clock: Clock;
  /** A file was written. */
  readonly onWritten: () => void;
  /** A source or a file could not be kept. */
  readonly onFailed: (error: unknown) => void;
}

export class RoomKeeper {
  readonly room: CopyRoom;
  readonly #deps: RoomKeeperDeps;
  readonly #roomClock: RoomClock;
  readonly #keepers = new Map<string, Keeper>();
  /** Tracks whose encoder failed, not tried again. */
  readonly #failed = new Set<MediaStreamTrack>();
  readonly #tracks = new Map<string, MediaStreamTrack>();
  /** Room time of the end of the newest file of each source. */
  readonly #newest = new Map<string, number>();
  readonly #writing = new Queue();
  readonly #stop: () => void;
  #waiting = 0;
  #closed = false;

  constructor(deps: RoomKeeperDeps) {
    this.#deps = deps;
    this.room = deps.room;
    this.#roomClock = new RoomClock(deps.room.times, deps.clock);
    this.#stop = deps.room.onChange(() => this.#sync());
    this.#sync();
  }

  /** For sources being kept now: nothing later than this has been written yet. */
  get newest(): ReadonlyMap<string, number> {
    return new Map([...this.#newest].filter(([id]) => this.#keepers.has(id)));
  }

  /** Ends all files and waits until they are written. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    await Promise.all([...this.#keepers.keys()].map((id) => this.#end(id)));
    await this.#writing.run(async () => undefined);
    this.#roomClock.close();
  }

  #sync(): void {
    if (this.#closed) return;
    const wanted = new Map(this.room.sources().map((source) => [source.producerId, source]));
    for (const id of [...this.#keepers.keys()]) {
      if (wanted.get(id)?.track !== this.#tracks.get(id)) this.#end(id).catch(this.#deps.onFailed);
    }
    for (const source of wanted.values()) {
      const { producerId, track } = source;
      const rests = track.readyState === 'ended' || this.#failed.has(track);
      if (!this.#keepers.has(producerId) && !rests) this.#begin(source);
    }
  }

  #begin({ producerId, track }: CopySource): void {
    this.#tracks.set(producerId, track);
    const keeper = new Keeper({
      track,
      clock: this.#deps.clock,
      onCut: (kept) => this.#write(producerId, kept),
      onFailed: (error) => {
        this.#failed.add(track);
        this.#keepers.delete(producerId);
        this.#deps.onFailed(error);
      },
    });
    this.#keepers.set(producerId, keeper);
  }

  async #end(producerId: string): Promise<void> {
    const keeper = this.#keepers.get(producerId);
    this.#keepers.delete(producerId);
    this.#newest.delete(producerId);
    await keeper?.stop();
  }

  #write(producerId: string, kept: KeptCut): void {
    const { cut, described, streamId, capturedAt, captureErrorMs } = kept;
    if (this.#waiting >= WAITING_MAX) {
      this.#deps.onFailed(
        new Error('The disk of this device is too slow; a file of the own copy was left out.'),
      );
      return;
    }
    const { at, errorMs } = this.#roomClock.at(capturedAt);
    const from = Math.max(0, at);
    const to = from + (cut.to - cut.from) / 1000;
    if (!this.room.isRecorded()) return;
    this.#waiting += 1;
    const { vault, principalId, clock } = this.#deps;
    const work = async () => {
      const { bytes, mimeType } = await muxFile(cut.packets, described);
      const shared = { roomId: this.room.roomId, producerId, principalId, writtenUtc: clock.now() };
      const error = Math.min(10_000, errorMs + captureErrorMs);
      const times = { from, to, errorMs: error, streamId, at: cut.from / 1000 };
      const file = { pieceId: newId(), ...times, mimeType, bytes: bytes.length };
      await vault.addPiece({ ...shared, ...file }, bytes);
      if (this.#keepers.has(producerId)) this.#newest.set(producerId, to);
      this.#deps.onWritten();
    };
    this.#writing
      .run(work)
      .catch(this.#deps.onFailed)
      .finally(() => {
        this.#waiting -= 1;
      });
  }
}
