/**
 * Turns readings into what the room keeps: a measure twice a second for others, flags when they begin and end, a summary every
 * 30 s, and the first compression on the clocks of telephone CPR. Pure but for what it is given to send.
 */
import type { CprFlag, CprSummary } from '../../../../signaling/protocol/events-bystander.ts';
import type { Params } from '../../../../signaling/protocol/methods.ts';
import { type CprFlags, NO_FLAGS } from '../../../core/cpr/alarms.ts';
import type { CprReading } from '../../../core/cpr/measure.ts';

export interface CprSend {
  measure(measured: Params<'cpr.measure'>): void;
  flag(flagged: Params<'cpr.flag'>): void;
  summarise(summary: CprSummary): void;
  firstCompression(atUtc: number): void;
}

export const SUMMARY_MS = 30_000;
const FLAGS = ['too-fast', 'too-slow', 'paused'] as const satisfies readonly CprFlag[];

export class CprReporter {
  readonly #send: CprSend;
  #flags = NO_FLAGS;
  #begun: { readonly utc: number; readonly reading: CprReading } | undefined;
  #last: { readonly utc: number; readonly reading: CprReading } | undefined;
  #saidFirst = false;

  constructor(send: CprSend) {
    this.#send = send;
  }

  /** @param utc UTC of the room now, in milliseconds */
  add(reading: CprReading, flags: CprFlags, utc: number): void {
    const { rate, confidence, pausedMs } = reading;
    this.#send.measure({ source: 'video', rate, confidence, pausedMs: Math.round(pausedMs) });
    for (const flag of FLAGS)
      if (flags[flag] !== this.#flags[flag]) this.#tellFlag(flag, flags[flag], reading);
    this.#flags = flags;
    if (rate !== null && !this.#saidFirst) {
      this.#saidFirst = true;
      // It was sure from the begin of the window it looked at.
      this.#send.firstCompression(Math.round(utc - reading.measuredMs));
    }
    this.#begun ??= { utc, reading };
    this.#last = { utc, reading };
    if (utc - this.#begun.utc >= SUMMARY_MS) this.#summarise();
  }

  /** The measure ends: flags go off, and what was measured since the last summary is told. Idempotent. */
  close(): void {
    const reading = this.#last?.reading;
    if (reading) for (const flag of FLAGS) if (this.#flags[flag]) this.#tellFlag(flag, false, reading);
    this.#flags = NO_FLAGS;
    this.#summarise();
    this.#begun = undefined;
    this.#last = undefined;
  }

  #tellFlag(flag: CprFlag, on: boolean, { rate, pausedMs }: CprReading): void {
    const value = flag === 'paused' ? Math.round(pausedMs / 1000) : rate;
    this.#send.flag({ flag, on, source: 'video', ...(value === null || !on ? {} : { value }) });
  }

  #summarise(): void {
    const from = this.#begun;
    const to = this.#last;
    if (!from || !to || to.utc <= from.utc) return;
    this.#begun = to;
    const span = to.utc - from.utc;
    const since = (of: (reading: CprReading) => number) =>
      Math.max(0, Math.round(of(to.reading) - of(from.reading)));
    const measuredMs = Math.min(
      since((each) => each.measuredMs),
      span,
    );
    if (measuredMs === 0) return;
    const handsOffMs = Math.min(
      since((each) => each.handsOffMs),
      measuredMs,
    );
    const compressions = since((each) => each.compressions);
    const active = measuredMs - handsOffMs;
    const rate =
      active >= 3000 ? Math.min(300, Math.round((compressions * 600_000) / active) / 10) : undefined;
    this.#send.summarise({
      source: 'video',
      fromUtc: Math.round(from.utc),
      toUtc: Math.round(to.utc),
      measuredMs,
      handsOffMs,
      compressions,
      ...(rate === undefined ? {} : { rate }),
    });
  }
}
