/**
 * What the page says of itself and its phone: gathered from everywhere, sent as what changed, half a second after the
 * first change. A report that did not arrive is said again with the next one.
 */
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import type { Clock } from '../../core/clock.ts';

export const DEBOUNCE_MS = 500;

const FIELDS = [
  'camera',
  'microphone',
  'facing',
  'torch',
  'zoom',
  'sound',
  'vibration',
  'wakeLock',
  'battery',
  'visible',
  'language',
  'location',
  'wayOut',
] as const satisfies readonly (keyof PageReport)[];

/** The fields of `now` that differ from what was said. Pure. */
export function newsOf(said: PageReport, now: PageReport): PageReport {
  const news: PageReport = { ...now };
  for (const field of FIELDS) {
    if (news[field] === undefined || JSON.stringify(news[field]) === JSON.stringify(said[field])) {
      delete news[field];
    }
  }
  return news;
}

export class Reporter {
  readonly #clock: Clock;
  readonly #send: (report: PageReport) => Promise<unknown>;
  #now: PageReport = {};
  #said: PageReport = {};
  #cancel: (() => void) | undefined;
  #sending = false;
  #closed = false;

  /** @param send resolves once the room has it; rejects when it will never have it. */
  constructor(clock: Clock, send: (report: PageReport) => Promise<unknown>) {
    this.#clock = clock;
    this.#send = send;
  }

  say(part: PageReport): void {
    this.#now = { ...this.#now, ...part };
    this.#soon();
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #soon(): void {
    if (this.#closed || this.#sending) return;
    if (Object.keys(newsOf(this.#said, this.#now)).length === 0) return;
    this.#cancel ??= this.#clock.after(DEBOUNCE_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancel = undefined;
    const news = newsOf(this.#said, this.#now);
    if (this.#closed || Object.keys(news).length === 0) return;
    this.#sending = true;
    this.#send(news).then(
      () => {
        this.#said = { ...this.#said, ...news };
        this.#sending = false;
        this.#soon();
      },
      () => {
        // Refused for good: the next change tries again, with these fields in it.
        this.#sending = false;
      },
    );
  }
}
