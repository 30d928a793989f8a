/** One live connection: who is behind it, its seats, and what is sent to it. */
import type { Socket } from 'socket.io';
import type { Connection } from '../methods/types.ts';
import type { Session, Sessions } from '../people/types.ts';
import type { NotificationData, NotificationName } from '../protocol/notifications.ts';
import type { Outbox } from './outbox.ts';
import type { LiveSeat } from './seat.ts';

/** Notifications that the next one of their kind makes obsolete. */
const VOLATILE: ReadonlySet<NotificationName> = new Set(['speaking', 'media.rungs', 'recording.status']);

export class LiveConnection implements Connection {
  readonly id: string;
  /** For counting floods; not a proof of anything. */
  readonly address: string;
  readonly #found: Session;
  readonly #sessions: Pick<Sessions, 'current'>;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #seats = new Map<string, LiveSeat>();
  #ending = false;
  #gate: Promise<void> = Promise.resolve();
  /** Requests in work now. */
  pending = 0;

  constructor(
    socket: Socket,
    found: Session,
    sessions: Pick<Sessions, 'current'>,
    address: string,
    outbox: Outbox,
  ) {
    this.id = socket.id;
    this.#found = found;
    this.#sessions = sessions;
    this.address = address;
    this.#socket = socket;
    this.#outbox = outbox;
  }

  /** The session with the roles the person has now, not those of the moment of connecting. */
  get session(): Session {
    return this.#sessions.current(this.#found.sid) ?? this.#found;
  }

  get open(): boolean {
    return this.#socket.connected;
  }

  seat(roomId: string): LiveSeat | undefined {
    return this.#seats.get(roomId);
  }

  /** Seats that have not ended. */
  liveSeats(): LiveSeat[] {
    return [...this.#seats.values()].filter((seat) => !seat.ended);
  }

  /** Remembers a seat, also after its end, so that late requests are told why they are refused. */
  remember(seat: LiveSeat): void {
    this.#seats.set(seat.roomId, seat);
  }

  notify<N extends NotificationName>(
    name: N,
    data: NotificationData<N>,
    roomId?: string,
    options: { volatile?: boolean } = {},
  ): void {
    const notification = { name, data, ...(roomId === undefined ? {} : { roomId }) };
    this.#outbox.send(notification, options.volatile ?? VOLATILE.has(name));
  }

  /** Waits for the delays put on this connection; a delay holds back what comes after it, so order is kept. */
  passGate(delayMs = 0): Promise<void> {
    if (delayMs > 0)
      this.#gate = this.#gate.then(() => new Promise((resolve) => setTimeout(resolve, delayMs).unref()));
    return this.#gate;
  }

  /** Ends the transport alone: the client comes back by itself and resumes by number. */
  bounce(): void {
    this.#socket.conn.close(true);
  }

  /** Ends it once what was answered in this turn is on its way; false when that is under way already. */
  disconnectSoon(): boolean {
    if (this.#ending) return false;
    this.#ending = true;
    setImmediate(() => this.disconnect());
    return true;
  }

  /** Ends the connection for good: clients do not come back by themselves after this. */
  disconnect(): void {
    this.#socket.disconnect(true);
  }
}
