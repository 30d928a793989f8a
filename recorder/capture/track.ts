/** One track while it is captured: its journal, its state, and what of it is given up for space. */
import type { DiskLevel, MediaTrack, MessageTrack, TrackStatus } from '../../signaling/protocol/recorder.ts';
import type { DurableTrack } from '../core/packager.ts';
import type { JournalFrame, TrackNote } from '../core/types.ts';
import { JournalWriter, type JournalWriterOptions } from '../journal/writer.ts';
import { isEssential, type ShedSubject, shedOf } from './disk-policy.ts';

/** After this long without a packet a track is idle: longer than any pause between packets of DTX (400 ms). */
const IDLE_MS = 2_000;

export type TrackInfo =
  | { readonly media: MediaTrack; readonly messages?: undefined }
  | { readonly messages: MessageTrack; readonly media?: undefined };

export type ClockFrame = Extract<JournalFrame, { type: 'clock' }>;

export interface CaptureTrackOptions {
  readonly info: TrackInfo;
  readonly level: DiskLevel;
  readonly clock: ClockFrame | undefined;
  /** Everything of the journal but what the track itself provides. */
  readonly journal: Omit<JournalWriterOptions, 'opening' | 'essential'>;
}

function subjectOf({ media, messages }: TrackInfo): ShedSubject {
  if (messages) return { kind: 'messages', encodings: 1 };
  return { kind: media.kind, role: media.role, encodings: media.rtpParameters.encodings?.length ?? 1 };
}

export class CaptureTrack {
  readonly trackId: string;
  readonly #journal: JournalWriter;
  #info: TrackInfo;
  #epoch: number;
  #clock: ClockFrame | undefined;
  #level: DiskLevel;
  #lastPacketAt: bigint | undefined;
  #ended = false;
  #shedPackets = 0;
  #announced: string | undefined;

  constructor({ info, level, clock, journal }: CaptureTrackOptions) {
    this.trackId = journal.trackId;
    this.#info = info;
    this.#epoch = journal.epoch;
    this.#clock = clock;
    this.#level = level;
    this.#journal = new JournalWriter({
      ...journal,
      opening: this.#opening(info, journal.epoch),
      essential: isEssential(subjectOf(info)),
    });
    this.#noteShed();
  }

  get info(): TrackInfo {
    return this.#info;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get counters() {
    return { ...this.#journal.counters, shed: this.#shedPackets };
  }

  get bufferedBytes(): number {
    return this.#journal.bufferedBytes;
  }

  /** What is not stored now. */
  get shed(): 'none' | 'largest' | 'all' {
    return shedOf(subjectOf(this.#info), this.#level);
  }

  /** SSRC of the largest encoding, best last as `MediaTrack` has them; undefined unless there are several. */
  get largestSsrc(): number | undefined {
    const encodings = this.#info.media?.rtpParameters.encodings ?? [];
    return encodings.length > 1 ? encodings.at(-1)?.ssrc : undefined;
  }

  /** A packet, report or message that arrived. `isLargest`: of the encoding that is given up first. */
  take(frame: Exclude<JournalFrame, { type: 'clock' | 'note' }>, isLargest = false): void {
    if (this.#ended) return;
    this.#lastPacketAt = frame.at;
    const { shed } = this;
    if (shed === 'all' || (shed === 'largest' && isLargest)) this.#shedPackets += 1;
    else this.#journal.append(frame);
  }

  note(note: TrackNote): void {
    if (!this.#ended) this.#journal.append({ type: 'note', at: process.hrtime.bigint(), note });
  }

  clock(clock: ClockFrame): void {
    this.#clock = clock;
    if (!this.#ended) this.#journal.append(clock);
  }

  /** New parameters, or a new owner of the room: a new stretch in a new file. */
  restart(info: TrackInfo, epoch: number): void {
    this.#journal.rotate(epoch, this.#opening(info, epoch));
    this.#info = info;
    this.#epoch = epoch;
  }

  setLevel(level: DiskLevel): void {
    this.#level = level;
    this.#noteShed();
  }

  /** @param offsetMs room time minus monotonic time; undefined before the first clock: durable times are then 0 */
  status(offsetMs: number | undefined, now: bigint): TrackStatus {
    const until = Number(this.#journal.durable.until) / 1e6;
    return {
      trackId: this.trackId,
      durableUntil: offsetMs === undefined ? 0 : Math.max(0, until + offsetMs),
      state: this.#state(now),
    };
  }

  /** How long what arrived has been waiting for the disk, in milliseconds. */
  lagMs(now: bigint): number {
    return Math.max(0, Number(now - this.#journal.durable.until) / 1e6);
  }

  get durable(): DurableTrack | undefined {
    const { position, until } = this.#journal.durable;
    return position && { trackId: this.trackId, position, until };
  }

  /** Ends the track; resolves when its journal is on the disk. Idempotent. */
  async stop(reason: string | undefined): Promise<void> {
    if (!this.#ended && reason !== undefined) this.note({ kind: 'stopped', reason });
    this.#ended = true;
    await this.#journal.close();
  }

  #state(now: bigint): TrackStatus['state'] {
    if (this.#ended) return 'ended';
    if (this.shed === 'all') return 'shed';
    const last = this.#lastPacketAt;
    return last !== undefined && Number(now - last) / 1e6 < IDLE_MS ? 'recording' : 'idle';
  }

  #noteShed(): void {
    const level = this.shed === 'none' ? 'ok' : this.#level;
    if (level === (this.#announced ?? 'ok')) return;
    this.#announced = level;
    this.note({ kind: 'shed', level });
  }

  /** What each file begins with: the parameters its packets have, and the last clock. */
  #opening(info: TrackInfo, epoch: number): () => JournalFrame[] {
    const rtpParameters = info.media?.rtpParameters ?? null;
    const at = process.hrtime.bigint();
    return () => [
      { type: 'note', at, note: { kind: 'parameters', rtpParameters, epoch } },
      ...(this.#clock ? [this.#clock] : []),
    ];
  }
}
