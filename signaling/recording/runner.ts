/**
 * Work that is done again whenever something has changed, one run at a time. What fails is tried again by itself after
 * a wait that grows; nobody else ever waits for it.
 */

const FIRST_WAIT_MS = 100;
const LAST_WAIT_MS = 5000;

export interface RunnerOptions {
  /** One run: does everything there is to do now. */
  work(): Promise<void>;
  /** Told of each failure, with how many there were in a row. */
  failed(error: unknown, attempt: number): void;
}

export class Runner {
  readonly #options: RunnerOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Runs soon, and once more after a run that is under way. Waits out a failure, unless `now`. */
  poke(now = false): void {
    if (this.#closed) return;
    if (now) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#attempts = 0;
    }
    if (this.#timer !== undefined) return;
    if (this.#running) this.#again = true;
    else this.#running = this.#run();
  }

  /** Starts nothing more and waits for the run that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  async #run(): Promise<void> {
    // Pokes of one moment are one run.
    await Promise.resolve();
    do {
      this.#again = false;
      try {
        await this.#options.work();
        this.#attempts = 0;
      } catch (error) {
        this.#attempts += 1;
        if (!this.#closed) this.#options.failed(error, this.#attempts);
        this.#wait();
      }
    } while (this.#again && this.#timer === undefined && !this.#closed);
    this.#running = undefined;
  }

  #wait(): void {
    if (this.#closed) return;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (this.#attempts - 1), LAST_WAIT_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.poke();
    }, wait);
  }
}
