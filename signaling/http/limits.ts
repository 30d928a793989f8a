/** How many requests one address and one session may send. Beyond it they are refused until the window ends. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuseForNow } from '../people/refuse.ts';

/**
 * `general`: everything; `secret`: doors where something could be guessed; `device`: vehicles that sign in after
 * power-on, apart from `secret`, because they share a mobile network's address with strangers who may guess there;
 * `page`: static files, which cost little; `media`: segments of recordings, of which a player takes several a second.
 * Hundreds of people share a hospital's address, so the limits of an address are wide.
 */
export type LimitClass = 'general' | 'secret' | 'device' | 'page' | 'media';
export interface HttpLimits {
  /** Requests in a minute, by class and address. */
  readonly perAddress: Readonly<Record<LimitClass, number>>;
  /** Requests in a minute of one session, all classes but `media` together. */
  readonly perSession: number;
  /** Requests of the class `media` in a minute of one session: nine tracks in segments of 2 s at four times the speed. */
  readonly mediaPerSession: number;
}
export const DEFAULT_LIMITS: HttpLimits = {
  perAddress: { general: 3000, secret: 120, device: 600, page: 6000, media: 20_000 },
  perSession: 300,
  mediaPerSession: 3000,
};

const SECONDS = 60;

export class RequestLimits {
  readonly #byAddress: Readonly<Record<LimitClass, RateLimiterMemory>>;
  readonly #bySession: RateLimiterMemory;
  readonly #mediaBySession: RateLimiterMemory;

  constructor(limits: HttpLimits) {
    const limiter = (points: number) => new RateLimiterMemory({ points, duration: SECONDS });
    const { general, secret, device, page, media } = limits.perAddress;
    this.#byAddress = {
      general: limiter(general),
      secret: limiter(secret),
      device: limiter(device),
      page: limiter(page),
      media: limiter(media),
    };
    this.#bySession = limiter(limits.perSession);
    this.#mediaBySession = limiter(limits.mediaPerSession);
  }

  /** Counts one request of an address; throws `too-many`. */
  address(limitClass: LimitClass, address: string): Promise<void> {
    return consume(this.#byAddress[limitClass], address);
  }

  /** Counts one request of a session; throws `too-many`. */
  session(limitClass: LimitClass, sid: string): Promise<void> {
    return consume(limitClass === 'media' ? this.#mediaBySession : this.#bySession, sid);
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw refuseForNow('Too many requests; wait as long as it says.', refused.msBeforeNext);
  }
}
