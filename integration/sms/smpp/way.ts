/**
 * A message centre by SMPP 3.4. Each part of a message is submitted once; again only where the centre refused it for the
 * moment or cannot have got it. A connection that breaks between `submit_sm` and its answer leaves `unknown`: whether the
 * phone gets the message nobody can say, and it is not sent a second time.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Pdu, PduFields } from 'smpp';
import { pause } from '../../../platform/deadline.ts';
import { isAppError } from '../../../platform/errors.ts';
import type { Logger } from '../../../platform/log.ts';
import type { Receipts } from '../receipts.ts';
import type { Outcome, Reports } from '../reports.ts';
import { type Job, undelivered, type Way } from '../sender.ts';
import type { SmppConnection } from './connection.ts';
import type { LinkOptions } from './link.ts';
import { SmppLink } from './link.ts';
import { receiptOf, submitFields } from './pdus.ts';
import { isForNow, isUnbound, refusal } from './status.ts';

export interface SmppWayOptions extends Omit<LinkOptions, 'onDeliver'> {
  readonly log: Logger;
  readonly reports: Reports;
  readonly receipts: Receipts;
  /** First wait after the centre said that it is full, in milliseconds; it doubles up to 16 times that. 250 unless given. */
  readonly throttleMs?: number;
}

/** How long closing waits for answers that are on their way. */
const CLOSE_MS = 2000;

export class SmppWay implements Way {
  readonly kind = 'smpp';
  readonly #options: SmppWayOptions;
  readonly #link: SmppLink;
  readonly #running = new Set<Promise<unknown>>();
  readonly #freed: (() => void)[] = [];
  #free: number;
  /** UTC until which nothing is submitted, because the centre is full. */
  #pausedUntil = 0;
  #reference = 0;

  constructor(options: SmppWayOptions) {
    this.#options = options;
    this.#free = options.smpp.window;
    this.#link = new SmppLink({ ...options, onDeliver: (pdu) => this.#delivered(pdu) });
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  submit(job: Job): Promise<Outcome> {
    const running = this.#submit(job).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async close(reason: string): Promise<void> {
    await Promise.race([Promise.allSettled(this.#running), delay(CLOSE_MS, undefined, { ref: false })]);
    await this.#link.close(reason);
    await Promise.allSettled(this.#running);
  }

  async #submit(job: Job): Promise<Outcome> {
    const { smpp, reports, receipts } = this.#options;
    const { messageId } = job.message;
    this.#reference = (this.#reference + 1) & 0xff;
    const ids: string[] = [];
    for (const fields of submitFields(job.message, smpp, this.#reference)) {
      // One after the other: a part that is refused spares those behind it.
      ids.push(await this.#submitPart(job, fields));
    }
    // Told before a receipt that came first is.
    reports.tell(messageId, { state: 'accepted' });
    const missing = new Set(ids);
    for (const id of ids) {
      receipts.expect(this.#receiptId(id), (outcome) => {
        if (outcome.state === 'delivered') missing.delete(id);
        if (outcome.state !== 'delivered' || missing.size === 0) reports.tell(messageId, outcome);
      });
    }
    return { state: 'accepted' };
  }

  /** Answers the centre's id of the part. */
  async #submitPart(job: Job, fields: PduFields): Promise<string> {
    for (let tries = 0; ; tries += 1) {
      const connection = await this.#ready(job);
      const answer = await this.#ask(connection, fields);
      if (answer === undefined) continue;
      const { command_status: status, message_id: id } = answer;
      if (status === 0 && answer.command === 'submit_sm_resp') return typeof id === 'string' ? id : '';
      if (isUnbound(status)) {
        connection.destroy('the message centre does not count it as bound');
      } else if (isForNow(status)) {
        const { providerCode = '' } = refusal(status);
        job.waits(providerCode);
        this.#pausedUntil = Date.now() + this.#pause(tries);
      } else {
        throw undelivered(refusal(status), 'Look the code up at the provider; show the QR code meanwhile.');
      }
    }
  }

  /** A bound connection once the centre is not full; throws when the message is out of time. */
  async #ready(job: Job): Promise<SmppConnection> {
    const { signal } = job;
    for (;;) {
      const wait = this.#pausedUntil - Date.now();
      if (wait > 0) await pause(wait, signal);
      if (signal.aborted) throw job.stopped();
      if (wait > 0) continue;
      if (!this.#link.connected) job.waits(this.#link.why);
      const connection = await this.#link.bound(signal);
      if (connection === undefined) throw job.stopped();
      return connection;
    }
  }

  /** The answer to one `submit_sm`; undefined when the centre cannot have got it. */
  async #ask(connection: SmppConnection, fields: PduFields): Promise<Pdu | undefined> {
    await this.#takeSlot();
    try {
      return await connection.request('submit_sm', fields);
    } catch (error) {
      if (isAppError(error) && error.details?.sent === false) return undefined;
      throw undelivered(
        { state: 'unknown', failure: 'unknown', providerCode: 'no-answer' },
        'It may have been sent: ask whether it came, else send the link again.',
      );
    } finally {
      this.#free += 1;
      this.#freed.shift()?.();
    }
  }

  /** No more than `sms.smpp.window` submits wait for an answer at once (SMPP 3.4 section 2.9). */
  async #takeSlot(): Promise<void> {
    while (this.#free <= 0) await new Promise<void>((resolve) => this.#freed.push(resolve));
    this.#free -= 1;
  }

  #pause(tries: number): number {
    const { throttleMs = 250 } = this.#options;
    return throttleMs * 2 ** Math.min(tries, 4) * (0.75 + Math.random() / 2);
  }

  #receiptId(id: string): string {
    return this.#options.smpp.hexIds && /^[0-9a-f]+$/i.test(id) ? BigInt(`0x${id}`).toString() : id;
  }

  #delivered(pdu: Pdu): void {
    const { receipts, log } = this.#options;
    const receipt = receiptOf(pdu);
    if (receipt === undefined) {
      log.debug('the message centre delivered something that is no receipt');
      return;
    }
    if (receipt.outcome === undefined) return;
    const isKnown = receipts.take(receipt.providerId, receipt.outcome);
    if (!isKnown)
      log.debug({ providerId: receipt.providerId }, 'a receipt of a message that is not known (yet)');
  }
}
