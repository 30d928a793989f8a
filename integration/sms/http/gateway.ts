/**
 * A gateway over HTTP. A message is posted once, and again only where the gateway cannot have taken it: the connection did
 * not stand, the gateway said "later", or it is known to send one id once. A missing answer behind a sent request is
 * `unknown`, since a repeat might reach the phone twice and silence might mean never.
 */
import { pause } from '../../../platform/deadline.ts';
import { isAppError } from '../../../platform/errors.ts';
import type { Logger } from '../../../platform/log.ts';
import type { OutgoingGuard } from '../../../platform/outgoing.ts';
import { type OutgoingAnswer, requestOut } from '../../../platform/outgoing-request.ts';
import type { Receipts } from '../receipts.ts';
import type { Outcome, Reports } from '../reports.ts';
import { type Job, undelivered, type Way } from '../sender.ts';
import type { HttpSmsOptions } from './options.ts';
import { type Provider, providerOf, type Verdict } from './providers.ts';

export interface GatewayOptions {
  readonly http: HttpSmsOptions;
  readonly guard: OutgoingGuard;
  readonly log: Logger;
  readonly reports: Reports;
  readonly receipts: Receipts;
  /** Text of `sms.http.caFile`. */
  readonly ca?: string;
  /** First wait before another try, in milliseconds; it doubles up to 16 times that. 250 unless given. */
  readonly firstWaitMs?: number;
}

export class Gateway implements Way {
  readonly kind = 'http';
  readonly #options: GatewayOptions;
  readonly #provider: Provider;
  #reached = true;

  /** Throws `config-invalid` for what the provider needs and has not got. */
  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#provider = providerOf(options.http);
  }

  /** False while the newest try did not reach the gateway. */
  get connected(): boolean {
    return this.#reached;
  }

  async submit(job: Job): Promise<Outcome> {
    const { firstWaitMs = 250 } = this.#options;
    for (let tries = 0; ; tries += 1) {
      if (job.signal.aborted) throw job.stopped();
      const result = await this.#try(job);
      if (result.verdict) return this.#taken(job, result.verdict);
      job.waits(result.why);
      // Spread, so that messages which wait together do not all come back together.
      const wait = firstWaitMs * 2 ** Math.min(tries, 4) * (0.75 + Math.random() / 2);
      await pause(wait, job.signal);
    }
  }

  async close(): Promise<void> {}

  /** One try: the verdict that the message was taken, or why it is tried again; throws what is final. */
  async #try({ message, signal }: Job): Promise<{ verdict?: Verdict; why: string }> {
    const { http, guard, ca } = this.#options;
    const request = this.#provider.request(message, Date.now());
    let answer: OutgoingAnswer;
    try {
      const deadlineMs = http.deadlineSeconds * 1000;
      answer = await requestOut({
        ...request,
        guard,
        deadlineMs,
        signal,
        ...(ca === undefined ? {} : { ca }),
      });
      this.#reached = true;
    } catch (error) {
      this.#reached = false;
      return { why: this.#unanswered(error) };
    }
    // A gateway that failed inside may have sent it before it did.
    if (answer.status >= 500 && answer.status !== 503 && !http.repeatable)
      throw noAnswer(`HTTP ${answer.status}`);
    const verdict = this.#provider.verdict(answer.status, parsed(answer.body));
    const code = verdict.providerCode ?? 'refused';
    if (verdict.taken) return { verdict, why: '' };
    if (verdict.again === true || answer.status >= 500) return { why: code };
    throw undelivered(
      { state: 'failed', failure: verdict.failure ?? 'refused', providerCode: code },
      'Look the code up at the provider; show the QR code meanwhile.',
    );
  }

  /** The code of a failure after which the request may be repeated; throws where it may not. */
  #unanswered(error: unknown): string {
    if (!isAppError(error)) throw error;
    if (error.code === 'outgoing-refused') {
      const outcome: Outcome = { state: 'failed', failure: 'provider-away', providerCode: error.code };
      throw undelivered(outcome, error.whatToDo ?? 'Correct sms.http.url.');
    }
    if (error.details?.sent === true && !this.#options.http.repeatable) throw noAnswer('no-answer');
    return error.code;
  }

  #taken({ message: { messageId } }: Job, { providerId }: Verdict): Outcome {
    const { receipts, reports } = this.#options;
    // Told before a report that came first is.
    reports.tell(messageId, { state: 'accepted' });
    if (providerId !== undefined) receipts.expect(providerId, (outcome) => reports.tell(messageId, outcome));
    return { state: 'accepted' };
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Some gateways answer a word; the status then decides.
    return undefined;
  }
}

function noAnswer(providerCode: string) {
  return undelivered(
    { state: 'unknown', failure: 'unknown', providerCode },
    'It may have been sent: ask whether it came, else send the link again.',
  );
}
