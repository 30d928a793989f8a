/** Settings of the live connections, with what they mean, their unit and their default. */
import type { RateClass } from '../methods/types.ts';

/** How many requests of a class are free within the window; twice as many are slowed, more are refused. */
export interface RateLimit {
  readonly points: number;
  /** Seconds. */
  readonly window: number;
}

export interface SocketConfig {
  /** Origins of pages beside our own that may connect, such as `https://consult.example`. */
  readonly allowedOrigins: readonly string[];
  /** How long a request may take when it does not say so itself, in milliseconds. */
  readonly deadlineMs: number;
  /** A peer without a socket for this long is stated as lost, in milliseconds: short enough to be honest. */
  readonly linkLostMs: number;
  /** A lost peer leaves after this long, in milliseconds; people at work go on through a tunnel or a lift. */
  readonly graceMs: { readonly staff: number; readonly public: number };
  /** Tokens are renewed this long before they end, in milliseconds. */
  readonly renewBeforeMs: number;
  /** How often tokens and sessions are looked after, in milliseconds. */
  readonly tendMs: number;
  /** Bytes that may wait behind what is being sent before volatile notifications are dropped. */
  readonly volatileQueueBytes: number;
  /** Bytes that may wait before the connection is closed, so that it comes back and resumes by number. */
  readonly maxQueueBytes: number;
  /** Connections of one person or device at once: several pages on several devices, no more. */
  readonly maxPerPerson: number;
  /** Requests of one connection that may be in work at once. */
  readonly maxPending: number;
  readonly limits: Readonly<Record<RateClass, RateLimit>>;
  /** How many times the budget of one connection a person and an address have: a hospital shares one address. */
  readonly personFactor: number;
  readonly addressFactor: number;
}

export const SOCKET_DEFAULTS: SocketConfig = {
  allowedOrigins: [],
  deadlineMs: 10_000,
  linkLostMs: 2_000,
  graceMs: { staff: 600_000, public: 60_000 },
  renewBeforeMs: 60_000,
  tendMs: 5_000,
  volatileQueueBytes: 64 * 1024,
  maxQueueBytes: 1024 * 1024,
  maxPerPerson: 100,
  maxPending: 128,
  limits: {
    fact: { points: 60, window: 5 },
    media: { points: 300, window: 5 },
    volatile: { points: 150, window: 5 },
    join: { points: 60, window: 10 },
  },
  personFactor: 4,
  addressFactor: 50,
};
