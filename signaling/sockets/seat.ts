/** A peer's place in a room on one connection: passes entries on, in order, once, after the answer to its join. */
import type { MediaPeer } from '../media/types.ts';
import type { OpenSeat, Seat, SeatEnd } from '../methods/types.ts';
import type { ReadableEntry } from '../protocol/entry.ts';
import type { NotificationData, NotificationName } from '../protocol/notifications.ts';
import type { RoomClaims } from '../protocol/token.ts';
import type { LiveConnection } from './connection.ts';

/** Notifications that may wait for the answer to a join; more mean that the answer will never come. */
const MAX_WAITING = 5_000;

export class LiveSeat implements Seat, OpenSeat {
  readonly roomId: string;
  readonly peer: MediaPeer;
  readonly connection: LiveConnection;
  claims: RoomClaims;
  ended: SeatEnd | undefined;
  readonly #onEnd: (seat: LiveSeat, why: SeatEnd) => void;
  #waiting: (() => void)[] | undefined = [];
  #unsubscribe: (() => void) | undefined;
  #lastSeq = 0;
  #endAfter: { seq: number; why: SeatEnd } | undefined;

  constructor(
    connection: LiveConnection,
    claims: RoomClaims,
    peer: MediaPeer,
    onEnd: (seat: LiveSeat, why: SeatEnd) => void,
  ) {
    this.connection = connection;
    this.claims = claims;
    this.roomId = claims.room;
    this.peer = peer;
    this.#onEnd = onEnd;
  }

  get seat(): Seat {
    return this;
  }

  readonly deliver = (entry: ReadableEntry): void => {
    this.#afterAnswer(() => this.#pass(entry));
  };

  subscribed(unsubscribe: () => void, lastSeq: number): void {
    this.#lastSeq = lastSeq;
    this.#unsubscribe = unsubscribe;
    // The seat may have ended while it was being subscribed.
    if (this.ended) unsubscribe();
  }

  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const post of waiting) post();
    this.#endWhenDue();
  }

  abandon(): void {
    this.end('gone');
  }

  /** Sends something else than an entry; it waits for the answer to the join like everything. */
  notify<N extends NotificationName>(
    name: N,
    data: NotificationData<N>,
    options?: { volatile?: boolean },
  ): void {
    this.#afterAnswer(() => this.connection.notify(name, data, this.roomId, options));
  }

  /** Ends the seat once the entry with this number has been passed on, so that its peer learns why. */
  endAfter(seq: number, why: SeatEnd): void {
    this.#endAfter ??= { seq, why };
    this.#endWhenDue();
  }

  /** Idempotent: the first reason stays. */
  end(why: SeatEnd): void {
    if (this.ended) return;
    this.ended = why;
    this.#waiting = undefined;
    this.#unsubscribe?.();
    this.#onEnd(this, why);
  }

  #pass(entry: ReadableEntry): void {
    if (entry.seq <= this.#lastSeq) return;
    this.#lastSeq = entry.seq;
    this.connection.notify('entry', { entry }, this.roomId);
    this.#endWhenDue();
  }

  #endWhenDue(): void {
    if (this.#waiting || !this.#endAfter || this.#lastSeq < this.#endAfter.seq) return;
    this.end(this.#endAfter.why);
  }

  #afterAnswer(post: () => void): void {
    if (this.ended) return;
    if (!this.#waiting) {
      post();
      return;
    }
    this.#waiting.push(post);
    if (this.#waiting.length > MAX_WAITING) this.end('gone');
  }
}
