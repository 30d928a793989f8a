/**
 * Recording of rooms (design section 7): for each room that this process owns, its recorder is told what to keep, and
 * its people are told whether it is kept. Recorders that are away, slow or refuse harm nothing but the recording.
 */
import type { Clock } from '../../platform/clock.ts';
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Notifier, TapService } from '../media/types.ts';
import type { RecorderClient, RecorderEvent, RecorderEventData } from '../protocol/recorder.ts';
import type { Rooms } from '../rooms/types.ts';
import { RECORDING_DEFAULTS, type RecordingConfig } from './config.ts';
import type { LogReader } from './log-feed.ts';
import { createRecordingMetrics } from './metrics.ts';
import { type DumpedRoom, Recorder } from './recorders.ts';
import { type RecordingDeps, RoomRecording } from './room-recording.ts';

export interface RecordingServiceOptions {
  readonly rooms: Rooms;
  readonly store: LogReader;
  readonly media: TapService;
  readonly notifier: Notifier;
  /** Links to the recorders; they stay the caller's to close. More may be added later. */
  readonly recorders: readonly RecorderClient[];
  readonly registry: Registry;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly config?: Partial<RecordingConfig>;
  /** Hears which recorder has a room open now: at each start, after each change of recorder, its restart and a takeover. */
  readonly onRecorder?: (roomId: string, nodeId: string) => void;
}

export interface RecordingService {
  /** Takes another recorder in. Returns the function that takes it out again. */
  addRecorder(client: RecorderClient): () => void;
  /** Stops following rooms. What is recorded goes on without us. */
  close(reason: string): Promise<void>;
}

const TICK_MS = 500;

export function createRecordingService(options: RecordingServiceOptions): RecordingService {
  return new Service(options);
}

class Service implements RecordingService {
  readonly #rooms = new Map<string, RoomRecording>();
  readonly #recorders = new Set<Recorder>();
  /** What recorders hold of rooms that nobody here has asked for yet: closed ones wait there for their end. */
  readonly #held = new Map<string, Set<Recorder>>();
  readonly #ending = new Set<Promise<void>>();
  readonly #options: RecordingServiceOptions;
  readonly #deps: RecordingDeps;
  readonly #stops: (() => void)[] = [];
  readonly #timers: NodeJS.Timeout[];
  #closed: Promise<void> | undefined;

  constructor(options: RecordingServiceOptions) {
    const { rooms, store, media, notifier, registry, clock, logger } = options;
    this.#options = options;
    this.#deps = {
      store,
      media,
      notifier,
      metrics: createRecordingMetrics(registry),
      clock,
      log: logger,
      // Without any recorder no room is said to be recorded.
      config: { ...RECORDING_DEFAULTS, enabled: options.recorders.length > 0, ...options.config },
      recorders: () => [...this.#recorders],
      done: (room) => this.#forget(room),
      opened: (roomId, nodeId) => options.onRecorder?.(roomId, nodeId),
    };
    for (const client of options.recorders) this.addRecorder(client);
    this.#stops.push(
      media.onPass((roomId) => this.#rooms.get(roomId)?.poke()),
      rooms.onOwned((roomId, epoch) => this.#owned(roomId, epoch)),
      rooms.onDisowned((roomId) => this.#drop(roomId)),
      rooms.onEntry((roomId, entry, state) => this.#rooms.get(roomId)?.entry(entry, state)),
    );
    this.#timers = [
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => this.#tellClocks(), this.#deps.config.clockEveryMs),
    ];
  }

  addRecorder(client: RecorderClient): () => void {
    const recorder = new Recorder(client, {
      ...this.#deps,
      listener: {
        recorderUp: (up, rooms) => this.#recorderUp(up, rooms),
        recorderDown: () => this.#pokeAll(),
        recorderEvent: (from, event, data) => this.#heard(from, event, data),
      },
    });
    this.#recorders.add(recorder);
    const stop = () => {
      this.#recorders.delete(recorder);
      recorder.close();
    };
    this.#stops.push(stop);
    return stop;
  }

  close(reason: string): Promise<void> {
    this.#closed ??= this.#close(reason);
    return this.#closed;
  }

  async #close(reason: string): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const stop of this.#stops.splice(0)) stop();
    for (const roomId of [...this.#rooms.keys()]) this.#drop(roomId);
    await Promise.all(this.#ending);
    this.#deps.log.info({ reason }, 'recording of rooms is followed no longer');
  }

  #owned(roomId: string, epoch: number): void {
    this.#drop(roomId);
    this.#follow(roomId, epoch).catch((error: unknown) =>
      this.#deps.log.error({ roomId, reason: messageOf(error) }, 'the recording of a room is not followed'),
    );
  }

  async #follow(roomId: string, epoch: number): Promise<void> {
    const address = this.#options.rooms.at(roomId);
    const state = await address.state();
    const holders = this.#held.get(roomId) ?? new Set();
    // A closed room is opened for reading, too: only one that a recorder still waits for concerns us.
    if (this.#closed || (state.phase === 'closed' && holders.size === 0)) return;
    this.#drop(roomId);
    const room = new RoomRecording(address, epoch, state, this.#deps);
    for (const recorder of holders) room.holds(recorder);
    this.#rooms.set(roomId, room);
    room.poke();
  }

  #drop(roomId: string): void {
    const room = this.#rooms.get(roomId);
    if (room) this.#forget(room);
  }

  #forget(room: RoomRecording): void {
    if (this.#rooms.get(room.roomId) === room) this.#rooms.delete(room.roomId);
    if (room.state.phase === 'closed' && room.involved.size === 0) this.#held.delete(room.roomId);
    const ending = room.close();
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #recorderUp(recorder: Recorder, dumped: readonly DumpedRoom[]): void {
    const byId = new Map(dumped.map((room) => [room.roomId, room]));
    for (const holders of this.#held.values()) holders.delete(recorder);
    for (const roomId of byId.keys())
      this.#held.set(roomId, (this.#held.get(roomId) ?? new Set()).add(recorder));
    for (const room of this.#rooms.values()) room.recorderUp(recorder, byId.get(room.roomId));
    for (const roomId of byId.keys()) if (!this.#rooms.has(roomId)) this.#finishLater(roomId);
  }

  /** A room that closed while its recorder, or everyone who could have told it, was away. */
  #finishLater(roomId: string): void {
    const claim = async () => {
      const head = await this.#deps.store.head(roomId);
      if (head?.phase !== 'closed' || this.#closed || this.#rooms.has(roomId)) return;
      const address = this.#options.rooms.at(roomId);
      await address.state();
      // Owned already for reading: nobody says so again.
      if (!this.#rooms.has(roomId))
        await this.#follow(roomId, (await this.#deps.store.head(roomId))?.epoch ?? 0);
    };
    claim().catch((error: unknown) => {
      // Whoever owns it now has seen the same dump.
      if (isAppError(error, 'not-owner')) return;
      this.#deps.log.error({ roomId, reason: messageOf(error) }, 'a recording could not be finished yet');
    });
  }

  #heard<E extends RecorderEvent>(from: Recorder, event: E, data: RecorderEventData<E>): void;
  #heard(from: Recorder, event: RecorderEvent, data: RecorderEventData<RecorderEvent>): void {
    if (event === 'disk.level' && 'level' in data) {
      from.level = data.level;
      this.#deps.log.warn({ nodeId: from.nodeId, level: data.level }, 'space for recordings has changed');
    } else if ('roomId' in data) {
      const room = this.#rooms.get(data.roomId);
      if ('code' in data) {
        this.#deps.metrics.alarms.inc({ code: data.code });
        this.#deps.log.error({ nodeId: from.nodeId, ...data }, 'alarm of a recorder');
        room?.health.alarm(data);
      } else if (Array.isArray(data.tracks) && room?.recorder === from) {
        room.health.durable(data.tracks);
      }
    }
  }

  #pokeAll(): void {
    for (const room of this.#rooms.values()) room.poke();
  }

  #tick(): void {
    const { metrics } = this.#deps;
    let stalls = 0;
    const states = { recording: 0, waiting: 0, finishing: 0, off: 0 };
    for (const room of this.#rooms.values()) {
      room.health.tick();
      stalls += room.health.stalls;
      if (room.state.phase === 'closed') states.finishing += 1;
      else if (!room.state.recording?.on) states.off += 1;
      else states[room.recorder ? 'recording' : 'waiting'] += 1;
    }
    metrics.stalled.set(stalls);
    metrics.recorders.set([...this.#recorders].filter((recorder) => recorder.up).length);
    for (const [state, count] of Object.entries(states)) metrics.rooms.set({ state }, count);
  }

  #tellClocks(): void {
    for (const recorder of this.#recorders) {
      if (!recorder.up) continue;
      const tell = async () => {
        await recorder.measure();
        const mine = [...this.#rooms.values()].filter((room) => room.recorder === recorder);
        await Promise.all(mine.map((room) => room.tellClock()));
      };
      tell().catch((error: unknown) =>
        this.#deps.log.warn({ nodeId: recorder.nodeId, reason: messageOf(error) }, 'clock not told'),
      );
    }
  }
}
