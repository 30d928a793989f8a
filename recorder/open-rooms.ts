/** The recordings that are open in this process: new ones, those found on the disk, those that are being finished. */
import { isAppError } from '../platform/errors.ts';
import type { RecorderParams } from '../signaling/protocol/recorder.ts';
import type { RecorderContext } from './context.ts';
import type { DurableTrack, Sealer } from './core/packager.ts';
import type { RecordingState } from './core/state.ts';
import { diskFull, notOpen, roomClosed } from './errors.ts';
import { Finishing } from './finishing.ts';
import { settleJournal } from './journal/settle.ts';
import { lockPackage } from './package-lock.ts';
import { Room } from './room.ts';
import { listRecordings, newState, packageFolder, readState, trackFolder } from './room-state.ts';
import { sweepParts } from './sweep.ts';

/** A packager further behind than this is told to people. */
const PACKAGER_BEHIND_MS = 30_000;

export class OpenRooms {
  readonly #context: RecorderContext;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #open = new Map<string, Room>();
  readonly #finishing: Finishing;
  /** Found on the disk, but in the hands of a recorder that is still ending. */
  readonly #locked = new Set<string>();
  #closing = false;

  constructor(context: RecorderContext, sealer: Sealer | undefined) {
    this.#context = context;
    this.#finishing = new Finishing({ context, sealer, onDone: (room) => this.#letGo(room) });
  }

  list(): Room[] {
    return [...this.#open.values()];
  }

  find(roomId: string): Room | undefined {
    return this.#open.get(roomId);
  }

  /** Throws `not-found` for a recording that is not open, `closed` for one that is sealed. */
  async at(roomId: string): Promise<Room> {
    const room = await this.#rooms.get(roomId);
    if (room) return room;
    const state = await readState(this.#context.dataDir, roomId);
    throw state?.package === 'sealed' ? roomClosed(roomId) : notOpen(roomId);
  }

  /**
   * Opens those of these rooms that stand on the disk, have not ended and could not be opened before, so that what is not
   * open afterwards was never here or has ended. Throws why one still cannot be opened, such as `recording-locked`.
   */
  async mustHaveOpened(roomIds: readonly string[]): Promise<void> {
    for (const roomId of roomIds) {
      if (this.#closing || this.#rooms.has(roomId)) continue;
      const state = await readState(this.#context.dataDir, roomId);
      if (!state || state.finished || state.package === 'sealed') continue;
      await this.#resumePackage(await this.#openRoom(state));
      this.#locked.delete(roomId);
    }
  }

  /** Opens what stands on the disk and has not ended; what has ended and is not sealed is finished now. */
  async resume(): Promise<void> {
    for (const roomId of await listRecordings(this.#context.dataDir)) await this.#resumeRoom(roomId);
  }

  /** About once a second: another recorder may have let go of what it held at our start. */
  async resumeLocked(): Promise<void> {
    for (const roomId of [...this.#locked]) if (!this.#closing) await this.#resumeRoom(roomId);
  }

  async #resumeRoom(roomId: string): Promise<void> {
    try {
      const state = await readState(this.#context.dataDir, roomId);
      const isOpen = this.#rooms.has(roomId);
      if (state !== undefined && state.package !== 'sealed' && !isOpen) {
        const room = await this.#openRoom(state);
        await this.#sweep(state);
        await this.#resumePackage(room);
        if (state.finished) this.#finishing.add(room);
      } else if (state?.package === 'sealed') await this.#sweepSealed(state);
      this.#locked.delete(roomId);
    } catch (error) {
      const isLocked = isAppError(error, 'recording-locked');
      if (isLocked && this.#locked.has(roomId)) return;
      if (isLocked) this.#locked.add(roomId);
      else this.#locked.delete(roomId);
      // One recording that cannot be opened must not keep the others from going on.
      this.#context.logger.error({ roomId, error }, 'a recording on the disk cannot be opened');
    }
  }

  /** The package is locked by us, and its packager has not begun. */
  async #sweep({ roomId, package: stage }: RecordingState): Promise<void> {
    const folder = packageFolder(this.#context.dataDir, roomId);
    const swept = await sweepParts(folder, stage === 'sealed');
    if (swept > 0) this.#context.logger.info({ roomId, swept }, 'unfinished files were removed');
  }

  async #sweepSealed(state: RecordingState): Promise<void> {
    const unlock = lockPackage(packageFolder(this.#context.dataDir, state.roomId), state.roomId);
    try {
      await this.#sweep(state);
    } finally {
      unlock();
    }
  }

  /** What the process before has written may not have been packaged. */
  async #resumePackage({ state }: Room): Promise<void> {
    const { packager, dataDir } = this.#context;
    if (!packager) return;
    const tracks: DurableTrack[] = [];
    for (const { trackId } of state.tracks) {
      const until = process.hrtime.bigint();
      const position = await settleJournal(trackFolder(dataDir, state.roomId, trackId));
      if (position) tracks.push({ trackId, position, until });
    }
    packager.advance(state, tracks);
  }

  /** The room, open already, on the disk, or new where the reserve is there. */
  async forOpening(params: RecorderParams<'room.open'>): Promise<Room> {
    const { roomId } = params;
    const known = await this.#rooms.get(roomId);
    const state = known?.state ?? (await readState(this.#context.dataDir, roomId));
    if (state?.package === 'sealed') throw roomClosed(roomId);
    if (!state?.recording) {
      await this.#context.disk.look();
      const { freeBytes, reserveBytes } = this.#context.disk.state;
      if (freeBytes < reserveBytes) throw diskFull(freeBytes, reserveBytes);
    }
    return known ?? this.#openRoom(state ?? newState(params));
  }

  #openRoom(state: RecordingState): Promise<Room> {
    const { roomId } = state;
    const found = this.#rooms.get(roomId);
    if (found) return found;
    const opening = Room.open(this.#context, state).then(
      (room) => {
        this.#open.set(roomId, room);
        return room;
      },
      (error: unknown) => {
        this.#rooms.delete(roomId);
        throw error;
      },
    );
    this.#rooms.set(roomId, opening);
    return opening;
  }

  async finish(params: RecorderParams<'room.finish'>): Promise<Record<string, never>> {
    const { roomId } = params;
    const room = await this.#rooms.get(roomId);
    if (room === undefined) {
      // Ended already: the owner repeats what it did not hear the answer to.
      const state = await readState(this.#context.dataDir, roomId);
      if (state?.finished || state?.package === 'sealed') return {};
      throw notOpen(roomId);
    }
    await room.finish(params);
    this.tellPackager(room);
    this.#finishing.add(room);
    return {};
  }

  async #letGo(room: Room): Promise<void> {
    const { roomId } = room.state;
    if (this.#closing) return;
    this.#rooms.delete(roomId);
    this.#open.delete(roomId);
    await room.close();
  }

  /** About once a second: how far the journals of a room have come. */
  tellPackager(room: Room): void {
    const { packager } = this.#context;
    if (!packager) return;
    const grown = room.tracks.takeGrown();
    if (grown.length > 0) packager.advance(room.state, grown);
    const lag = packager.lagMs(room.state.roomId) ?? 0;
    if (lag > PACKAGER_BEHIND_MS) {
      room.alarms.ring('packager-behind', undefined, `${Math.round(lag / 1000)} s behind`);
    }
  }

  /** Flushes and lets go of everything; what is being finished is left to the next start. */
  async close(reason: string): Promise<void> {
    this.#closing = true;
    // First what cannot be had again: journals.
    await Promise.all(this.list().map((room) => room.close()));
    await this.#finishing.close(reason);
  }
}
