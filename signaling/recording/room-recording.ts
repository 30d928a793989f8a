/**
 * The recording of one room that this process owns: brings the recorder, the plan of media and the log together, and
 * keeps them so (design section 7). It only ever compares what should be with what was answered, so that a recorder or
 * an owner that is new goes on where the former one was. Nothing of the call waits for any of this.
 */
import type { Clock } from '../../platform/clock.ts';
import { isAppError, messageOf, toAppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { splitWorkerKey } from '../media/ids.ts';
import type { Notifier, Tapped, TapService } from '../media/types.ts';
import type { LogEntry } from '../protocol/entry.ts';
import type { RoomState } from '../protocol/state.ts';
import { type RoomAddress, SYSTEM } from '../rooms/types.ts';
import { RoomOffset } from './clocks.ts';
import type { RecordingConfig } from './config.ts';
import { finishRoom } from './finish.ts';
import { type LogReader, sendLog } from './log-feed.ts';
import type { RecordingMetrics } from './metrics.ts';
import { type Note, notesBetween } from './notes.ts';
import { chooseRecorder, type DumpedRoom, type Recorder } from './recorders.ts';
import { RoomHealth } from './room-health.ts';
import { Runner } from './runner.ts';
import { DEFAULT_REASON, openRecording, sendNotes, syncTap } from './sync.ts';
import { type Told, toldFrom } from './told.ts';

export interface RecordingDeps {
  readonly store: LogReader;
  readonly media: TapService;
  readonly notifier: Notifier;
  readonly metrics: RecordingMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: RecordingConfig;
  recorders(): readonly Recorder[];
  /** This recorder keeps the room from now on. */
  opened(roomId: string, nodeId: string): void;
  /** The room needs nobody any more. */
  done(room: RoomRecording): void;
}

/** Notes that wait for a recorder that is away; older ones are forgotten first. */
const NOTES_MAX = 500;

export class RoomRecording {
  readonly roomId: string;
  readonly epoch: number;
  readonly address: RoomAddress;
  readonly deps: RecordingDeps;
  readonly health: RoomHealth;
  state: RoomState;
  /** Recorders that hold a part of it and must hear of its end. */
  readonly involved = new Set<Recorder>();
  /** Recorders that may still have it open; all but one of them are told to let it rest. */
  readonly #holding = new Set<Recorder>();
  readonly notes: Note[] = [];
  /** The code with which the recorder refused to open it last. */
  refused: string | undefined;
  readonly #runner: Runner;
  readonly #logRunner: Runner;
  readonly #time = new RoomOffset();
  readonly #ended = new Map<string, string>();
  #told: Told | undefined;
  /** Run of the recorder that was named as the one that keeps the room. */
  #openedAt: string | undefined;
  #closed = false;

  constructor(address: RoomAddress, epoch: number, state: RoomState, deps: RecordingDeps) {
    this.roomId = address.roomId;
    this.epoch = epoch;
    this.address = address;
    this.deps = deps;
    this.state = state;
    this.health = new RoomHealth(this);
    const failed = (error: unknown, attempt: number) => this.#failed(error, attempt);
    this.#runner = new Runner({ work: () => this.#work(), failed });
    this.#logRunner = new Runner({ work: () => this.#sendLog(), failed });
  }

  /** Stands in front of every request about the room. */
  get ids(): { roomId: string; epoch: number } {
    return { roomId: this.roomId, epoch: this.epoch };
  }

  /** The recorder that has the room open; undefined while none does. */
  get recorder(): Recorder | undefined {
    return this.#told?.open && this.#told.recorder.up ? this.#told.recorder : undefined;
  }

  get tapped(): Tapped | undefined {
    return this.deps.media.tapped(this.roomId);
  }

  whyEnded(trackId: string): string {
    return this.#ended.get(trackId) ?? 'the source is gone';
  }

  /** Takes in a committed entry. */
  entry(entry: LogEntry, state: RoomState): void {
    if (state.seq < this.state.seq) return;
    for (const event of entry.events) {
      if (event.type === 'SourceClosed') this.#ended.set(event.producerId, event.reason);
    }
    this.notes.push(...notesBetween(this.state, state));
    if (this.notes.length > NOTES_MAX) this.notes.splice(0, this.notes.length - NOTES_MAX);
    this.state = state;
    this.poke();
    this.#logRunner.poke();
  }

  /** Something may have changed; `now`: also what has just failed is tried again. */
  poke(now = false): void {
    this.#runner.poke(now);
    if (now) this.#logRunner.poke(true);
  }

  /** A recorder has a part of it, perhaps from a former owner's time. */
  holds(recorder: Recorder): void {
    this.involved.add(recorder);
    this.#holding.add(recorder);
  }

  /** The recorder was reached (again): what it holds is where this goes on. */
  recorderUp(recorder: Recorder, dumped: DumpedRoom | undefined): void {
    if (dumped) this.holds(recorder);
    if (this.#told?.recorder === recorder || this.#choose() === recorder) {
      this.#told = toldFrom(recorder, this.epoch, dumped, this.#told);
      this.refused = undefined;
    }
    this.poke(true);
  }

  /** Tells the recorder how its clock stands to room time; the recorder's own was measured a moment ago. */
  async tellClock(): Promise<void> {
    const { recorder } = this;
    if (!recorder) return;
    await this.#time.sample(this.deps.clock, () => this.address.roomTime());
    await recorder.ask('room.clock', { ...this.ids, ...this.#time.from(recorder.clock) });
    // What could not be read from the store before, or was spilled, comes with the next.
    this.#logRunner.poke();
  }

  /** Stops following. What is recorded goes on: whoever owns the room next finds it so. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#runner.close(), this.#logRunner.close()]);
  }

  async #work(): Promise<void> {
    const { recording, phase } = this.state;
    if (this.#closed) return;
    if (phase === 'closed') {
      if (await finishRoom(this)) this.deps.done(this);
      return;
    }
    if (!recording) {
      if (this.deps.config.enabled) await this.#begin();
      return;
    }
    if (!recording.on) return this.#pause(recording.by, recording.reason);
    const told = await this.#current();
    if (!told) return;
    await openRecording(this, told);
    this.#tellOpened(told);
    this.#logRunner.poke();
    const { tapped } = this;
    if (tapped) await syncTap(this, told, tapped);
    await sendNotes(this, told);
    await this.#restOthers(told.recorder);
  }

  /** Once for each run of a recorder, also when a former owner has opened it there: it may not have said so. */
  #tellOpened(told: Told): void {
    if (!told.open || this.#openedAt === told.bootId) return;
    this.#openedAt = told.bootId;
    this.deps.opened(this.roomId, told.recorder.nodeId);
  }

  /** On by default for every room: a fact of its own, by nobody. */
  async #begin(): Promise<void> {
    try {
      await this.address.execute('recording.start', { reason: DEFAULT_REASON }, SYSTEM);
    } catch (error) {
      // Somebody was quicker, or the room has ended.
      if (!isAppError(error, 'conflict') && !isAppError(error, 'closed')) throw error;
    }
  }

  async #pause(by: string, reason: string): Promise<void> {
    this.deps.media.setRecording(this.roomId, null);
    // Switched off while one of them was away, or under a former owner: what each says it does is what counts.
    for (const recorder of [...this.#holding]) {
      if (!recorder.up) continue;
      const { rooms } = await recorder.ask('recorder.dump', { roomIds: [this.roomId] });
      if (rooms.some(({ recording }) => recording)) {
        await recorder.ask('room.pause', { ...this.ids, by, reason });
      }
      this.#holding.delete(recorder);
      const told = this.#told;
      if (told?.recorder !== recorder) continue;
      Object.assign(told, { open: false, connected: undefined, tap: undefined });
      told.tracks.clear();
    }
  }

  #choose(): Recorder | undefined {
    const home = this.tapped?.workerKey;
    const nodeId = home === undefined ? undefined : splitWorkerKey(home).nodeId;
    return chooseRecorder(this.deps.recorders(), nodeId);
  }

  /** The recorder of where the room is now. One that the room has moved away from keeps what it has. */
  async #current(): Promise<Told | undefined> {
    const told = this.#told;
    const chosen = this.#choose() ?? (this.tapped === undefined ? told?.recorder : undefined);
    if (!chosen?.up) return undefined;
    if (told?.recorder === chosen && told.bootId === chosen.bootId) return told;
    const { rooms } = await chosen.ask('recorder.dump', { roomIds: [this.roomId] });
    if (rooms[0]) this.holds(chosen);
    this.#told = toldFrom(chosen, this.epoch, rooms[0], undefined);
    return this.#told;
  }

  /** Two recorders never write one track: the room has moved, or had moved when one of them was away. */
  async #restOthers(current: Recorder): Promise<void> {
    const reason = 'the room has moved to another node';
    for (const other of [...this.#holding]) {
      if (other === current || !other.up) continue;
      try {
        await other.ask('room.pause', { ...this.ids, by: SYSTEM.principalId, reason });
      } catch (error) {
        // What the other cannot do now must not keep this one from recording; it is told again with the next change.
        if (!isAppError(error, 'not-found')) {
          this.#failed(error, 1);
          continue;
        }
      }
      this.#holding.delete(other);
    }
  }

  async #sendLog(): Promise<void> {
    const told = this.#told;
    if (!told?.open || !told.recorder.up || this.state.phase === 'closed') return;
    const { recorder } = told;
    try {
      await sendLog(this.deps.store, this.roomId, {
        get logSeq() {
          return told.logSeq;
        },
        set logSeq(seq) {
          told.logSeq = seq;
        },
        append: async (lines) => (await recorder.ask('room.log', { ...this.ids, lines })).logSeq,
      });
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error;
      // It lacks what we thought it has: asked again, it says where it stands.
      told.open = false;
      this.poke();
    }
  }

  #failed(error: unknown, attempt: number): void {
    const fields = { roomId: this.roomId, code: toAppError(error).code, attempt, reason: messageOf(error) };
    if (isAppError(error, 'stale-epoch')) {
      this.deps.log.info(fields, 'a newer owner records the room');
      this.deps.done(this);
    } else if (attempt > 2) this.deps.log.warn(fields, 'recording waits for its recorder');
    else this.deps.log.debug(fields, 'a request about the recording failed');
  }
}
