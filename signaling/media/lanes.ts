/**
 * Carries out actions: each lane (a peer, a pipe) one after the other, all lanes beside each other, so that a request
 * that hangs holds up its own lane only. What failed waits longer each time before it is tried again.
 */
import type { Clock } from '../../platform/clock.ts';

const FIRST_WAIT_MS = 200;
const LAST_WAIT_MS = 5000;

interface Failure {
  count: number;
  notBefore: number;
}

export interface LaneAction {
  readonly lane: string;
  readonly key: string;
}

/** The lane of what concerns a pipe or a tap, which belongs to no peer. */
export function pipeLane(pipe: { readonly transportId: string }): string {
  return `pipe ${pipe.transportId}`;
}

export interface LanesOptions<A extends LaneAction> {
  readonly clock: Clock;
  /** Carries one action out; what it rejects with decides nothing but that it is tried again. */
  perform(action: A): Promise<void>;
  /** A lane has come to its end; `retryInMs` when something of it failed. */
  done(retryInMs: number | undefined): void;
  failed(action: A, error: unknown, attempt: number): void;
}

export class Lanes<A extends LaneAction> {
  readonly #options: LanesOptions<A>;
  readonly #running = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, Failure>();
  #closed = false;

  constructor(options: LanesOptions<A>) {
    this.#options = options;
  }

  /** Starts every action whose lane is free and whose wait is over. What is left comes again with the next pass. */
  start(actions: readonly A[]): void {
    if (this.#closed) return;
    const now = this.#options.clock.monotonic();
    const wanted = new Set(actions.map((action) => action.key));
    for (const key of this.#failures.keys()) if (!wanted.has(key)) this.#failures.delete(key);
    const byLane = new Map<string, A[]>();
    for (const action of actions) {
      if (this.#running.has(action.lane) || (this.#failures.get(action.key)?.notBefore ?? 0) > now) continue;
      const lane = byLane.get(action.lane);
      if (lane) lane.push(action);
      else byLane.set(action.lane, [action]);
    }
    for (const [lane, batch] of byLane) this.#running.set(lane, this.#run(lane, batch));
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Starts nothing more; what runs ends by its own deadlines. */
  close(): void {
    this.#closed = true;
    this.#failures.clear();
  }

  async #run(lane: string, batch: readonly A[]): Promise<void> {
    let retryInMs: number | undefined;
    for (const action of batch) {
      if (this.#closed) break;
      try {
        await this.#options.perform(action);
        this.#failures.delete(action.key);
      } catch (error) {
        const wait = this.#fail(action, error);
        retryInMs = Math.min(retryInMs ?? wait, wait);
      }
    }
    this.#running.delete(lane);
    if (!this.#closed) this.#options.done(retryInMs);
  }

  #fail(action: A, error: unknown): number {
    const count = (this.#failures.get(action.key)?.count ?? 0) + 1;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (count - 1), LAST_WAIT_MS);
    this.#failures.set(action.key, { count, notBefore: this.#options.clock.monotonic() + wait });
    this.#options.failed(action, error, count);
    return wait;
  }
}
