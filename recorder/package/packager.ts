/**
 * The packager as capture sees it: its work is done in a thread of its own, one request of a room at a time. Capture never
 * waits for it; a thread that dies is started again and goes on from what is safely on the disk.
 */
import { Worker } from 'node:worker_threads';
import { AppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { DiskLevel } from '../../signaling/protocol/recorder.ts';
import type { DurableTrack, Packager, PackageSummary } from '../core/packager.ts';
import type { RecordingState } from '../core/state.ts';
import { PACKAGE_KEY, type RecordingKeys, trackKeyName } from '../keys/recording-keys.ts';
import { FromPackager, type ToPackager } from './thread-messages.ts';

const RESTART_MS = 1_000;
/** Deaths of the thread in the work of one room after which that room waits, ever longer, while others go on. */
const DEATHS = 3;
const FIRST_REST_MS = 10_000;
const LAST_REST_MS = 600_000;
const CLOSE_MS = 10_000;
/** Of JavaScript objects; bytes of media lie outside and are bounded by the fold. */
const HEAP_MB = 512;

export interface PackagerOptions {
  /** Folder of a room's package. */
  readonly folderOf: (roomId: string) => string;
  readonly keys: RecordingKeys;
  /** Program for thumbnails, see `platform/setup/ffmpeg.ts`; none are made without. */
  readonly ffmpeg?: string;
  /** What remains to be done when all is packaged, such as the check; its answer is that of `finish`. */
  readonly afterwards?: (state: RecordingState, ended: PackageSummary) => Promise<PackageSummary>;
  readonly log: Logger;
  /** Program of the thread; only tests of its death give another. */
  readonly thread?: URL;
}

interface Room {
  state: RecordingState;
  /** How far each journal stands; all are given each time, so that a thread that begins anew knows every one. */
  readonly reached: Map<string, DurableTrack>;
  /** True while something of it has not been given to the thread. */
  waiting: boolean;
  /** What the thread has been given and not answered. */
  given: { readonly until: bigint; readonly finish: boolean } | undefined;
  /** Everything that arrived before is packaged, as far as it can be. */
  packagedUntil: bigint | undefined;
  newest: bigint;
  finish: PromiseWithResolvers<PackageSummary> | undefined;
}

/** Starts the thread. Close it with `close`. */
export function createPackager(options: PackagerOptions): Packager {
  return new PackagerThread(options);
}

class PackagerThread implements Packager {
  readonly #options: PackagerOptions;
  readonly #rooms = new Map<string, Room>();
  /** Rooms that the thread has been given, in order: it does one after the other. */
  readonly #order: string[] = [];
  /** How often in a row the thread has died of a room, and until when that room rests (milliseconds, never back). */
  readonly #deaths = new Map<string, { count: number; until: number }>();
  #thread: Worker;
  #thumbnails = true;
  #restart: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: PackagerOptions) {
    this.#options = options;
    this.#thread = this.#start();
  }

  advance(state: RecordingState, tracks: readonly DurableTrack[]): void {
    if (this.#closing) return;
    const room = this.#room(state);
    // Also without tracks: what a recorder before left in the journals is packaged then.
    reach(room.reached, tracks);
    room.waiting = true;
    for (const { until } of tracks) if (until > room.newest) room.newest = until;
    room.packagedUntil ??= room.newest;
    this.#give(state.roomId, room);
  }

  async finish(state: RecordingState): Promise<PackageSummary> {
    if (this.#closing) throw closed();
    const room = this.#room(state);
    room.finish ??= Promise.withResolvers<PackageSummary>();
    const { promise } = room.finish;
    this.#give(state.roomId, room);
    const ended = await promise;
    return this.#options.afterwards ? this.#options.afterwards(state, ended) : ended;
  }

  setDiskLevel(level: DiskLevel): void {
    this.#thumbnails = level === 'ok';
    this.#post({ type: 'thumbnails', enabled: this.#thumbnails });
  }

  lagMs(roomId: string): number | undefined {
    const room = this.#rooms.get(roomId);
    return room && lagOf(room);
  }

  close(reason: string): Promise<void> {
    this.#closing ??= this.#end(reason);
    return this.#closing;
  }

  #room(state: RecordingState): Room {
    const known = this.#rooms.get(state.roomId);
    if (known) {
      known.state = state;
      return known;
    }
    const room: Room = {
      state,
      reached: new Map(),
      waiting: false,
      given: undefined,
      packagedUntil: undefined,
      newest: 0n,
      finish: undefined,
    };
    this.#rooms.set(state.roomId, room);
    return room;
  }

  /** Gives the thread what waits, unless it still has work of this room. */
  #give(roomId: string, room: Room): void {
    const finish = room.finish !== undefined && !room.waiting;
    if (this.#closing || room.given || (!room.waiting && !finish)) return;
    if (!finish && performance.now() < (this.#deaths.get(roomId)?.until ?? 0)) return;
    const tracks = [...room.reached.values()];
    room.waiting = false;
    room.given = { until: room.newest, finish };
    const { state } = room;
    this.#keys(state).then(
      (keys) => {
        const folder = this.#options.folderOf(roomId);
        this.#order.push(roomId);
        if (finish) this.#post({ type: 'finish', folder, state, keys });
        else this.#post({ type: 'advance', folder, state, tracks, keys });
      },
      (error: unknown) => this.#done(roomId, undefined, messageOf(error)),
    );
  }

  async #keys({ roomId, tracks }: RecordingState): Promise<Map<string, Uint8Array>> {
    const names = [PACKAGE_KEY, ...tracks.map(({ trackId }) => trackKeyName(trackId))];
    const keys = new Map<string, Uint8Array>();
    for (const name of names) keys.set(name, (await this.#options.keys.forWriting(roomId, name)).key);
    return keys;
  }

  #done(roomId: string, summary: PackageSummary | undefined, error: string | undefined): void {
    const room = this.#rooms.get(roomId);
    if (!room?.given) return;
    const { finish, until } = room.given;
    room.given = undefined;
    if (error === undefined) this.#deaths.delete(roomId);
    if (error === undefined && until > (room.packagedUntil ?? 0n)) room.packagedUntil = until;
    if (error !== undefined) this.#options.log.error({ roomId, error }, 'packaging failed');
    if (finish) {
      this.#rooms.delete(roomId);
      if (summary) room.finish?.resolve(summary);
      else room.finish?.reject(failed(roomId, error));
      return;
    }
    this.#give(roomId, room);
  }

  #start(): Worker {
    const { ffmpeg, log, thread: program = new URL('./thread.ts', import.meta.url) } = this.#options;
    const thread = new Worker(program, {
      workerData: ffmpeg === undefined ? {} : { ffmpeg },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    thread.on('message', (message: unknown) => {
      const said = FromPackager.parse(message);
      if (said.type === 'problem') log.warn(said, 'a part of a package could not be made');
      else {
        const at = this.#order.indexOf(said.roomId);
        if (at !== -1) this.#order.splice(at, 1);
        this.#done(said.roomId, said.summary && withoutUndefined(said.summary), said.error);
      }
    });
    thread.on('error', (error) => log.error({ error: messageOf(error) }, 'the packager failed'));
    thread.on('exit', () => {
      this.#blame();
      this.#restartLater();
    });
    return thread;
  }

  /** The thread has died of the work that it was at: the first of what it was given. */
  #blame(): void {
    const [roomId] = this.#order.splice(0);
    if (roomId === undefined || this.#closing) return;
    const count = (this.#deaths.get(roomId)?.count ?? 0) + 1;
    const rest = count < DEATHS ? 0 : Math.min(FIRST_REST_MS * 2 ** (count - DEATHS), LAST_REST_MS);
    this.#deaths.set(roomId, { count, until: performance.now() + rest });
    if (count >= DEATHS) this.#done(roomId, undefined, `the packager died of it ${count} times`);
  }

  #restartLater(): void {
    if (this.#closing) return;
    this.#restart = setTimeout(() => {
      this.#thread = this.#start();
      this.#post({ type: 'thumbnails', enabled: this.#thumbnails });
      // What was sent to the thread that is gone was lost with it.
      this.#order.length = 0;
      for (const [roomId, room] of this.#rooms) {
        // What it had is given again: what of it was written already is skipped.
        room.waiting ||= room.given?.finish === false;
        room.given = undefined;
        this.#give(roomId, room);
      }
    }, RESTART_MS);
  }

  #post(message: ToPackager): void {
    this.#thread.postMessage(message);
  }

  async #end(reason: string): Promise<void> {
    clearTimeout(this.#restart);
    for (const [roomId, room] of this.#rooms) room.finish?.reject(failed(roomId, reason));
    this.#rooms.clear();
    const thread = this.#thread;
    const gone = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    this.#post({ type: 'close' });
    const timer = setTimeout(() => void thread.terminate(), CLOSE_MS);
    if (thread.threadId !== -1) await gone;
    clearTimeout(timer);
  }
}

/** A track that is not named has nothing new up to the least moment of those that are. */
function reach(reached: Map<string, DurableTrack>, tracks: readonly DurableTrack[]): void {
  const least = tracks.reduce((a, { until }) => (until < a ? until : a), tracks[0]?.until ?? 0n);
  for (const [trackId, track] of reached)
    if (track.until < least) reached.set(trackId, { ...track, until: least });
  for (const track of tracks) reached.set(track.trackId, track);
}

function lagOf({ newest, packagedUntil }: Room): number {
  return packagedUntil === undefined ? 0 : Math.max(0, Number(newest - packagedUntil) / 1e6);
}

function withoutUndefined(
  summary: NonNullable<Extract<FromPackager, { type: 'done' }>['summary']>,
): PackageSummary {
  const { verified, detail, ...rest } = summary;
  return {
    ...rest,
    ...(verified === undefined ? {} : { verified }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function failed(roomId: string, detail: string | undefined): AppError {
  return new AppError(
    'packaging-failed',
    `Recording ${roomId} could not be packaged: ${detail ?? 'unknown'}.`,
    {
      whatToDo:
        'Look for a full or failing disk; the journals are safe, and packaging is tried again at the next start.',
    },
  );
}

function closed(): AppError {
  return new AppError('closed', 'The packager is closed.', {
    status: 503,
    whatToDo: 'Start the recorder again.',
  });
}
