/**
 * What all kinds of senders have in common: a message of one id is handed over once, every outcome is reported, numbers
 * are checked, and closing ends what waits. A kind brings its `Way` only.
 */
import { AppError, isAppError } from '../../platform/errors.ts';
import {
  PhoneNumber,
  SmsFailure,
  type SmsMessage,
  type SmsReport,
  type SmsSender,
} from '../../signaling/protocol/sms.ts';
import type { Outcome, Reports } from './reports.ts';

/** One message on its way, as a kind sees it. */
export interface Job {
  readonly message: SmsMessage;
  /** Fires when the message is of no use any more, or the sender closes. */
  readonly signal: AbortSignal;
  /** Says that the message waits because the provider cannot be reached. */
  waits(providerCode: string): void;
  /** The error to throw once `signal` has fired and the message has not left. */
  stopped(): AppError;
}

/** How one kind brings a message to its provider. */
export interface Way {
  readonly kind: SmsSender['kind'];
  readonly connected: boolean;
  /** Resolves when the provider has taken it, with its code for that; throws `undelivered()` for every other outcome. */
  submit(job: Job): Promise<Outcome>;
  close(reason: string): Promise<void>;
}

/** Messages whose id is remembered, so that a repeat is not sent again. */
const MOST_MESSAGES = 10_000;

/** The error of a message that was not taken; its outcome is what the listeners are told. */
export function undelivered(outcome: Outcome, whatToDo: string): AppError {
  return new AppError(`sms-${outcome.state}`, 'The message was not taken by the provider.', {
    status: 502,
    whatToDo,
    details: { ...outcome },
  });
}

export class Sender implements SmsSender {
  readonly #way: Way;
  readonly #reports: Reports;
  readonly #sent = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  /** @param reports the same that the way reports later states to */
  constructor(way: Way, reports: Reports) {
    this.#way = way;
    this.#reports = reports;
  }

  get kind(): SmsSender['kind'] {
    return this.#way.kind;
  }

  get connected(): boolean {
    return this.#closed === undefined && this.#way.connected;
  }

  send(message: SmsMessage): Promise<void> {
    const before = this.#sent.get(message.messageId);
    if (before) return before;
    const sending = this.#send(message);
    this.#sent.set(message.messageId, sending);
    if (this.#sent.size > MOST_MESSAGES) {
      const [oldest] = this.#sent.keys();
      if (oldest !== undefined) this.#sent.delete(oldest);
    }
    return sending;
  }

  onReport(listener: (report: SmsReport) => void): () => void {
    return this.#reports.listen(listener);
  }

  close(reason: string): Promise<void> {
    this.#closing.abort();
    this.#closed ??= this.#way.close(reason);
    return this.#closed;
  }

  async #send(message: SmsMessage): Promise<void> {
    const { messageId, to, validForMs } = message;
    try {
      if (this.#closed) throw closed();
      if (!PhoneNumber.safeParse(to).success) throw badNumber();
      // A timer that is let go with the job: it would keep the process for as long as the message was valid.
      const expiry = new AbortController();
      const timer = setTimeout(() => expiry.abort(), Math.max(0, validForMs));
      try {
        const signal = AbortSignal.any([expiry.signal, this.#closing.signal]);
        const waits = (providerCode: string) =>
          this.#reports.tell(messageId, { state: 'queued', failure: 'provider-away', providerCode });
        const stopped = () => (this.#closed ? closed() : outOfTime());
        this.#reports.tell(messageId, await this.#way.submit({ message, signal, waits, stopped }));
      } finally {
        clearTimeout(timer);
      }
    } catch (error) {
      this.#reports.tell(messageId, outcomeOf(error));
      throw error;
    }
  }
}

function closed(): AppError {
  const outcome: Outcome = { state: 'failed', failure: 'provider-away', providerCode: 'closed' };
  return undelivered(outcome, 'The sender is closed; send the link again when the service runs.');
}

function outOfTime(): AppError {
  const outcome: Outcome = { state: 'expired', failure: 'provider-away', providerCode: 'not-sent-in-time' };
  return undelivered(
    outcome,
    'The provider was not reached in time: show the QR code, or send the link again.',
  );
}

function badNumber(): AppError {
  return undelivered(
    { state: 'failed', failure: 'bad-number' },
    'Give the number in E.164, such as +8613800138000.',
  );
}

/** What an error of a way says of its message; one without an outcome leaves nobody the wiser. */
function outcomeOf(error: unknown): Outcome {
  if (isAppError(error)) {
    const { state, failure, providerCode } = error.details ?? {};
    if (isFailedState(state)) {
      return {
        state,
        ...(isFailure(failure) ? { failure } : {}),
        ...(typeof providerCode === 'string' ? { providerCode } : {}),
      };
    }
    return { state: 'unknown', failure: 'unknown', providerCode: error.code };
  }
  return { state: 'unknown', failure: 'unknown' };
}

function isFailedState(state: unknown): state is 'failed' | 'expired' | 'unknown' {
  return state === 'failed' || state === 'expired' || state === 'unknown';
}

function isFailure(failure: unknown): failure is NonNullable<Outcome['failure']> {
  return SmsFailure.safeParse(failure).success;
}
