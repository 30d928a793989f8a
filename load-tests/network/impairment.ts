/**
 * What becomes of each packet on a bad link: lost, alone or in bursts; late; ahead of others; doubled. Pure: all chance comes from the
 * given numbers. Reordering is netem's: the chosen packets are not delayed and so overtake those before them (tc-netem(8)).
 */

export interface ImpairmentOptions {
  /** Milliseconds added in each direction. */
  readonly delayMs: number;
  /** Up to this many milliseconds more, at random; packets overtake each other by it. */
  readonly jitterMs?: number;
  readonly reorderPercent?: number;
  readonly duplicatePercent?: number;
  readonly lossPercent?: number;
  /** Mean length of a run of lost packets; 1, unless told, is loss without memory. */
  readonly burst?: number;
}

export interface ImpairmentCounts {
  readonly packets: number;
  readonly lost: number;
  readonly ahead: number;
  readonly doubled: number;
}

/** Two states (Gilbert's model): each packet of the bad one is lost; both end at random, so that share and mean length hold. */
export class Impairment {
  readonly #options: Required<ImpairmentOptions>;
  readonly #random: () => number;
  readonly #counts = { packets: 0, lost: 0, ahead: 0, doubled: 0 };
  #losing = false;

  constructor(options: ImpairmentOptions, random: () => number = Math.random) {
    const none = { jitterMs: 0, reorderPercent: 0, duplicatePercent: 0, lossPercent: 0, burst: 1 };
    this.#options = { ...none, ...options };
    this.#random = random;
    const { lossPercent, burst } = this.#options;
    if (lossPercent < 0 || lossPercent >= 100 || burst < 1)
      throw new RangeError('loss is 0 to below 100 percent, in bursts of at least 1 packet');
  }

  get counts(): ImpairmentCounts {
    return { ...this.#counts };
  }

  /** How much later each copy of the next packet goes on, in milliseconds; empty when it is lost. */
  next(): number[] {
    this.#counts.packets += 1;
    if (this.#loses()) {
      this.#counts.lost += 1;
      return [];
    }
    const { delayMs, jitterMs, reorderPercent, duplicatePercent } = this.#options;
    const ahead = this.#happens(reorderPercent);
    const delay = ahead ? 0 : delayMs + this.#random() * jitterMs;
    if (ahead) this.#counts.ahead += 1;
    if (!this.#happens(duplicatePercent)) return [delay];
    this.#counts.doubled += 1;
    return [delay, delay];
  }

  #loses(): boolean {
    const { lossPercent, burst } = this.#options;
    if (lossPercent === 0) return false;
    const share = lossPercent / 100;
    const begin = burst === 1 ? share : share / (burst * (1 - share));
    // Without memory the next packet is lost with the same chance whatever became of this one.
    const stay = burst === 1 ? share : 1 - 1 / burst;
    this.#losing = this.#random() < (this.#losing ? stay : begin);
    return this.#losing;
  }

  #happens(percent: number): boolean {
    return percent > 0 && this.#random() * 100 < percent;
  }
}
