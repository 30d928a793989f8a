/** The taps and tracks of one room: which track listens on which tap, and how far each is on the disk. */
import type { RecorderParams, TrackStatus } from '../signaling/protocol/recorder.ts';
import type { RoomAlarms } from './alarms.ts';
import { Tap } from './capture/tap.ts';
import { CaptureTrack, type ClockFrame, type TrackInfo } from './capture/track.ts';
import type { RecorderContext } from './context.ts';
import type { DurableTrack } from './core/packager.ts';
import type { TrackNote } from './core/types.ts';
import { notFound } from './errors.ts';
import { trackKeyName } from './keys/recording-keys.ts';
import { trackFolder } from './room-state.ts';

/** What waits longer than this for the disk means that the disk is slow. */
const SLOW_MS = 3_000;

interface Running {
  readonly track: CaptureTrack;
  tap: Tap;
}

export class RoomTracks {
  readonly #roomId: string;
  readonly #context: RecorderContext;
  readonly #alarms: RoomAlarms;
  readonly #taps = new Map<string, Tap>();
  readonly #running = new Map<string, Running>();
  /** Last word about tracks that this process has ended. */
  readonly #ended = new Map<string, TrackStatus>();
  /** Where tracks stood when they ended, until the packager has been told. */
  readonly #lastDurable: DurableTrack[] = [];
  readonly #told = new Map<string, string>();
  /** Counts of taps as of the last look, for metrics that only grow. */
  readonly #counted = new WeakMap<Tap, Record<string, number>>();
  #clock: ClockFrame | undefined;
  #lastTapId: string | undefined;

  constructor(roomId: string, context: RecorderContext, alarms: RoomAlarms) {
    this.#roomId = roomId;
    this.#context = context;
    this.#alarms = alarms;
  }

  /** The tap that was opened last: a room has one at a time. */
  get tap(): Tap | undefined {
    return this.#lastTapId === undefined ? undefined : this.#taps.get(this.#lastTapId);
  }

  get taps(): readonly Tap[] {
    return [...this.#taps.values()];
  }

  get running(): readonly CaptureTrack[] {
    return [...this.#running.values()].map(({ track }) => track);
  }

  isRunning(trackId: string): boolean {
    return this.#running.has(trackId);
  }

  async openTap(tapId: string): Promise<Tap> {
    const found = this.#taps.get(tapId);
    if (found) return found;
    const tap = await Tap.open({
      tapId,
      onError: (error) => this.#context.logger.warn({ roomId: this.#roomId, tapId, error }, 'tap failed'),
    });
    this.#taps.set(tapId, tap);
    this.#lastTapId = tapId;
    this.#context.metrics.receiveBuffer.set(tap.receiveBufferBytes);
    return tap;
  }

  connectTap({ tapId, ip, port, feedPort }: RecorderParams<'tap.connect'>): void {
    const tap = this.#taps.get(tapId);
    if (!tap) throw notFound(`tap ${tapId}`);
    tap.connect({ ip, port, feedPort });
  }

  /** Tracks on it stay: their sources may come back on another tap. */
  async closeTap(tapId: string): Promise<void> {
    const tap = this.#taps.get(tapId);
    this.#taps.delete(tapId);
    if (tap) this.#countPackets(tap);
    await tap?.close();
  }

  /**
   * Starts a track, or goes on with it. Idempotent for the same parameters, tap and owner.
   * @param isBack the track was recorded before by a process that is gone
   */
  async start(tapId: string, info: TrackInfo, epoch: number, isBack: boolean): Promise<void> {
    const { trackId } = info.media ?? info.messages;
    const tap = this.#taps.get(tapId);
    if (!tap) throw notFound(`tap ${tapId}`);
    const running = this.#running.get(trackId);
    if (running) {
      this.#goOn(running, tap, info, epoch);
      return;
    }
    const { keyId, key } = await this.#context.keys.forWriting(this.#roomId, trackKeyName(trackId));
    const track = this.#newTrack(trackId, info, epoch, { keyId, key });
    this.#ended.delete(trackId);
    this.#running.set(trackId, { track, tap });
    if (isBack) track.note({ kind: 'recorder-back' });
    tap.add(track);
  }

  note(trackId: string, note: TrackNote): void {
    this.#find(trackId).track.note(note);
  }

  requestKeyFrame(trackId: string): void {
    const { tap, track } = this.#find(trackId);
    tap.requestKeyFrame(track);
  }

  /** Ends a track; nothing happens when it does not run. Resolves when it is on the disk. */
  async stop(trackId: string, reason: string | undefined): Promise<void> {
    const running = this.#running.get(trackId);
    if (!running) return;
    const { tap, track } = running;
    tap.remove(track);
    this.#running.delete(trackId);
    await track.stop(reason);
    this.#ended.set(trackId, track.status(this.#clock?.offsetMs, process.hrtime.bigint()));
    this.#lastDurable.push(...(track.durable ? [{ ...track.durable, ended: true }] : []));
    const { dropped } = track.counters;
    if (dropped > 0) this.#alarms.ring('write-failed', trackId, `${dropped} packets could not be written`);
  }

  async stopAll(reason: string | undefined): Promise<void> {
    await Promise.all([...this.#running.keys()].map((trackId) => this.stop(trackId, reason)));
  }

  async closeTaps(): Promise<void> {
    await Promise.all([...this.#taps.keys()].map((tapId) => this.closeTap(tapId)));
  }

  clock(clock: ClockFrame): void {
    this.#clock = clock;
    for (const track of this.running) track.clock(clock);
  }

  setDiskLevel(): void {
    const { level } = this.#context.disk.state;
    for (const track of this.running) {
      const before = track.shed;
      track.setLevel(level);
      if (track.shed !== 'none' && track.shed !== before) {
        this.#alarms.ring('shed', track.trackId, `the disk is at ${level}`);
      }
    }
  }

  statuses(now: bigint): TrackStatus[] {
    const running = this.running.map((track) => track.status(this.#clock?.offsetMs, now));
    return [...this.#ended.values(), ...running];
  }

  /** Tracks that have grown on the disk since the last call. */
  takeGrown(): DurableTrack[] {
    const all = [...this.#lastDurable.splice(0), ...this.running.flatMap(({ durable }) => durable ?? [])];
    return all.filter(({ trackId, position: { file, offset }, ended = false }) => {
      const now = `${file} ${offset} ${ended}`;
      if (this.#told.get(trackId) === now) return false;
      this.#told.set(trackId, now);
      return true;
    });
  }
  tick(nowMs: number): void {
    for (const tap of this.#taps.values()) tap.tick(nowMs);
  }

  /** Once a second: drops of the kernel, lag of the disk, counts. */
  look(drops: ReadonlyMap<string, number>, now: bigint): void {
    for (const tap of this.#taps.values()) {
      const fresh = tap.noteKernelDrops(drops.get(`127.0.0.1:${tap.port}`) ?? 0);
      if (fresh > 0) {
        this.#context.metrics.kernelDrops.inc(fresh);
        this.#alarms.ring('kernel-drops', undefined, `${fresh} packets`);
      }
      this.#countPackets(tap);
    }
    for (const track of this.running) {
      const lag = track.lagMs(now);
      if (lag > SLOW_MS) this.#alarms.ring('slow-disk', track.trackId, `${Math.round(lag)} ms behind`);
    }
  }

  #goOn(running: Running, tap: Tap, info: TrackInfo, epoch: number): void {
    const { track } = running;
    const same = JSON.stringify(track.info) === JSON.stringify(info);
    if (!same || track.epoch !== epoch) track.restart(info, epoch);
    if (running.tap !== tap) running.tap.remove(track);
    if (!same || running.tap !== tap) tap.add(track);
    running.tap = tap;
  }

  #newTrack(
    trackId: string,
    info: TrackInfo,
    epoch: number,
    dataKey: { keyId: string; key: Uint8Array },
  ): CaptureTrack {
    const { dataDir, bootId, hostBoot, budget, files, disk, logger } = this.#context;
    const roomId = this.#roomId;
    return new CaptureTrack({
      info,
      level: disk.state.level,
      clock: this.#clock,
      journal: {
        ...{ roomId, trackId, epoch, bootId, hostBoot, budget, files },
        ...dataKey,
        folder: trackFolder(dataDir, roomId, trackId),
        onError: (error) => {
          logger.error({ roomId, trackId, error }, 'a journal could not be written');
          this.#alarms.ring('write-failed', trackId);
        },
        onSlow: () => this.#alarms.ring('slow-disk', trackId, 'packets are dropped'),
      },
    });
  }

  #find(trackId: string): Running {
    const running = this.#running.get(trackId);
    if (running) return running;
    throw notFound(`track ${trackId} that runs`);
  }

  #countPackets(tap: Tap): void {
    const { packets, foreign, late, unknown, feedLost, bytes, keyframeRequests } = tap.counters;
    const now = { packets, foreign, late, unknown, feedLost };
    const before = this.#counted.get(tap) ?? {};
    const { metrics } = this.#context;
    for (const [fate, count] of Object.entries(now))
      metrics.packets.inc({ fate }, count - (before[fate] ?? 0));
    metrics.bytes.inc(bytes - (before.bytes ?? 0));
    metrics.keyframeRequests.inc(keyframeRequests - (before.keyframeRequests ?? 0));
    this.#counted.set(tap, { ...now, bytes, keyframeRequests });
  }
}
