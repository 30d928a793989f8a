/** Shows which step runs, how far it is and for how long, on standard error so that results on standard output stay clean. */
import type { Say } from './step.ts';

export interface Display {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where lines cannot be overwritten, a running step says something this often, or at every tenth of its way. */
const plainIntervalMs = 15_000;

/** The line of one step. On a terminal it rewrites itself; elsewhere it prints a new line now and then. */
export class StepLine {
  readonly #display: Display;
  readonly #head: string;
  readonly #startedAt = performance.now();
  #doing = '';
  #fraction: number | undefined;
  #printedAt = Number.NEGATIVE_INFINITY;
  #printedTenth = -1;
  #printedDoing = '';
  readonly #ticker: NodeJS.Timeout;

  constructor(display: Display, number: number, count: number, title: string) {
    this.#display = display;
    this.#head = `[${number}/${count}] ${title}: `;
    this.#ticker = setInterval(() => this.#print(), 1_000);
  }

  readonly say: Say = (doing, fraction) => {
    this.#doing = doing;
    this.#fraction = fraction;
    this.#print();
  };

  /** Ends the line with the outcome. Idempotent. */
  end(outcome: string): void {
    clearInterval(this.#ticker);
    const text = `${this.#head}${outcome} (${elapsed(performance.now() - this.#startedAt)})`;
    this.#display.write(this.#display.isTTY ? `\r\u001b[K${text}\n` : `${text}\n`);
  }

  #print(): void {
    const percent = this.#fraction === undefined ? '' : ` (${Math.floor(this.#fraction * 100)} %)`;
    const text = `${this.#head}${this.#doing}${percent} … ${elapsed(performance.now() - this.#startedAt)}`;
    if (this.#display.isTTY) {
      // Longer than the terminal is wide, it could not be overwritten.
      this.#display.write(`\r\u001b[K${text.slice(0, (this.#display.columns ?? 80) - 1)}`);
      return;
    }
    const tenth = Math.floor((this.#fraction ?? 0) * 10);
    const due = performance.now() - this.#printedAt > plainIntervalMs;
    if (!due && tenth === this.#printedTenth && this.#doing === this.#printedDoing) return;
    this.#printedAt = performance.now();
    this.#printedTenth = tenth;
    this.#printedDoing = this.#doing;
    this.#display.write(`${text}\n`);
  }
}

/** `4.2 s` or `3 min 12 s`. */
export function elapsed(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
}
