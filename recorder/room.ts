/**
 * One recording while it is open: its state, its log, its tracks. Requests run one after another in the room's queue, each behind
 * the check of the owner's epoch; packets never wait for them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SerialQueue } from '../platform/serial-queue.ts';
import type { RecorderParams, RecorderResult } from '../signaling/protocol/recorder.ts';
import { RoomAlarms } from './alarms.ts';
import type { TrackInfo } from './capture/track.ts';
import { monotonicMs, type RecorderContext } from './context.ts';
import { LOG_FILE, type RecordedTrack, type RecordingState } from './core/state.ts';
import { recordingOff, roomClosed, staleEpoch } from './errors.ts';
import { PACKAGE_KEY } from './keys/recording-keys.ts';
import { lockPackage } from './package-lock.ts';
import { RoomLog } from './room-log.ts';
import { packageFolder, writeState } from './room-state.ts';
import { RoomTracks } from './room-tracks.ts';

/** A room's clock that moves by more than this was set anew, or measured wrongly. */
const CLOCK_JUMP_MS = 100;
/** Smaller changes are not worth writing `room.json` for; the journals have every one. */
const CLOCK_KEPT_MS = 20;

type Nothing = Record<string, never>;
type Dump = RecorderResult<'recorder.dump'>['rooms'][number];

export class Room {
  readonly tracks: RoomTracks;
  readonly alarms: RoomAlarms;
  readonly #context: RecorderContext;
  readonly #queue: SerialQueue;
  readonly #log: RoomLog;
  readonly #unlock: () => void;
  #state: RecordingState;
  #closing: Promise<void> | undefined;

  private constructor(context: RecorderContext, state: RecordingState, log: RoomLog, unlock: () => void) {
    this.#context = context;
    this.#state = state;
    this.#log = log;
    this.#unlock = unlock;
    this.#queue = new SerialQueue(`recording ${state.roomId}`);
    this.alarms = new RoomAlarms(state.roomId, context);
    this.tracks = new RoomTracks(state.roomId, context, this.alarms);
  }

  /** Opens the package of a state that was found or is new. Throws `recording-locked` when another recorder has it. */
  static async open(context: RecorderContext, state: RecordingState): Promise<Room> {
    const { roomId } = state;
    const folder = packageFolder(context.dataDir, roomId);
    await mkdir(folder, { recursive: true, mode: 0o750 });
    const unlock = lockPackage(folder, roomId);
    try {
      await context.keys.forWriting(roomId, PACKAGE_KEY);
      return new Room(context, state, await RoomLog.open(join(folder, LOG_FILE), roomId), unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  get state(): RecordingState {
    return this.#state;
  }

  get logSeq(): number {
    return this.#log.seq;
  }

  dump(): Dump {
    const { roomId, epoch, recording } = this.#state;
    const { tap } = this.tracks;
    return {
      ...{ roomId, epoch, recording },
      tap: tap ? { tapId: tap.tapId, ip: '127.0.0.1', port: tap.port } : null,
      tracks: this.tracks.statuses(process.hrtime.bigint()),
      logSeq: this.#log.seq,
    };
  }

  /** Switches it on, or finds it on. */
  switchOn({ epoch, by, reason }: RecorderParams<'room.open'>): Promise<RecorderResult<'room.open'>> {
    return this.#inTurn('room.open', epoch, async () => {
      if (this.#state.finished) throw roomClosed(this.#state.roomId);
      if (!this.#state.recording) {
        const fromAt = process.hrtime.bigint();
        const from = this.#roomTime(fromAt);
        const span = { fromAt: String(fromAt), ...(from === undefined ? {} : { from }), by, reason };
        await this.#save({ recording: true, spans: [...this.#state.spans, span] });
      }
      return { logSeq: this.#log.seq };
    });
  }

  clock({ epoch, offsetMs, errorMs }: RecorderParams<'room.clock'>): Promise<Nothing> {
    return this.#inTurn('room.clock', epoch, async () => {
      const { hostBoot } = this.#context;
      const before = this.#state.clock?.hostBoot === hostBoot ? this.#state.clock : undefined;
      const change = Math.abs(offsetMs - (before?.offsetMs ?? Number.POSITIVE_INFINITY));
      if (before && change > CLOCK_JUMP_MS) this.alarms.ring('clock', undefined, `${Math.round(change)} ms`);
      this.tracks.clock({ type: 'clock', at: process.hrtime.bigint(), offsetMs, errorMs });
      if (change < CLOCK_KEPT_MS) return;
      const spans = this.#state.spans.map((span) =>
        span.from === undefined
          ? { ...span, from: Math.max(0, monotonicMs(BigInt(span.fromAt)) + offsetMs) }
          : span,
      );
      await this.#save({ clock: { offsetMs, errorMs, hostBoot }, spans });
    });
  }

  appendLog({ epoch, lines }: RecorderParams<'room.log'>): Promise<RecorderResult<'room.log'>> {
    return this.#inTurn('room.log', epoch, async () => {
      if (this.#state.finished) throw roomClosed(this.#state.roomId);
      return { logSeq: await this.#log.append(lines) };
    });
  }

  pause({ epoch, reason }: RecorderParams<'room.pause'>): Promise<Nothing> {
    return this.#inTurn('room.pause', epoch, async () => {
      if (!this.#state.recording) return;
      await this.#endTracks(reason, this.#roomTime(process.hrtime.bigint()));
    });
  }

  /** Ends the recording for good; idempotent. */
  finish({ epoch, endedAt, reason }: RecorderParams<'room.finish'>): Promise<Nothing> {
    return this.#inTurn('room.finish', epoch, async () => {
      if (this.#state.finished) return;
      await this.#endTracks(reason, endedAt, { finished: { endedAt, reason } });
      await this.tracks.closeTaps();
    });
  }

  openTap({ epoch, tapId }: RecorderParams<'tap.open'>): Promise<RecorderResult<'tap.open'>> {
    return this.#inTurn('tap.open', epoch, async () => {
      if (this.#state.finished) throw roomClosed(this.#state.roomId);
      const { port } = await this.tracks.openTap(tapId);
      return { ip: '127.0.0.1', port };
    });
  }

  connectTap(params: RecorderParams<'tap.connect'>): Promise<Nothing> {
    return this.#inTurn('tap.connect', params.epoch, async () => this.tracks.connectTap(params));
  }

  closeTap({ epoch, tapId }: RecorderParams<'tap.close'>): Promise<Nothing> {
    return this.#inTurn('tap.close', epoch, () => this.tracks.closeTap(tapId));
  }

  startTrack(epoch: number, tapId: string, info: TrackInfo): Promise<Nothing> {
    return this.#inTurn('track.start', epoch, async () => {
      if (this.#state.finished) throw roomClosed(this.#state.roomId);
      if (!this.#state.recording) throw recordingOff(this.#state.roomId);
      const { trackId } = info.media ?? info.messages;
      const known = this.#state.tracks.find((track) => track.trackId === trackId);
      const isBack = known !== undefined && !known.ended && !this.tracks.isRunning(trackId);
      // First that it is there, then its first byte: whoever starts again must know of it.
      await this.#keepTrack(known, info, epoch);
      await this.tracks.start(tapId, info, epoch, isBack);
    });
  }

  noteTrack({ epoch, trackId, note, detail }: RecorderParams<'track.note'>): Promise<Nothing> {
    const kept = detail === undefined ? { kind: note } : { kind: note, detail };
    return this.#inTurn('track.note', epoch, async () => this.tracks.note(trackId, kept));
  }

  stopTrack({ epoch, trackId, reason }: RecorderParams<'track.stop'>): Promise<Nothing> {
    return this.#inTurn('track.stop', epoch, async () => {
      await this.tracks.stop(trackId, reason);
      const tracks = this.#state.tracks.map((track) =>
        track.trackId === trackId ? { ...track, ended: true } : track,
      );
      await this.#save({ tracks });
    });
  }

  requestKeyFrame({ epoch, trackId }: RecorderParams<'track.requestKeyFrame'>): Promise<Nothing> {
    return this.#inTurn('track.requestKeyFrame', epoch, async () => this.tracks.requestKeyFrame(trackId));
  }

  /** What became of the package after the room has closed. */
  setPackage(value: RecordingState['package']): Promise<void> {
    return this.#queue.push('package', () => this.#save({ package: value }));
  }

  /** Lets go of the package; a recording that runs goes on when it is opened again. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#queue.push('close', async () => {
      await this.tracks.stopAll(undefined);
      await this.tracks.closeTaps();
      await this.#log.close();
      this.#unlock();
    });
    return this.#closing;
  }

  /** Waits for the requests before it; the epoch is checked when its turn has come. */
  #inTurn<T>(name: string, epoch: number, task: () => Promise<T>): Promise<T extends void ? Nothing : T>;
  #inTurn(name: string, epoch: number, task: () => Promise<unknown>): Promise<unknown> {
    return this.#queue.push(name, async () => {
      if (epoch < this.#state.epoch) throw staleEpoch(this.#state.roomId, epoch, this.#state.epoch);
      if (epoch > this.#state.epoch) await this.#save({ epoch });
      return (await task()) ?? {};
    });
  }

  #roomTime(at: bigint): number | undefined {
    const { clock } = this.#state;
    if (clock?.hostBoot !== this.#context.hostBoot) return undefined;
    return Math.max(0, monotonicMs(at) + clock.offsetMs);
  }

  async #endTracks(
    reason: string,
    to: number | undefined,
    more: Partial<RecordingState> = {},
  ): Promise<void> {
    await this.tracks.stopAll(reason);
    const spans = this.#state.spans.map((span, index, all) =>
      index === all.length - 1 && span.to === undefined && to !== undefined ? { ...span, to } : span,
    );
    const tracks = this.#state.tracks.map((track) => ({ ...track, ended: true }));
    await this.#save({ recording: false, spans, tracks, ...more });
  }

  async #keepTrack(known: RecordedTrack | undefined, info: TrackInfo, epoch: number): Promise<void> {
    const { trackId } = info.media ?? info.messages;
    const epochs = known?.epochs.at(-1) === epoch ? known.epochs : [...(known?.epochs ?? []), epoch];
    const kept: RecordedTrack = { trackId, ...info, epochs, ended: false };
    if (known && JSON.stringify(known) === JSON.stringify(kept)) return;
    const others = this.#state.tracks.filter((track) => track.trackId !== trackId);
    await this.#save({ tracks: [...others, kept] });
  }

  async #save(change: Partial<RecordingState>): Promise<void> {
    const next = { ...this.#state, ...change };
    await writeState(this.#context.dataDir, next);
    this.#state = next;
  }
}
