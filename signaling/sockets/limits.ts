/** Floods: first slowed, then refused, then cut off; counted per connection, person and address. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { RateClass } from '../methods/types.ts';
import type { SocketConfig } from './config.ts';

export type Verdict =
  | { readonly kind: 'go' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: 'refuse'; readonly retryAfterMs: number }
  | { readonly kind: 'cut'; readonly retryAfterMs: number };

/** Who sends: the keys that requests are counted under. */
export interface Sender {
  readonly connectionId: string;
  readonly principalId: string;
  readonly address: string;
}

const GO: Verdict = { kind: 'go' };
/** Shares of a budget: beyond one it is slowed, beyond two refused, beyond six cut off. */
const SLOW_ABOVE = 1;
const REFUSE_ABOVE = 2;
const CUT_ABOVE = 6;

interface Scope {
  readonly limiter: RateLimiterMemory;
  readonly points: number;
}
type Scopes = Readonly<Record<'connection' | 'person' | 'address', Scope>>;

export class Limits {
  readonly #classes: Readonly<Record<RateClass, Scopes>>;

  constructor(config: Pick<SocketConfig, 'limits' | 'personFactor' | 'addressFactor'>) {
    const scopes = (rate: RateClass): Scopes => {
      const { points, window } = config.limits[rate];
      const scope = (name: string, factor: number): Scope => ({
        points: points * factor,
        limiter: new RateLimiterMemory({
          keyPrefix: `${rate} ${name}`,
          points: points * factor,
          duration: window,
        }),
      });
      return {
        connection: scope('connection', 1),
        person: scope('person', config.personFactor),
        address: scope('address', config.addressFactor),
      };
    };
    this.#classes = {
      fact: scopes('fact'),
      media: scopes('media'),
      volatile: scopes('volatile'),
      join: scopes('join'),
    };
  }

  /**
   * Counts one request. What a connection is refused never counts against its person and address, so that a flooder
   * cannot use up what others behind the same address need; only its own flood cuts a connection off.
   */
  async judge(rate: RateClass, sender: Sender): Promise<Verdict> {
    const { connection, person, address } = this.#classes[rate];
    const own = await count(connection, sender.connectionId);
    if (own.share > CUT_ABOVE) return { kind: 'cut', retryAfterMs: own.msBeforeNext };
    if (own.share > REFUSE_ABOVE) return { kind: 'refuse', retryAfterMs: own.msBeforeNext };
    const shared = [await count(person, sender.principalId), await count(address, sender.address)];
    const worst = [own, ...shared].reduce((a, b) => (b.share > a.share ? b : a));
    if (worst.share > REFUSE_ABOVE) return { kind: 'refuse', retryAfterMs: worst.msBeforeNext };
    if (worst.share <= SLOW_ABOVE) return GO;
    return { kind: 'slow', delayMs: Math.ceil(worst.paceMs) };
  }

  /** Counts one attempt to connect; answers how long to wait, in milliseconds, when there were too many. */
  async connecting(scope: 'person' | 'address', key: string): Promise<number | undefined> {
    const { share, msBeforeNext } = await count(this.#classes.join[scope], key);
    return share > REFUSE_ABOVE ? msBeforeNext : undefined;
  }
}

interface Count {
  readonly share: number;
  readonly msBeforeNext: number;
  /** Milliseconds per request at the rate that is free: what is slowed goes on at that pace. */
  readonly paceMs: number;
}

async function count({ limiter, points }: Scope, key: string): Promise<Count> {
  const { consumedPoints, msBeforeNext } = await limiter.penalty(key, 1);
  return {
    share: consumedPoints / points,
    msBeforeNext: Math.max(1, msBeforeNext),
    paceMs: (limiter.duration * 1000) / points,
  };
}
