/** Measures what a join and a recovery took, and reports it for the operator's graphs, at most once in 5 s. */
import type { Params } from '../../../signaling/protocol/methods.ts';
import type { Clock } from '../clock.ts';
import type { SessionStats } from '../types-media.ts';

const REPORT_MS = 5000;

type Report = Params<'media.report'>;

export class Reports {
  readonly #clock: Clock;
  readonly #send: (report: Report) => void;
  readonly #startedAt: number;
  #joinMs: number | undefined;
  #firstFrameMs: number | undefined;
  #everFlowed = false;
  #reconnects = 0;
  #reconnectsTold = 0;
  #reportedAt: number;
  #closed = false;

  constructor(clock: Clock, send: (report: Report) => void) {
    this.#clock = clock;
    this.#send = send;
    this.#startedAt = clock.monotonic();
    this.#reportedAt = this.#startedAt;
  }

  get reconnects(): number {
    return this.#reconnects;
  }
  get everFlowed(): boolean {
    return this.#everFlowed;
  }
  get timings(): { readonly joinMs?: number; readonly firstFrameMs?: number } {
    return {
      ...(this.#joinMs === undefined ? {} : { joinMs: this.#joinMs }),
      ...(this.#firstFrameMs === undefined ? {} : { firstFrameMs: this.#firstFrameMs }),
    };
  }

  handleJoined(): void {
    this.#joinMs ??= this.#clock.monotonic() - this.#startedAt;
  }

  handleFirstFrame(): void {
    if (this.#firstFrameMs !== undefined || this.#closed) return;
    this.#firstFrameMs = this.#clock.monotonic() - this.#startedAt;
    this.#send({ ...this.timings });
  }

  /** The first time media flows is the start, every later one a recovery. */
  handleHealed(): void {
    if (this.#everFlowed) this.#reconnects += 1;
    this.#everFlowed = true;
  }

  handleStats(stats: SessionStats): void {
    const last = stats.link.at(-1);
    const now = this.#clock.monotonic();
    if (!last || this.#closed || now - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = now;
    const loss = Math.max(last.upLoss ?? 0, last.downLoss ?? 0);
    const reconnects = this.#reconnects - this.#reconnectsTold;
    this.#reconnectsTold = this.#reconnects;
    this.#send({
      // Since the report before, because the server counts them up.
      reconnects,
      lossFraction: Math.min(1, Math.max(0, loss)),
      ...(last.rttMs === undefined ? {} : { rttMs: last.rttMs }),
      ...(last.availableUp === undefined ? {} : { availableBitrate: last.availableUp }),
    });
  }

  close(): void {
    this.#closed = true;
  }
}
