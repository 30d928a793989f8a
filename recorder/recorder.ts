/**
 * The recorder: answers the owners of rooms, and keeps every recording of its host (design sections 3 and 7). It goes on by itself
 * when the owner is away, and by the owner's dump and the state on its disk when it was away itself.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, toAppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Logger } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import {
  DISK_LEVELS,
  type RecorderMethod,
  type RecorderParams,
  type RecorderResult,
  type RecorderServer,
} from '../signaling/protocol/recorder.ts';
import { type DiskState, DiskWatch } from './capture/disk.ts';
import { readKernelDrops } from './capture/kernel-drops.ts';
import { type Emit, monotonicMs, type RecorderContext } from './context.ts';
import { OpenStores } from './core/open-stores.ts';
import type { Packager, Sealer } from './core/packager.ts';
import type { RecordingState } from './core/state.ts';
import { recorderClosed } from './errors.ts';
import { BufferBudget } from './journal/budget.ts';
import { type JournalFiles, localFiles } from './journal/files.ts';
import { RecordingKeys } from './keys/recording-keys.ts';
import { createRecorderMetrics } from './metrics.ts';
import { OpenRooms } from './open-rooms.ts';
import { createHandlers, type Handlers } from './requests.ts';
import { RECORDINGS_FOLDER, recordingKeysFolder } from './room-state.ts';

const TICK_MS = 100;
const LOOK_MS = 1_000;

export interface RecorderOptions {
  readonly dataDir: string;
  /** The media node on whose host this runs. */
  readonly nodeId: string;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** False where production needs a confirmed copy of the master key and has none. */
  readonly ready: boolean;
  /** Without one, recordings stay journals until a recorder with one starts on them. */
  readonly packager?: Packager;
  readonly sealer?: Sealer;
  /** The keys of this data folder, when the caller shares them; own ones unless given. */
  readonly keys?: RecordingKeys;
  /** Kept free; 5 % of the file system, 2 GiB at most, unless given. */
  readonly reserveBytes?: number;
  /** Memory of all journals together; 256 MiB unless given. */
  readonly bufferBytes?: number;
  /** For tests of slow and broken disks. */
  readonly files?: JournalFiles;
}

type EventListener = Parameters<RecorderServer['onEvent']>[0];

/** The start of this host, since when CLOCK_MONOTONIC counts; a new id where the system does not say. */
async function readHostBoot(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    // Another system than Linux: arrival times of two runs are then never compared.
    return newId();
  }
}

/** Opens the recorder and every recording on its disk that has not ended; rejects when the data folder cannot be used. */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  const { dataDir, logger, masterKey } = options;
  const folder = join(dataDir, RECORDINGS_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const listeners = new Set<EventListener>();
  const emit: Emit = (event, data) => {
    for (const listener of [...listeners]) listener(event, data);
  };
  let onLevel = () => {};
  const disk = await DiskWatch.open({
    folder,
    ...(options.reserveBytes === undefined ? {} : { reserveBytes: options.reserveBytes }),
    onLevel: () => onLevel(),
    onError: (error) => logger.error({ error }, 'the space of the disk cannot be read'),
  });
  const context: RecorderContext = {
    dataDir,
    bootId: newId(),
    hostBoot: await readHostBoot(),
    keys: options.keys ?? new RecordingKeys({ folder: recordingKeysFolder(dataDir), masterKey }),
    budget: new BufferBudget(options.bufferBytes),
    disk,
    packager: options.packager,
    stores: new OpenStores(),
    files: options.files ?? localFiles,
    emit,
    metrics: createRecorderMetrics(options.metrics),
    logger,
  };
  const recorder = new Recorder(options, context, listeners);
  onLevel = () => recorder.diskLevelChanged();
  await recorder.resume();
  return recorder;
}

export class Recorder implements RecorderServer {
  readonly recorderId: string;
  readonly #context: RecorderContext;
  readonly #listeners: Set<EventListener>;
  readonly #rooms: OpenRooms;
  readonly #handlers: Handlers;
  readonly #timers: NodeJS.Timeout[];
  #looking: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RecorderOptions, context: RecorderContext, listeners: Set<EventListener>) {
    this.recorderId = `recorder-${options.nodeId}`;
    this.#context = context;
    this.#listeners = listeners;
    this.#rooms = new OpenRooms(context, options.sealer);
    const { nodeId, ready } = options;
    const description = { recorderId: this.recorderId, nodeId, ready, bootId: context.bootId };
    this.#handlers = createHandlers(this.#rooms, () => ({ ...description, disk: context.disk.state }));
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => {
        this.#looking ??= this.#look().finally(() => {
          this.#looking = undefined;
        });
      }, LOOK_MS),
    ];
  }

  get bootId(): string {
    return this.#context.bootId;
  }

  /** What the packager, the check and the internal HTTP of this process open recordings with. */
  get keys(): RecordingKeys {
    return this.#context.keys;
  }

  /** What the internal HTTP of this process stores through, so that no seal overtakes it. */
  get stores(): OpenStores {
    return this.#context.stores;
  }

  /** Space of the disk of recordings as it is now. */
  async disk(): Promise<DiskState> {
    await this.#context.disk.look();
    return this.#context.disk.state;
  }

  /** State of a recording that is open here; undefined for one that is sealed or elsewhere. */
  stateOf(roomId: string): RecordingState | undefined {
    return this.#rooms.find(roomId)?.state;
  }

  async handle<M extends RecorderMethod>(method: M, params: RecorderParams<M>): Promise<RecorderResult<M>> {
    const { metrics } = this.#context;
    const stop = metrics.requestSeconds.startTimer({ method });
    let code = 'ok';
    try {
      if (this.#closing) throw recorderClosed();
      return await this.#handlers[method](params);
    } catch (error) {
      code = toAppError(error).code;
      throw error;
    } finally {
      stop();
      metrics.requests.inc({ method, code });
    }
  }

  onEvent(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Opens what stands on the disk and has not ended; what has ended and is not sealed is finished now. */
  resume(): Promise<void> {
    return this.#rooms.resume();
  }

  diskLevelChanged(): void {
    const { level, freeBytes, reserveBytes } = this.#context.disk.state;
    this.#context.logger.warn({ level, freeBytes, reserveBytes }, 'the level of the disk has changed');
    for (const room of this.#rooms.list()) room.tracks.setDiskLevel();
    this.#context.packager?.setDiskLevel(level);
    this.#context.emit('disk.level', { level, freeBytes });
  }

  /** Writes and flushes everything; recordings that run go on at the next start. Idempotent. */
  close(reason: string): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: string): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#looking;
    // First what cannot be had again: journals, before the packager is given time to end.
    await this.#rooms.close(reason);
    await this.#context.packager?.close(reason);
    await this.#context.disk.close();
    this.#listeners.clear();
    this.#context.logger.info({ reason }, 'recorder closed');
  }

  #tick(): void {
    const now = monotonicMs();
    for (const room of this.#rooms.list()) room.tracks.tick(now);
  }

  /** Once a second: what the kernel dropped, how far each track is on the disk. */
  async #look(): Promise<void> {
    const drops = await readKernelDrops().catch((error: unknown) => {
      this.#context.logger.warn({ reason: messageOf(error) }, 'drops of the kernel cannot be read');
      return new Map<string, number>();
    });
    await this.#rooms.resumeLocked();
    const now = process.hrtime.bigint();
    for (const room of this.#rooms.list()) {
      if (room.state.finished) continue;
      room.tracks.look(drops, now);
      this.#rooms.tellPackager(room);
      const tracks = room.tracks.statuses(now);
      if (tracks.length > 0) this.#context.emit('room.durable', { roomId: room.state.roomId, tracks });
    }
    this.#measure(now);
  }

  #measure(now: bigint): void {
    const { metrics, disk, budget } = this.#context;
    const tracks = this.#rooms.list().flatMap((room) => room.tracks.running);
    metrics.rooms.set(this.#rooms.list().length);
    metrics.buffered.set(budget.usedBytes);
    metrics.lag.set(Math.max(0, ...tracks.map((track) => track.lagMs(now))) / 1000);
    metrics.diskFree.set(disk.state.freeBytes);
    metrics.diskReserve.set(disk.state.reserveBytes);
    metrics.diskLevel.set(DISK_LEVELS.indexOf(disk.state.level));
    metrics.tracks.reset();
    for (const track of tracks) metrics.tracks.inc({ state: track.status(undefined, now).state });
  }
}
