/**
 * Which peers fetch which still from whom now: only between those two do signals of a fetch go, so that nobody can speak to a
 * device of the room through them. Nothing here lasts: after a restart a page asks anew.
 */
import { AppError } from '../../platform/errors.ts';

/** A fetch of which nothing was heard for so long is over, in milliseconds. */
const IDLE_MS = 30_000;
/** Of one peer at once: the still under the pen, and those that were given up without a word. */
const OPEN_MAX = 8;

interface Fetch {
  readonly roomId: string;
  readonly fetchId: string;
  /** Peer id of who asked. */
  readonly asker: string;
  /** Peer id of the device. */
  readonly owner: string;
  heardAt: number;
}

export class OpenFetches {
  readonly #open = new Map<string, Fetch>();
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Asking again between the same two is the same fetch. Throws `conflict` for an id of others and `too-many`. */
  ask(roomId: string, fetchId: string, asker: string, owner: string): void {
    this.#forgetIdle();
    const known = this.#open.get(keyOf(roomId, fetchId));
    if (known && (known.asker !== asker || known.owner !== owner))
      throw new AppError('conflict', 'This fetch id belongs to another fetch.', {
        status: 409,
        whatToDo: 'Ask again under a new id.',
        details: { state: 'taken' },
      });
    const own = [...this.#open.values()].filter((fetch) => fetch.roomId === roomId && fetch.asker === asker);
    if (!known && own.length >= OPEN_MAX)
      throw new AppError('too-many', 'Too many stills are being fetched.', {
        status: 429,
        whatToDo: 'Stop one of them, or wait.',
        details: { retryAfterMs: 1000 },
      });
    this.#open.set(keyOf(roomId, fetchId), { roomId, fetchId, asker, owner, heardAt: this.#now() });
  }

  /** As what a peer speaks to another within a fetch; undefined where these two have none. */
  roleIn(roomId: string, fetchId: string, from: string, to: string): 'asker' | 'owner' | undefined {
    this.#forgetIdle();
    const fetch = this.#open.get(keyOf(roomId, fetchId));
    if (!fetch) return undefined;
    const isAsker = fetch.asker === from && fetch.owner === to;
    const isOwner = fetch.owner === from && fetch.asker === to;
    if (!isAsker && !isOwner) return undefined;
    fetch.heardAt = this.#now();
    return isAsker ? 'asker' : 'owner';
  }

  end(roomId: string, fetchId: string): void {
    this.#open.delete(keyOf(roomId, fetchId));
  }

  peerLeft(roomId: string, peerId: string): void {
    for (const [key, fetch] of this.#open)
      if (fetch.roomId === roomId && (fetch.asker === peerId || fetch.owner === peerId))
        this.#open.delete(key);
  }

  roomGone(roomId: string): void {
    for (const [key, fetch] of this.#open) if (fetch.roomId === roomId) this.#open.delete(key);
  }

  #forgetIdle(): void {
    const oldest = this.#now() - IDLE_MS;
    for (const [key, fetch] of this.#open) if (fetch.heardAt < oldest) this.#open.delete(key);
  }
}

function keyOf(roomId: string, fetchId: string): string {
  return `${roomId} ${fetchId}`;
}
