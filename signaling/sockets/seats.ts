/** All seats here, keyed by room and peer; the way by which media and board reach browsers. */
import type { Logger } from '../../platform/log.ts';
import type { MediaPeer, Notifier } from '../media/types.ts';
import type { Connection, Live, OpenSeat, Seat, SeatEnd } from '../methods/types.ts';
import type { LogEntry } from '../protocol/entry.ts';
import type { NotificationData, NotificationName } from '../protocol/notifications.ts';
import type { RoomClaims } from '../protocol/token.ts';
import type { Rooms } from '../rooms/types.ts';
import { LiveConnection } from './connection.ts';
import { LiveSeat } from './seat.ts';

interface Watch {
  readonly ready: Promise<() => void>;
  holders: number;
}

export class Seats implements Live, Notifier {
  readonly #rooms: Rooms;
  readonly #log: Logger;
  readonly #byRoom = new Map<string, Map<string, LiveSeat>>();
  readonly #watches = new Map<string, Watch>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(rooms: Rooms, log: Logger) {
    this.#rooms = rooms;
    this.#log = log;
  }

  seat(roomId: string, peerId: string): LiveSeat | undefined {
    return this.#byRoom.get(roomId)?.get(peerId);
  }

  *all(): Iterable<LiveSeat> {
    for (const seats of this.#byRoom.values()) yield* seats.values();
  }

  async inTurn<T>(roomId: string, peerId: string, task: () => Promise<T>): Promise<T> {
    const key = `${roomId} ${peerId}`;
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(task, task);
    this.#turns.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }

  async watch(roomId: string): Promise<() => void> {
    let watch = this.#watches.get(roomId);
    if (!watch) {
      const ready = this.#rooms.at(roomId).observe((entry) => this.#onEntry(roomId, entry));
      watch = { ready, holders: 0 };
      this.#watches.set(roomId, watch);
    }
    const held = watch;
    held.holders += 1;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.#release(roomId, held);
    };
    try {
      await held.ready;
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  take(connection: Connection, claims: RoomClaims, peer: MediaPeer): OpenSeat {
    // Connections are made by the sockets alone; anything else cannot hold a seat.
    if (!(connection instanceof LiveConnection)) throw new TypeError('Only a live connection takes a seat.');
    const older = this.seat(claims.room, peer.peerId);
    if (older && older.connection !== connection) older.notify('session.ended', { reason: 'replaced' });
    older?.end('replaced');
    const watch = this.#watches.get(claims.room);
    if (!watch) throw new TypeError('A room is watched before a seat in it is taken.');
    watch.holders += 1;
    const seat = new LiveSeat(connection, claims, peer, (ended, why) => {
      this.#forget(ended);
      this.#release(claims.room, watch);
      this.#onEnded(ended, why);
    });
    this.#roomSeats(claims.room).set(peer.peerId, seat);
    connection.remember(seat);
    this.#log.info({ roomId: claims.room, peerId: peer.peerId, role: peer.role }, 'seat taken');
    // The connection may have ended while the peer arrived.
    if (!connection.open) seat.end('gone');
    return seat;
  }

  leave(seat: Seat): void {
    this.seat(seat.roomId, seat.peer.peerId)?.end('left');
  }

  notify<N extends NotificationName>(
    roomId: string,
    peerId: string,
    name: N,
    data: NotificationData<N>,
  ): void {
    this.seat(roomId, peerId)?.notify(name, data);
  }

  notifyRoom<N extends NotificationName>(
    roomId: string,
    name: N,
    data: NotificationData<N>,
    options: { volatile?: boolean } = {},
  ): void {
    for (const seat of this.#byRoom.get(roomId)?.values() ?? []) seat.notify(name, data, options);
  }

  tell<N extends NotificationName>(
    roomId: string,
    name: N,
    data: NotificationData<N>,
    wants: (peer: MediaPeer) => boolean,
  ): void {
    for (const seat of this.#byRoom.get(roomId)?.values() ?? [])
      if (wants(seat.peer)) seat.notify(name, data, { volatile: true });
  }

  /** The room went to another owner: its readers are cut off here, and come back to wherever it is now. */
  lost(roomId: string): void {
    this.#watches.delete(roomId);
    for (const seat of [...(this.#byRoom.get(roomId)?.values() ?? [])]) seat.connection.bounce();
  }

  /** Set by presence: called for each seat whose connection went away without leaving. */
  onGone: (seat: LiveSeat) => void = () => {};

  #onEntry(roomId: string, entry: LogEntry): void {
    for (const event of entry.events) {
      if (event.type === 'RoomClosed') {
        for (const seat of this.#byRoom.get(roomId)?.values() ?? []) seat.endAfter(entry.seq, 'closed');
      } else if (event.type === 'PeerLeft' && event.reason !== 'room-closed') {
        // Of a closed room each seat hears until the end; the others end with the fact that names them.
        const why = event.reason === 'removed' ? 'removed' : 'left';
        this.seat(roomId, event.peerId)?.endAfter(entry.seq, why);
      }
    }
  }

  #onEnded(seat: LiveSeat, why: SeatEnd): void {
    const { roomId, peer, connection } = seat;
    this.#log.info({ roomId, peerId: peer.peerId, why }, 'seat ended');
    if (why === 'gone') this.onGone(seat);
    if (why === 'removed' || why === 'revoked') connection.notify('session.ended', { reason: why }, roomId);
    if (why === 'removed') this.onRemoved(seat);
  }

  /** Set by the server: called when a peer was removed, to cut a connection that has nothing else to do. */
  onRemoved: (seat: LiveSeat) => void = () => {};

  #roomSeats(roomId: string): Map<string, LiveSeat> {
    let seats = this.#byRoom.get(roomId);
    if (!seats) {
      seats = new Map();
      this.#byRoom.set(roomId, seats);
    }
    return seats;
  }

  #forget(seat: LiveSeat): void {
    const seats = this.#byRoom.get(seat.roomId);
    if (seats?.get(seat.peer.peerId) !== seat) return;
    seats.delete(seat.peer.peerId);
    if (seats.size === 0) this.#byRoom.delete(seat.roomId);
  }

  #release(roomId: string, watch: Watch): void {
    watch.holders -= 1;
    if (watch.holders > 0) return;
    if (this.#watches.get(roomId) === watch) this.#watches.delete(roomId);
    watch.ready.then(
      (stop) => stop(),
      (error: unknown) => this.#log.debug({ error, roomId }, 'a room could not be watched'),
    );
  }
}
