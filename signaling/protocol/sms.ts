/**
 * What signaling asks of whoever sends text messages (`integration/sms`): one interface for a console in development, an
 * HTTP gateway and SMPP 3.4. Reports may come late, twice or never; the sender keeps nothing over a restart.
 */
import * as z from 'zod/mini';
import { Id, Label, UtcMs } from './values.ts';

/** ITU-T E.164, with its plus sign. */
export const PhoneNumber = z.string().check(z.regex(/^\+[1-9]\d{6,14}$/));
export type PhoneNumber = z.infer<typeof PhoneNumber>;

/** Where a message stands: `sent` to the provider, `accepted` by it, then `delivered` to the phone or not. */
export const SMS_STATES = [
  'queued',
  'sent',
  'accepted',
  'delivered',
  'failed',
  'expired',
  'unknown',
] as const;
export const SmsState = z.enum(SMS_STATES);
export type SmsState = z.infer<typeof SmsState>;

/** Why a message failed, in words a page can translate; `details` keeps the provider's own code. */
export const SMS_FAILURES = [
  'bad-number',
  'absent', // The phone is off or without coverage.
  'refused', // The provider or the subscriber takes none (blocked, template, quota).
  'provider-away', // The provider cannot be reached; it is tried again.
  'expired',
  'unknown',
] as const;
export const SmsFailure = z.enum(SMS_FAILURES);
export type SmsFailure = z.infer<typeof SmsFailure>;

export const SmsReport = z.strictObject({
  messageId: Id,
  state: SmsState,
  failure: z.optional(SmsFailure),
  /** The provider's own code, such as an SMPP `command_status` or `err:`; never text of the message. */
  providerCode: z.optional(Label),
  at: UtcMs,
});
export type SmsReport = z.infer<typeof SmsReport>;

export interface SmsMessage {
  /** Made by the asker; a repeat of the same id is sent once by this process. */
  readonly messageId: string;
  readonly to: string;
  /** Holds the link, so it must never be logged, except by the console sender, which exists to show it. */
  readonly text: string;
  /** Gives up after this many milliseconds; a link is of no use later. */
  readonly validForMs: number;
}

export interface SmsSender {
  readonly kind: 'console' | 'http' | 'smpp' | 'none';
  /** False while the provider cannot be reached; messages wait until their `validForMs`. */
  readonly connected: boolean;
  /** Resolves when the provider has taken it. Every outcome, also this one, is reported to the listeners as well. */
  send(message: SmsMessage): Promise<void>;
  /** Answers how to stop listening. */
  onReport(listener: (report: SmsReport) => void): () => void;
  close(reason: string): Promise<void>;
}

/** A request with delivery reports as it came in, for whoever knows the gateway behind it. */
export interface SmsReportRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** As it was sent: the signature covers these very characters. */
  readonly body: string;
  /** Of any spelling; undefined where it was not sent. */
  readonly header: (name: string) => string | undefined;
}

/** Where delivery reports of a gateway come in (`POST /api/sms/reports`). */
export interface SmsReportDoor {
  /**
   * Checks the signature and reports to the listeners of the sender. Answers JSON for the gateway. Throws `unauthenticated`,
   * `bad-request`, and `not-found` where no reports are taken.
   */
  take(request: SmsReportRequest): unknown;
}
