/**
 * Joins a room and joins it again after each reconnect, with a token that is renewed on the way. Tries for as long as
 * the refusal is one that passes; says once when it is one that does not.
 */
import type { Result } from '../../../signaling/protocol/methods.ts';
import { type Clock, delay } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { ClientError, isClientError, isTransient } from '../errors.ts';
import type { JoinOptions } from '../types.ts';
import type { Requests } from './requests.ts';

const JOIN_MS = 5000;
const RETRY_FIRST_MS = 300;
const RETRY_MAX_MS = 4000;

export interface JoiningEvents {
  joined: Result<'room.join'>;
  refused: ClientError;
  warning: unknown;
}

export interface JoiningDeps {
  readonly clock: Clock;
  readonly requests: Requests;
  readonly peerId: string;
  readonly options: JoinOptions;
  readonly roomToken: () => Promise<string>;
  readonly since: () => number | undefined;
  /** Whether this peer speaks visibly here, as the facts say; undefined before the first join. */
  readonly speaksHere: () => boolean | undefined;
}

export class Joining {
  readonly events = new Emitter<JoiningEvents>();
  readonly #deps: JoiningDeps;
  #token: string | undefined;
  #run: AbortController | undefined;
  /** The first token is asked for while the socket connects: one round trip less until the first picture. */
  #early: Promise<string> | undefined;

  constructor(deps: JoiningDeps) {
    this.#deps = deps;
    this.#early = deps.roomToken();
    this.#early.catch(() => {
      // The first join meets the same rejection and judges it.
    });
  }

  handleToken(token: string): void {
    this.#token = token;
  }

  /** The socket is up: joins, or resumes after what was folded. */
  start(): void {
    this.stop();
    const run = new AbortController();
    this.#run = run;
    this.#try(run.signal).catch((error: unknown) => {
      if (!run.signal.aborted) this.events.emit('refused', asRefusal(error));
    });
  }

  /** The socket is away, or the session ends. */
  stop(): void {
    this.#run?.abort();
    this.#run = undefined;
  }

  /** Joins once from a snapshot, for the last step of recovery. Rejects as the server refuses. */
  async fresh(): Promise<void> {
    this.events.emit('joined', await this.#join(undefined));
  }

  async #try(signal: AbortSignal): Promise<void> {
    let renewed = false;
    for (let wait = RETRY_FIRST_MS; !signal.aborted; wait = Math.min(wait * 2, RETRY_MAX_MS)) {
      try {
        const joined = await this.#join(this.#deps.since());
        if (!signal.aborted) this.events.emit('joined', joined);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const expired = isClientError(error) && error.code === 'unauthenticated' && this.#token !== undefined;
        // An old token is fetched anew once, by the session's cookie; a second refusal is meant.
        if (expired && !renewed) {
          renewed = true;
          this.#token = undefined;
          continue;
        }
        if (!passes(error)) throw error;
        this.events.emit('warning', error);
        await delay(this.#deps.clock, retryAfter(error) ?? wait, signal);
      }
    }
  }

  async #join(since: number | undefined): Promise<Result<'room.join'>> {
    const { requests, peerId, options } = this.#deps;
    const early = this.#early;
    this.#early = undefined;
    const token = this.#token ?? (await (early ?? this.#deps.roomToken()));
    this.#token = token;
    const joined = await requests.request(
      'room.join',
      {
        token,
        peerId,
        // A return must not take the voice back from another room it was moved to meanwhile.
        speaksHere: this.#deps.speaksHere() ?? options.speaksHere ?? true,
        ...(options.device === undefined ? {} : { device: options.device }),
        ...(since === undefined ? {} : { since }),
      },
      { deadlineMs: JOIN_MS, ungated: true },
    );
    this.#token = joined.token;
    return joined;
  }
}

/** Refusals that a later attempt may not meet. */
function passes(error: unknown): boolean {
  if (!isClientError(error)) return false;
  return isTransient(error) || error.code === 'deadline-exceeded' || error.code === 'internal';
}

function retryAfter(error: unknown): number | undefined {
  return isClientError(error) ? error.retryAfterMs : undefined;
}

function asRefusal(error: unknown): ClientError {
  if (isClientError(error)) return error;
  return new ClientError('internal', 'Joining failed in this page; reload it.', { cause: error });
}
