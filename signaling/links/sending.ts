/**
 * Sends links by SMS and states what becomes of them: the sender's reports turn into facts of the room as they come. What
 * is on its way is known from the room's own log, so that a restart loses no report that can still be matched, and says
 * `unknown` where nobody can know whether the message left.
 */
import { pause } from '../../platform/deadline.ts';
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { UNOPENED_MS } from '../protocol/links.ts';
import type { SmsMessage, SmsReport, SmsSender, SmsState } from '../protocol/sms.ts';
import type { LinkState } from '../protocol/state-bystander.ts';
import { type Rooms, SYSTEM } from '../rooms/types.ts';
import { linkText } from './sms-words.ts';
import type { LinkMessage, LinkSending } from './types.ts';

export interface SmsLinkSendingOptions {
  readonly sms: SmsSender;
  readonly rooms: Pick<Rooms, 'at' | 'onOwned'>;
  readonly log: Logger;
  /** The emergency number, as the text names it. */
  readonly emergencyPhone: string;
  /** Set before the text, such as `【市急救中心】`. */
  readonly signature?: string;
  /** Milliseconds between tries to write a fact while the room or the store is away; tests shorten them. */
  readonly retryMs?: readonly number[];
}

interface OnTheWay {
  readonly roomId: string;
  readonly linkId: string;
  /** Facts of one message are written one after the other, in the order of their reports. */
  writing: Promise<void>;
  /** Whether anything was reported of it. */
  told: boolean;
}

/** About a minute in all: by then the room has an owner again, or nobody waits for this any more. */
const RETRY_MS = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000] as const;
/** Messages whose reports are still awaited; the oldest are given up beyond it. */
const MOST_MESSAGES = 10_000;
/** A later answer of another owner or of the store may be a better one. */
const PASSING = new Set(['not-owner', 'deadline-exceeded', 'store-unavailable', 'queue-closed']);

export class SmsLinkSending implements LinkSending {
  readonly #options: SmsLinkSendingOptions;
  readonly #messages = new Map<string, OnTheWay>();
  readonly #unlisten: (() => void)[];
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: SmsLinkSendingOptions) {
    this.#options = options;
    const { sms, rooms } = options;
    this.#unlisten = [
      sms.onReport((report) => this.#reported(report)),
      rooms.onOwned((roomId) => this.#run(this.#recover(roomId))),
    ];
  }

  /** What sends; `none` means that a link can only be shown or copied. */
  get kind(): SmsSender['kind'] {
    return this.#options.sms.kind;
  }

  /** False while the provider cannot be reached. */
  get connected(): boolean {
    return this.#options.sms.connected;
  }

  /**
   * Hands a message over, after the fact that it was sent (`LinkSent`, way `sms`) is written. It never throws and waits for
   * nothing: what becomes of the message is told by `LinkDelivery`, a failure too.
   */
  send(message: LinkMessage): void {
    const { roomId, linkId, messageId, phone, validForMs = UNOPENED_MS } = message;
    if (this.#messages.has(messageId)) return;
    const { emergencyPhone, signature } = this.#options;
    const { use = 'camera', language, url } = message;
    this.#remember(messageId, { roomId, linkId, writing: Promise.resolve(), told: false });
    const text = linkText({ use, language, url, emergencyPhone, ...(signature ? { signature } : {}) });
    this.#run(this.#hand({ messageId, to: phone, text, validForMs }));
  }

  /** Reports that come after this are not written; the next owner states `unknown` for what was not accepted. */
  async close(_reason: string): Promise<void> {
    this.#closing.abort();
    for (const stop of this.#unlisten.splice(0)) stop();
    await Promise.allSettled(this.#running);
    this.#messages.clear();
  }

  /** The sender reports every outcome itself; one that only throws is told here, so that none is silent. */
  async #hand(message: SmsMessage): Promise<void> {
    try {
      await this.#options.sms.send(message);
    } catch (error) {
      const { messageId } = message;
      const code = isAppError(error) ? error.code : 'unknown';
      this.#options.log.warn({ messageId, code }, 'an SMS was not taken');
      if (this.#messages.get(messageId)?.told === false)
        this.#reported({
          messageId,
          state: 'failed',
          failure: 'unknown',
          providerCode: code,
          at: Date.now(),
        });
    }
  }

  #reported(report: SmsReport): void {
    const message = this.#messages.get(report.messageId);
    if (!message) return;
    message.told = true;
    message.writing = message.writing.then(() => this.#write(message, report));
    this.#run(message.writing);
  }

  /** Writes one report as a fact, and tries again for a while where the room cannot take it now. */
  async #write({ roomId, linkId }: OnTheWay, report: SmsReport): Promise<void> {
    const { rooms, log, retryMs = RETRY_MS } = this.#options;
    const { messageId, state, failure, providerCode } = report;
    const fact = {
      ...{ linkId, messageId, state },
      ...(failure === undefined ? {} : { failure }),
      ...(providerCode === undefined ? {} : { providerCode }),
    };
    for (const wait of [...retryMs, undefined]) {
      try {
        await rooms.at(roomId).execute('link.deliver', fact, SYSTEM, commandIdOf(messageId, state));
        return;
      } catch (error) {
        const passes = isAppError(error) && PASSING.has(error.code);
        if (!passes || wait === undefined || this.#closing.signal.aborted) {
          log.warn(
            { roomId, linkId, messageId, state, reason: messageOf(error) },
            'a report was not written',
          );
          return;
        }
        await pause(wait, this.#closing.signal);
      }
    }
  }

  /** What a former owner, or this process before a restart, had on its way in a room. */
  async #recover(roomId: string): Promise<void> {
    const { rooms, log, sms } = this.#options;
    try {
      const { bystander } = await rooms.at(roomId).state();
      for (const link of Object.values(bystander.links)) {
        const messageId = link.sent?.messageId;
        if (messageId === undefined || this.#messages.has(messageId)) continue;
        const next = afterRestart(link, sms.kind);
        if (next === undefined) continue;
        log.info({ roomId, messageId, next }, 'a message on its way was found in a room');
        this.#remember(messageId, { roomId, linkId: link.linkId, writing: Promise.resolve(), told: false });
        if (next === 'unknown')
          this.#reported({ messageId, state: 'unknown', providerCode: 'restarted', at: Date.now() });
      }
    } catch (error) {
      // A room that was lost again meanwhile is the next owner's; whoever owns it looks by itself.
      log.debug({ roomId, reason: messageOf(error) }, 'messages of a room were not looked up');
    }
  }

  #remember(messageId: string, message: OnTheWay): void {
    this.#messages.set(messageId, message);
    if (this.#messages.size <= MOST_MESSAGES) return;
    const [oldest] = this.#messages.keys();
    if (oldest !== undefined) this.#messages.delete(oldest);
  }

  #run(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
    running.catch((error) => this.#options.log.error({ error }, 'sending failed inside'));
  }
}

/**
 * What a process that finds a message in a room's facts does about it: `await` reports that may still come, state
 * `unknown`, or nothing. Gateways echo our own id in their reports; what SMPP was told is known to the lost process alone.
 */
export function afterRestart(link: LinkState, kind: SmsSender['kind']): 'await' | 'unknown' | undefined {
  if (link.sent?.way !== 'sms' || link.ended !== undefined || link.openedUtc !== undefined) return undefined;
  const state = link.delivery?.state;
  if (state === 'delivered' || state === 'failed' || state === 'expired') return undefined;
  if (kind === 'http' && (state === 'accepted' || state === 'unknown')) return 'await';
  return state === 'unknown' ? undefined : 'unknown';
}

/** The same report again, also after a restart, is answered from the log. */
function commandIdOf(messageId: string, state: SmsState): string {
  return `sms-${messageId}-${state}`;
}
