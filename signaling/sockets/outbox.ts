/**
 * What waits to be sent on one connection, in bytes. A slow consumer first loses what is volatile, then its
 * connection: it comes back and resumes by number, instead of growing a queue in our memory.
 */
import type { Socket } from 'socket.io';
import type { Notification } from '../protocol/notifications.ts';

export interface OutboxLimits {
  readonly volatileQueueBytes: number;
  readonly maxQueueBytes: number;
}

export class Outbox {
  readonly #socket: Socket;
  readonly #limits: OutboxLimits;
  readonly #onDropped: () => void;
  readonly #onOverflow: () => void;
  #queued = 0;

  constructor(socket: Socket, limits: OutboxLimits, onDropped: () => void, onOverflow: () => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#onDropped = onDropped;
    this.#onOverflow = onOverflow;
    // Both events are public (https://socket.io/docs/v4/server-socket-instance/#socketconn). `drain` comes when the
    // queue is handed to the transport, which takes the next batch only after the last has gone to the kernel.
    socket.conn.on('packetCreate', ({ data }: { data?: unknown }) => {
      this.#queued += sizeOf(data);
    });
    socket.conn.on('drain', () => {
      this.#queued = 0;
    });
  }

  /** Bytes that wait behind what is being sent. */
  get queued(): number {
    return this.#queued;
  }

  send(notification: Notification, volatile: boolean): void {
    if (!this.#socket.connected) return;
    if (volatile && this.#queued > this.#limits.volatileQueueBytes) {
      this.#onDropped();
      return;
    }
    if (this.#queued > this.#limits.maxQueueBytes) {
      this.#onOverflow();
      // Closing the transport, unlike `disconnect()`, lets the client come back by itself.
      this.#socket.conn.close(true);
      return;
    }
    this.#socket.emit('notify', notification);
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}
