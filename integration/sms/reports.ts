/**
 * Reports of one sender: told to every listener, each state of a message once, and never back to an earlier one, since
 * providers report late, twice and out of order.
 */
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { SmsFailure, SmsReport, SmsState } from '../../signaling/protocol/sms.ts';

export interface Outcome {
  readonly state: SmsState;
  readonly failure?: SmsFailure;
  /** The provider's own code; never words of the message. */
  readonly providerCode?: string;
}

/** A message that waits for its provider may be told so again; `delivered` stands above all, for the phone has it. */
const RANK: Readonly<Record<SmsState, number>> = {
  queued: 0,
  sent: 1,
  accepted: 2,
  unknown: 3,
  expired: 4,
  failed: 5,
  delivered: 6,
};
/** Messages of which the last state is remembered. */
const MOST_MESSAGES = 10_000;
const LONGEST_CODE = 120;

export class Reports {
  readonly #listeners = new Set<(report: SmsReport) => void>();
  readonly #states = new Map<string, SmsState>();
  readonly #log: Logger;
  readonly #now: () => number;

  constructor(log: Logger, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  /** Answers how to stop listening. */
  listen(listener: (report: SmsReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The newest state of a message, as far as it is remembered. */
  stateOf(messageId: string): SmsState | undefined {
    return this.#states.get(messageId);
  }

  /** Tells the listeners, unless the message is in this state or a later one. */
  tell(messageId: string, { state, failure, providerCode }: Outcome): void {
    const before = this.#states.get(messageId);
    if (before !== undefined && RANK[state] <= RANK[before]) return;
    this.#states.delete(messageId);
    this.#states.set(messageId, state);
    this.#forgetOldest();
    const code = providerCode?.trim().slice(0, LONGEST_CODE);
    const report: SmsReport = {
      ...{ messageId, state, at: this.#now() },
      ...(failure === undefined ? {} : { failure }),
      ...(code ? { providerCode: code } : {}),
    };
    this.#log.info({ messageId, state, failure, providerCode: code }, 'an SMS stands elsewhere now');
    for (const listener of [...this.#listeners]) this.#call(listener, report);
  }

  /** One listener that fails must not keep the report from the others. */
  #call(listener: (report: SmsReport) => void, report: SmsReport): void {
    try {
      listener(report);
    } catch (error) {
      const code = isAppError(error) ? error.code : undefined;
      this.#log.error({ code, reason: messageOf(error) }, 'a listener of SMS reports failed');
    }
  }

  #forgetOldest(): void {
    if (this.#states.size <= MOST_MESSAGES) return;
    const [oldest] = this.#states.keys();
    if (oldest !== undefined) this.#states.delete(oldest);
  }
}
