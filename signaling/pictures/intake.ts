/**
 * How many pictures come in. They stand in memory until they are stored and then on a disk that calls need, so each sender is
 * limited in a minute, in a day and at once, and this process in how many it takes in at once.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse, refuseForNow } from '../people/refuse.ts';
import { RETRY_MS } from './keeper.ts';

const MINUTE_S = 60;
const DAY_S = 86_400;

export interface IntakeLimits {
  /** Of one sender in a minute. */
  readonly perMinute: number;
  /** Of one owner in a day: what it may put on the disk. */
  readonly perDay: number;
  /** Taken in at once by this process, and of one group of senders. */
  readonly running: number;
  readonly runningEach: number;
  /** What an owner is told that has kept as many as it may. */
  readonly fullText: string;
}

export class PictureIntake {
  readonly #limits: IntakeLimits;
  readonly #rate: RateLimiterMemory;
  readonly #kept: RateLimiterMemory;
  /** Groups whose pictures are coming in. */
  readonly #running: string[] = [];

  constructor(limits: IntakeLimits) {
    this.#limits = limits;
    this.#rate = new RateLimiterMemory({ points: limits.perMinute, duration: MINUTE_S });
    this.#kept = new RateLimiterMemory({ points: limits.perDay, duration: DAY_S });
  }

  /**
   * Takes one picture in. Throws `too-many` while pictures of the sender come too fast, or too many at once.
   * @param group who is counted together while pictures come in
   */
  async take<T>(sender: string, group: string, work: () => Promise<T>): Promise<T> {
    await this.#charge(sender);
    const own = this.#running.filter((running) => running === group).length;
    if (own >= this.#limits.runningEach || this.#running.length >= this.#limits.running)
      throw refuseForNow('Many pictures are coming in.', RETRY_MS);
    this.#running.push(group);
    try {
      return await work();
    } finally {
      this.#running.splice(this.#running.indexOf(group), 1);
    }
  }

  /** Keeps one picture of an owner; one that could not be kept counts against no limit. Throws `too-large` over the day's. */
  async keep(owner: string, store: () => Promise<void>): Promise<void> {
    const { perDay, fullText } = this.#limits;
    const { consumedPoints } = await this.#kept.penalty(owner);
    try {
      if (consumedPoints > perDay) throw refuse('too-large', fullText, { max: perDay });
      await store();
    } catch (error) {
      await this.#kept.reward(owner);
      throw error;
    }
  }

  async #charge(sender: string): Promise<void> {
    try {
      await this.#rate.consume(sender);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw refuseForNow('Pictures come too fast.', refused.msBeforeNext);
    }
  }
}
