/** The master clock of the player: a position in room time that runs at a speed. It owns no timer. */

export class PlayClock {
  readonly #now: () => number;
  #at: number;
  #since: number;
  #rate = 1;
  #running = false;

  /** @param now milliseconds of a monotonic clock. */
  constructor(now: () => number, position: number) {
    this.#now = now;
    this.#at = position;
    this.#since = now();
  }

  get position(): number {
    return this.positionAt(this.#now());
  }

  get running(): boolean {
    return this.#running;
  }

  get rate(): number {
    return this.#rate;
  }

  /** Position at a time of the monotonic clock, such as the moment a frame is shown. */
  positionAt(time: number): number {
    return this.#running ? this.#at + (time - this.#since) * this.#rate : this.#at;
  }

  set(position: number): void {
    this.#at = position;
    this.#since = this.#now();
  }

  run(running: boolean): void {
    if (running === this.#running) return;
    this.set(this.position);
    this.#running = running;
  }

  setRate(rate: number): void {
    this.set(this.position);
    this.#rate = rate;
  }
}
