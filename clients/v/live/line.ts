/** The page's line to the room: one client, one session, and what they say as signals. Joined as soon as the link opened. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { RoomToken } from '../../../signaling/protocol/http.ts';
import type { LinkPage } from '../../../signaling/protocol/links.ts';
import type { Method, Params, Result } from '../../../signaling/protocol/methods.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { systemClock } from '../../core/clock.ts';
import { isClientError } from '../../core/errors.ts';
import { callJson } from '../../core/http.ts';
import { newId } from '../../core/ids.ts';
import type { Client, RoomSession } from '../../core/types.ts';
import { askDoor } from '../door.ts';
import { keptPeerId } from './kept.ts';
import { endByFacts, endByOpening, endBySession, linkStands, type Standing } from './standing.ts';
import type { LiveEnd, LiveLink } from './types.ts';

/** How often the words for the link are looked at again: a short loss and a long one read differently. */
const LOOK_MS = 1000;
const ASK_AGAIN_MS = 3000;

export class Line {
  readonly own: Standing;
  readonly #page: LinkPage;
  readonly #client: Client;
  readonly #state;
  readonly #link = signal<LiveLink>('connecting');
  readonly #end = signal<LiveEnd | undefined>(undefined);
  readonly #session;
  readonly #joined = signal(false);
  #stops: (() => void)[] = [];
  readonly #stopLooking: () => void;
  #cancelAsk: (() => void) | undefined;
  #asking = false;
  #closed = false;

  constructor(page: LinkPage, client: Client) {
    this.#page = page;
    this.#client = client;
    const { linkId, openingId, supportPhone } = page;
    this.own = { linkId, openingId, supportPhone, peerId: keptPeerId(openingId) };
    const first = this.#join();
    this.#session = signal<RoomSession>(first);
    this.#state = signal<RoomState>(first.state);
    this.#listen(first);
    this.#stopLooking = systemClock.every(LOOK_MS, () => this.#look());
  }

  get state(): ReadonlySignal<RoomState> {
    return this.#state;
  }
  get link(): ReadonlySignal<LiveLink> {
    return this.#link;
  }
  get end(): ReadonlySignal<LiveEnd | undefined> {
    return this.#end;
  }
  /** Another one only where the room was left and entered again. */
  get session(): ReadonlySignal<RoomSession> {
    return this.#session;
  }
  /** The room has answered once: what its state does not hold was never said. */
  get joined(): ReadonlySignal<boolean> {
    return this.#joined;
  }

  /** Room time now in milliseconds; undefined before the first join. */
  roomTime(): number | undefined {
    return this.#joined.value ? this.#session.value.roomTime : undefined;
  }

  /** Sends for as long as the page lives, as one command however often; rejects when the room refuses it. */
  async insist<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const commandId = newId();
    for (;;) {
      try {
        return await this.#session.value.request(method, params, { deadlineMs: 60_000, commandId });
      } catch (error) {
        const unanswered =
          isClientError(error) && (error.code === 'deadline-exceeded' || error.code === 'offline');
        if (this.#closed || !unanswered) throw error;
      }
    }
  }

  /** For what nobody waits for. */
  later<M extends Method>(method: M, params: Params<M>): void {
    this.insist(method, params).catch((error: unknown) => warn(method, error));
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopLooking();
    this.#cancelAsk?.();
    for (const stop of this.#stops) stop();
    this.#client.close(reason);
  }

  #join(): RoomSession {
    return this.#client.join(this.#page.roomId, {
      peerId: this.own.peerId,
      device: 'phone',
      media: 'later',
      roomToken: async () => (await callJson(fetchOfPage, '/api/link/token', 'POST', RoomToken, {})).token,
    });
  }

  #listen(session: RoomSession): void {
    this.#stops = [
      session.on('state', (state) => this.#handleState(state)),
      session.on('connection', () => this.#look()),
      session.on('warning', ({ what, error }) => warn(what, error)),
    ];
    session.joined().then(
      () => {
        this.#state.value = session.state;
        this.#joined.value = true;
        this.#handleState(session.state);
      },
      // The connection says why; `#look` reads it.
      () => this.#look(),
    );
  }

  #handleState(state: RoomState): void {
    this.#state.value = state;
    this.#end.value ??= endByFacts(state, this.own);
  }

  #look(): void {
    if (this.#closed) return;
    const { connection } = this.#session.value;
    const online = typeof navigator === 'undefined' || navigator.onLine;
    this.#link.value = linkStands(connection, online, Date.now() - connection.since);
    if (this.#end.value || this.#cancelAsk || this.#asking) return;
    const end = endBySession(connection);
    if (end === 'ask') this.#askSoon(0);
    else if (end) this.#end.value = end;
  }

  /** The door knows whether the link ended or another browser took over; it is asked until it answers. */
  #askSoon(afterMs: number): void {
    this.#cancelAsk = systemClock.after(afterMs, () => {
      this.#cancelAsk = undefined;
      this.#asking = true;
      this.#ask()
        .catch((error: unknown) => warn('ask', error))
        .finally(() => {
          this.#asking = false;
        });
    });
  }

  async #ask(): Promise<void> {
    const answer = await askDoor();
    if (this.#closed) return;
    if ('refusal' in answer && (answer.refusal.kind === 'offline' || answer.refusal.kind === 'busy')) {
      this.#askSoon(ASK_AGAIN_MS);
      return;
    }
    if ('refusal' in answer) {
      this.#end.value =
        answer.refusal.kind === 'ended' ? answer.refusal : { kind: 'ended', reason: 'revoked' };
      return;
    }
    this.#end.value = endByOpening(answer.ok.opening);
    // Outside, the shell closes this part and asks by itself; inside, the session is begun anew.
    if (!this.#end.value) this.#enterAgain();
  }

  /** The session ended although the link goes on, as when its token was too old after a long sleep. */
  #enterAgain(): void {
    for (const stop of this.#stops) stop();
    const session = this.#join();
    this.#session.value = session;
    this.#listen(session);
  }
}

const fetchOfPage: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);

/** For whoever looks for a fault; codes only, since a message may quote what a person wrote. */
export function warn(what: string, error: unknown): void {
  const code = isClientError(error) ? error.code : error instanceof Error ? error.name : 'unknown';
  console.warn(`${what}: ${code}`);
}
