/** One visit of a recording: its view and facts kept new while the room goes on, and what was looked at reported. */
import type { RecordingView } from '../../../signaling/protocol/recordings.ts';
import { Emitter } from '../emitter.ts';
import { isClientError } from '../errors.ts';
import type { RecordingApi } from './api.ts';
import { DrawnMarks } from './drawn-marks.ts';
import { Player } from './player.ts';
import { RoomReplay } from './replay.ts';

const LIVE_EVERY_MS = 1500;
/** Where a room that goes on is opened, before its end: what was just missed. */
const BEHIND_LIVE_MS = 10_000;
/** How often a recording that has ended is asked for its check and its seal. */
const SEAL_EVERY_MS = 4500;
const UNSETTLED: readonly string[] = ['recording', 'ended', 'checked'];
const REPORT_EVERY_MS = 10_000;
/** Without a written audit nothing is looked at: after this long without a report the player stops. */
const UNREPORTED_MOST_MS = 45_000;

export interface ReviewSessionEvents {
  change: undefined;
}

export class ReviewSession extends Emitter<ReviewSessionEvents> {
  readonly api: RecordingApi;
  readonly player: Player;
  readonly replay = new RoomReplay();
  /** Marks that people drew on pictures. */
  readonly drawn: DrawnMarks;
  #view: RecordingView;
  #unreportedSince: number | undefined;
  #notAudited = false;
  #factsProblem: unknown;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #asking = false;
  #askedAt = performance.now();
  #closed = false;
  readonly #leave = () => void this.#report();

  /**
   * Reads the view and opens the player at a moment of room time, or at the beginning; of a room that goes on near its
   * end. Facts follow in the background.
   */
  static async open(api: RecordingApi, at: number | undefined): Promise<ReviewSession> {
    return new ReviewSession(api, await api.view(), at);
  }

  private constructor(api: RecordingApi, view: RecordingView, at: number | undefined) {
    super();
    this.api = api;
    this.#view = view;
    const files = (trackId: string) => ({
      segments: (from: number, to: number) => api.segments(trackId, from, to),
      file: (file: string, signal: AbortSignal) => api.file(file, signal),
    });
    const opening = view.live ? Math.max(view.from, view.to - BEHIND_LIVE_MS) : view.from;
    this.player = new Player(view, files, at ?? opening);
    this.drawn = new DrawnMarks(files);
    this.drawn.update(view.tracks);
    this.player.on('time', (position) => this.drawn.pump(position));
    this.#timers.push(
      setInterval(() => void this.#renew(), LIVE_EVERY_MS),
      setInterval(() => void this.#report(), REPORT_EVERY_MS),
    );
    window.addEventListener('pagehide', this.#leave);
    void this.#readFacts();
  }

  get view(): RecordingView {
    return this.#view;
  }

  /** What was looked at could not be written down, so the player was stopped. */
  get notAudited(): boolean {
    return this.#notAudited;
  }

  /** Why the facts are not there; undefined when they are. */
  get factsProblem(): unknown {
    return this.#factsProblem;
  }

  /** Reads the view again, after something of the recording was changed here. */
  async refresh(): Promise<void> {
    const view = await this.api.view();
    if (this.#closed) return;
    this.#view = view;
    this.player.update(view);
    this.drawn.update(view.tracks);
    this.emit('change', undefined);
  }

  close(): void {
    if (this.#closed) return;
    void this.#report();
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    window.removeEventListener('pagehide', this.#leave);
    this.player.close();
    this.drawn.close();
    this.removeAll();
  }

  async #renew(): Promise<void> {
    if (this.#asking || this.#closed) return;
    const { live, summary } = this.#view;
    const unsettled = UNSETTLED.includes(summary.state) && performance.now() - this.#askedAt >= SEAL_EVERY_MS;
    const again = live || unsettled;
    if (!again && this.#factsProblem === undefined) return;
    this.#asking = true;
    this.#askedAt = performance.now();
    try {
      if (again) await this.refresh();
    } catch {
      // Asked again in a moment; what has been read stays.
    }
    await this.#readFacts();
    this.#asking = false;
  }

  async #readFacts(): Promise<void> {
    try {
      for (;;) {
        const before = this.replay.lastSeq;
        this.replay.add(await this.api.entries(before));
        if (this.#closed || this.replay.lastSeq === before) break;
      }
      this.#factsProblem = undefined;
      this.drawn.setFacts(this.replay.entries);
      this.drawn.pump(this.player.position);
    } catch (error) {
      this.#factsProblem = error;
    }
    if (!this.#closed) this.emit('change', undefined);
  }

  async #report(): Promise<void> {
    const ranges = this.player.watched.take();
    if (ranges.length === 0 || this.#closed) return;
    try {
      await this.api.reportSeeks(ranges);
      this.#unreportedSince = undefined;
      if (this.#notAudited) {
        this.#notAudited = false;
        this.emit('change', undefined);
      }
    } catch (error) {
      this.player.watched.giveBack(ranges);
      const now = performance.now();
      this.#unreportedSince ??= now;
      const isRefused = isClientError(error) && error.code !== 'offline' && error.code !== 'too-many';
      if (!isRefused && now - this.#unreportedSince < UNREPORTED_MOST_MS) return;
      this.#notAudited = true;
      this.player.pause();
      this.emit('change', undefined);
    }
  }
}
