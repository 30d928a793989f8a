/**
 * Reports that a gateway sends by itself. Each request is signed and fresh, and taken once: whoever could send a false one
 * would make a dispatcher believe that a link has arrived, or has not.
 */
import { AppError } from '../../../platform/errors.ts';
import type { Logger } from '../../../platform/log.ts';
import type { SmsReportDoor, SmsReportRequest } from '../../../signaling/protocol/sms.ts';
import { Id } from '../../../signaling/protocol/values.ts';
import type { Receipts } from '../receipts.ts';
import type { Outcome, Reports } from '../reports.ts';
import type { HttpSmsOptions } from './options.ts';
import { sha256, signatureFault } from './sign.ts';
import { textAt } from './template.ts';

export interface ReportDoorOptions {
  readonly http: HttpSmsOptions;
  readonly reports: Reports;
  readonly receipts: Receipts;
  readonly log: Logger;
  readonly now?: () => number;
}

/** Reports in one request. */
const MOST_REPORTS = 500;
/** Requests that are remembered within the window; a gateway sends some hundred a minute at most. */
const MOST_SEEN = 50_000;
const PROVIDER_ANSWERS = {
  generic: {},
  aliyun: { code: 0, msg: 'OK' },
  tencent: { result: 0, errmsg: 'OK' },
} as const;

export class ReportDoor implements SmsReportDoor {
  readonly #options: ReportDoorOptions;
  readonly #seen = new Map<string, number>();

  constructor(options: ReportDoorOptions) {
    this.#options = options;
  }

  /** Throws `unauthenticated`, `bad-request` and `not-found` (no key is set up). Answers what the gateway wants to read. */
  take(request: SmsReportRequest): unknown {
    const { http, log, now = Date.now } = this.#options;
    this.#assertSigned(request, now());
    const listed = reportsIn(request.body, http.reports.listPath);
    let known = 0;
    for (const report of listed) if (this.#report(report)) known += 1;
    log.debug({ reports: listed.length, known }, 'reports of the SMS gateway');
    return PROVIDER_ANSWERS[http.provider];
  }

  #assertSigned(request: SmsReportRequest, now: number): void {
    const { reports } = this.#options.http;
    const { keyId, secret, windowSeconds } = reports;
    if (secret === undefined) {
      throw new AppError('not-found', 'No reports of SMS are taken here.', {
        whatToDo: 'Set sms.http.reports.secret to the key with which the gateway signs them.',
      });
    }
    const { method, path, body, header } = request;
    const key = { id: keyId ?? '', secret };
    const windowMs = windowSeconds * 1000;
    const fault = signatureFault(reports, key, { method, path, body }, header, { now, windowMs });
    if (fault !== undefined) throw refused(fault);
    const seen = sha256(`${header(reports.signatureHeader)} ${header(reports.timestampHeader)}`);
    if (this.#seen.has(seen)) throw refused('replay');
    this.#remember(seen, now, windowMs);
  }

  #remember(seen: string, now: number, windowMs: number): void {
    for (const [old, at] of this.#seen) {
      // A time of signing may lie in the window before and behind now.
      if (now - at <= 2 * windowMs && this.#seen.size < MOST_SEEN) break;
      this.#seen.delete(old);
    }
    this.#seen.set(seen, now);
  }

  /** Answers whether the message is known here or by whoever listens. */
  #report(report: unknown): boolean {
    const { messageIdPath, providerIdPath } = this.#options.http.reports;
    const messageId = textAt(report, messageIdPath);
    const providerId = textAt(report, providerIdPath);
    const outcome = this.#outcomeOf(report);
    if (outcome === undefined) return false;
    const { reports, receipts } = this.#options;
    const isKnown = messageId !== undefined && reports.stateOf(messageId) !== undefined;
    if (!isKnown && providerId !== undefined && receipts.take(providerId, outcome)) return true;
    // After a restart the message is known to whoever listens, from the facts of its room.
    if (messageId !== undefined && isOurs(messageId)) reports.tell(messageId, outcome);
    return isKnown;
  }

  #outcomeOf(report: unknown): Outcome | undefined {
    const { statePath, codePath, deliveredStates, pendingStates } = this.#options.http.reports;
    const said = textAt(report, statePath);
    if (said === undefined || pendingStates.includes(said)) return undefined;
    if (deliveredStates.includes(said)) return { state: 'delivered' };
    const providerCode = textAt(report, codePath) ?? said;
    const failure = failureOf(`${said} ${providerCode}`);
    return { state: failure === 'expired' ? 'expired' : 'failed', failure, providerCode };
  }
}

/** Ids that signaling made; whoever listens knows which of them it sent. */
function isOurs(messageId: string): boolean {
  return Id.safeParse(messageId).success;
}

/** The words that SMPP centres and the large Chinese gateways use. */
function failureOf(words: string): NonNullable<Outcome['failure']> {
  if (/EXPIRED|timeout/i.test(words)) return 'expired';
  if (/MK:|MI:|UNDELIV|ABSENT|off|unreachable|MOBILE_NOT_ON_SERVICE/i.test(words)) return 'absent';
  if (/ILLEGAL|EMPTY|invalid|not.?exist/i.test(words)) return 'bad-number';
  return /REJECT|BLACK|LIMIT|DENY|refus/i.test(words) ? 'refused' : 'unknown';
}

function reportsIn(body: string, listPath: string): readonly unknown[] {
  let tree: unknown;
  try {
    tree = JSON.parse(body);
  } catch {
    throw new AppError('bad-request', 'The body is not JSON.', { details: { field: 'body' } });
  }
  for (const key of listPath === '' ? [] : listPath.split('.')) {
    tree =
      typeof tree === 'object' && tree !== null
        ? Object.entries(tree).find(([name]) => name === key)?.[1]
        : undefined;
  }
  const list = Array.isArray(tree) ? tree : [tree];
  if (list.length > MOST_REPORTS || list.some((item) => typeof item !== 'object' || item === null)) {
    throw new AppError('bad-request', `Send one report, or a list of at most ${MOST_REPORTS}.`, {
      details: { field: 'body' },
    });
  }
  return list;
}

function refused(reason: string): AppError {
  return new AppError('unauthenticated', 'The report is not signed as it should be.', {
    whatToDo: 'Compare key, clock and sms.http.reports with the settings of the gateway.',
    details: { reason },
  });
}
