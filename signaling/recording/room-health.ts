/** What people are told of a room's recording: how far each track is on the disk, and when one stands still. */
import { messageOf, toAppError } from '../../platform/errors.ts';
import { mayReceive } from '../media/visibility.ts';
import type { EventOf } from '../protocol/events.ts';
import { WHOLE_ROOM } from '../protocol/evolve-recording.ts';
import type { RecorderEventData, TrackStatus } from '../protocol/recorder.ts';
import { type RoomAddress, SYSTEM } from '../rooms/types.ts';
import type { RoomRecording } from './room-recording.ts';
import { StallWatch } from './stall-watch.ts';

type Cause = EventOf<'RecordingStalled'>['cause'];

/** How often people are told how far it is, and how long an alarm of the recorder explains a stall, in milliseconds. */
const STATUS_EVERY_MS = 900;
const ALARM_MS = 10_000;

export class RoomHealth {
  readonly #room: RoomRecording;
  readonly #watch: StallWatch;
  readonly #pending = new Set<string>();
  #statuses: readonly TrackStatus[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;
  #dirty = false;
  #alarm: { readonly cause: Cause; readonly at: number } | undefined;

  constructor(room: RoomRecording) {
    this.#room = room;
    this.#watch = new StallWatch(room.deps.clock, room.deps.config.stallMs);
  }

  /** Tracks and rooms that stall now. */
  get stalls(): number {
    return this.#room.state.phase === 'open' ? Object.keys(this.#recorded?.stalled ?? {}).length : 0;
  }

  durable(statuses: readonly TrackStatus[]): void {
    this.#statuses = statuses;
    this.#watch.report(statuses);
    this.#dirty = true;
    this.#tell();
  }

  alarm({ code }: RecorderEventData<'room.alarm'>): void {
    if (code === 'slow-disk' || code === 'write-failed')
      this.#alarm = { cause: code, at: this.#room.deps.clock.monotonic() };
  }

  /** Looks at what should become durable; called every half second. */
  tick(): void {
    const { state, recorder } = this.#room;
    if (state.phase !== 'open' || !state.recording?.on) {
      this.#watch.expect(new Set(), true);
      return;
    }
    const tapped = this.#room.tapped;
    // Before media is placed there may be several recorders to choose from, and nothing to record.
    this.#watch.expect(tapped?.flowing ?? new Set(), recorder !== undefined || tapped === undefined);
    this.#judge();
    this.#shed();
    this.#tell();
  }

  get #recorded() {
    return this.#room.state.recording;
  }

  /** The facts say what people were told: only a difference to it is a new fact, also after a takeover. */
  #judge(): void {
    const stalled = this.#recorded?.stalled ?? {};
    const now = new Set(this.#watch.stalled);
    if (this.#watch.roomStalls) now.add(WHOLE_ROOM);
    for (const key of now) if (!stalled[key]) this.#say(key, (address) => this.#stall(address, key));
    for (const [key, { at }] of Object.entries(stalled)) {
      // While nobody records at all, nothing has resumed.
      if (now.has(key) || (this.#watch.roomStalls && key !== WHOLE_ROOM)) continue;
      this.#say(key, (address) => this.#resume(address, key, at));
    }
  }

  async #stall(address: RoomAddress, key: string): Promise<void> {
    const { deps, roomId } = this.#room;
    const cause = this.#cause(key);
    const producerId = key === WHOLE_ROOM ? {} : { producerId: key };
    deps.metrics.stalls.inc({ cause });
    deps.log.error({ roomId, ...producerId, cause }, 'recording stalled');
    await address.execute('recording.stall', { ...producerId, cause }, SYSTEM);
  }

  async #resume(address: RoomAddress, key: string, since: number): Promise<void> {
    const { deps, roomId } = this.#room;
    const afterMs = Math.max(0, (await address.roomTime()) - since);
    const producerId = key === WHOLE_ROOM ? {} : { producerId: key };
    await address.execute('recording.resume', { ...producerId, afterMs }, SYSTEM);
    deps.log.info({ roomId, ...producerId, afterMs }, 'recording resumed');
  }

  #cause(key: string): Cause {
    const { refused, recorder, deps } = this.#room;
    if (refused === 'disk-full' || recorder?.level === 'full') return 'no-disk';
    if (key === WHOLE_ROOM) return refused === undefined ? 'recorder-away' : 'unknown';
    const recent = this.#alarm && deps.clock.monotonic() - this.#alarm.at < ALARM_MS;
    return recent && this.#alarm ? this.#alarm.cause : 'unknown';
  }

  #shed(): void {
    const { recorder } = this.#room;
    const level = recorder?.level;
    if (level === undefined || this.#recorded?.shed === level) return;
    this.#say('shed', async (address) => void (await address.execute('recording.shed', { level }, SYSTEM)));
  }

  /** Commits without being waited for; one at a time of each kind. */
  #say(key: string, commit: (address: RoomAddress) => Promise<void>): void {
    if (this.#pending.has(key)) return;
    this.#pending.add(key);
    commit(this.#room.address)
      .catch((error: unknown) => {
        const fields = { roomId: this.#room.roomId, code: toAppError(error).code, reason: messageOf(error) };
        this.#room.deps.log.warn(fields, 'the state of the recording could not be written down');
      })
      .finally(() => this.#pending.delete(key));
  }

  /** To each peer the tracks it may see, and its own. */
  #tell(): void {
    const { state, roomId, deps } = this.#room;
    const now = deps.clock.monotonic();
    if (!this.#dirty || now - this.#toldAt < STATUS_EVERY_MS) return;
    this.#dirty = false;
    this.#toldAt = now;
    for (const viewer of Object.values(state.peers)) {
      const tracks = this.#statuses.flatMap(({ trackId, durableUntil, state: is }) => {
        const source = state.sources[trackId];
        const owner = source && state.peers[source.peerId];
        if (!source || !owner) return [];
        const own = owner.peerId === viewer.peerId;
        return own || mayReceive(viewer, owner, source, state)
          ? [{ producerId: trackId, durableUntil, state: is }]
          : [];
      });
      if (tracks.length > 0) deps.notifier.notify(roomId, viewer.peerId, 'recording.status', { tracks });
    }
  }
}
