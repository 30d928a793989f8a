/** What must happen while people sit in rooms: tokens are renewed before they end, sessions do not idle out. */
import type { Logger } from '../../platform/log.ts';
import { renewed } from '../methods/join.ts';
import type { Services } from '../methods/types.ts';
import type { SocketConfig } from './config.ts';
import type { LiveSeat } from './seat.ts';
import type { Seats } from './seats.ts';

type Needed = Pick<Services, 'access' | 'now' | 'rooms' | 'sessions' | 'tokens'> & { readonly log: Logger };

export class Tending {
  readonly #services: Needed;
  readonly #seats: Seats;
  readonly #config: Pick<SocketConfig, 'renewBeforeMs' | 'tendMs'>;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(services: Needed, seats: Seats, config: Pick<SocketConfig, 'renewBeforeMs' | 'tendMs'>) {
    this.#services = services;
    this.#seats = seats;
    this.#config = config;
    this.#timer = setInterval(() => {
      this.#running ??= this.round().finally(() => {
        this.#running = undefined;
      });
    }, config.tendMs);
  }

  /** Looks once after every seat. Never throws. */
  async round(): Promise<void> {
    const sids = new Set<string>();
    for (const seat of [...this.#seats.all()]) {
      sids.add(seat.connection.session.sid);
      const leftMs = seat.claims.exp * 1000 - this.#services.now();
      if (leftMs > this.#config.renewBeforeMs) continue;
      try {
        await this.#renew(seat);
      } catch (error) {
        // It is tried again in the next round; the seat itself does not end by the clock.
        this.#services.log.warn({ error, roomId: seat.roomId }, 'a room token could not be renewed');
      }
    }
    for (const sid of sids) this.#services.sessions.touch(sid);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Decides anew whether the person may be here; a room that is no longer theirs ends for them. */
  async #renew(seat: LiveSeat): Promise<void> {
    const { access, rooms, tokens } = this.#services;
    const { principal } = seat.connection.session;
    const state = await rooms.at(seat.roomId).state();
    const stillTheirs =
      access(principal, state) === 'member' &&
      principal.roles.includes(seat.claims.role) &&
      !tokens.isRevoked(seat.claims);
    if (seat.ended) return;
    if (!stillTheirs) {
      const { peerId } = seat.peer;
      seat.end('revoked');
      await rooms
        .at(seat.roomId)
        .execute('peer.leave', { peerId, reason: 'removed' }, { principalId: 'system' });
      return;
    }
    const { token } = await renewed(this.#services, seat.claims);
    seat.claims = await tokens.verify(token);
    seat.notify('token.renewed', { token });
  }
}
