/** Peers without a connection: stated as lost after a moment, as left after a grace, unless they come back. */
import type { Clock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Presence } from '../methods/types.ts';
import { hasRole, type Role, STAFF_ROLES } from '../protocol/roles.ts';
import type { RoomState } from '../protocol/state.ts';
import { type Rooms, SYSTEM } from '../rooms/types.ts';
import type { SocketConfig } from './config.ts';

interface Absence {
  /** Monotonic milliseconds. */
  readonly since: number;
  timer: NodeJS.Timeout;
}

export interface PresenceOptions {
  readonly rooms: Rooms;
  readonly config: Pick<SocketConfig, 'linkLostMs' | 'graceMs'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether a peer has a connection here. */
  isSeated(roomId: string, peerId: string): boolean;
}

export class LinkPresence implements Presence {
  readonly #options: PresenceOptions;
  readonly #absences = new Map<string, Absence>();
  #closed = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  gone(roomId: string, peerId: string, role: Role): void {
    const key = `${roomId} ${peerId}`;
    if (this.#closed || this.#absences.has(key)) return;
    const { config, clock } = this.#options;
    const grace = hasRole(STAFF_ROLES, role) ? config.graceMs.staff : config.graceMs.public;
    const absence: Absence = {
      since: clock.monotonic(),
      timer: setTimeout(() => {
        absence.timer = setTimeout(() => {
          this.#absences.delete(key);
          this.#state(roomId, peerId, 'left');
        }, grace);
        this.#state(roomId, peerId, 'lost');
      }, config.linkLostMs),
    };
    this.#absences.set(key, absence);
  }

  back(roomId: string, peerId: string): number | undefined {
    const absence = this.#forget(roomId, peerId);
    return absence && Math.round(this.#options.clock.monotonic() - absence.since);
  }

  /** The peer left in another way: nothing more is to be said about its link. */
  left(roomId: string, peerId: string): void {
    this.#forget(roomId, peerId);
  }

  /** A room that came to this process: its peers without a connection here are treated as just gone. */
  adopt(roomId: string, state: RoomState): void {
    if (state.phase !== 'open') return;
    for (const peer of Object.values(state.peers)) {
      if (!this.#options.isSeated(roomId, peer.peerId)) this.gone(roomId, peer.peerId, peer.role);
    }
  }

  /** The room went to another owner or closed: its peers are no longer ours to judge. */
  release(roomId: string): void {
    for (const key of [...this.#absences.keys()]) {
      const [room, peerId] = key.split(' ');
      if (room === roomId && peerId) this.#forget(roomId, peerId);
    }
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#absences.values()) clearTimeout(timer);
    this.#absences.clear();
  }

  #forget(roomId: string, peerId: string): Absence | undefined {
    const key = `${roomId} ${peerId}`;
    const absence = this.#absences.get(key);
    if (!absence) return undefined;
    clearTimeout(absence.timer);
    this.#absences.delete(key);
    return absence;
  }

  #state(roomId: string, peerId: string, what: 'lost' | 'left'): void {
    const room = this.#options.rooms.at(roomId);
    const done =
      what === 'lost'
        ? room.execute('peer.link', { peerId, link: 'lost' }, SYSTEM)
        : room.execute('peer.leave', { peerId, reason: 'lost' }, SYSTEM);
    done.catch((error: unknown) => {
      // The room may have closed or moved to another owner, who then states it.
      this.#options.log.warn(
        { roomId, peerId, what, why: messageOf(error) },
        'the link of a peer was not stated',
      );
    });
  }
}
