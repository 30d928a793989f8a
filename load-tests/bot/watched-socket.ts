/** The SDK's own socket with somebody beside it who counts: every entry as the wire brought it, every cut, every push. */
import type { LiveSocket, SocketEvents } from '../../clients/core/live/socket.ts';
import { isHidden } from '../../signaling/protocol/entry.ts';
import { METHODS, type Request } from '../../signaling/protocol/methods.ts';
import { LogCheck } from './log-check.ts';

/** Milliseconds of the clock that all processes of a machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What bots write and draw ends with the moment of its making, in tenths of a millisecond of that clock. */
export function stamp(): string {
  return `-${Math.round(sharedNow() * 10)}`;
}

const STAMP = /-(\d+)$/;

export class WatchedSocket implements LiveSocket {
  readonly #inner: LiveSocket;
  readonly #heardStamp: (ageMs: number) => void;
  readonly #logs = new Map<string, LogCheck>();
  /** When something of this room was heard first after the last cut; for the time of coming back. */
  readonly #heard = new Map<string, (at: number) => void>();
  #requests = 0;
  #connections = 0;

  /** @param heardStamp told how old a stamped message or mark was when it was pushed here. */
  constructor(inner: LiveSocket, heardStamp: (ageMs: number) => void) {
    this.#inner = inner;
    this.#heardStamp = heardStamp;
    inner.on('status', (status) => {
      if (status !== 'up') return;
      this.#connections += 1;
      for (const log of this.#logs.values()) log.handleConnection();
    });
    inner.on('notify', (notified) => {
      if (notified.name === 'mark.begun') this.#hear(notified.data.draft.markId);
      if (notified.name !== 'entry' || notified.roomId === undefined) return;
      const { entry } = notified.data;
      this.log(notified.roomId).handlePushed(entry);
      if (isHidden(entry)) return;
      for (const event of entry.events) if (event.type === 'MessageSent') this.#hear(event.text);
    });
  }

  get status(): LiveSocket['status'] {
    return this.#inner.status;
  }
  get requests(): number {
    return this.#requests;
  }
  /** How often the connection came up. */
  get connections(): number {
    return this.#connections;
  }

  log(roomId: string): LogCheck {
    const known = this.#logs.get(roomId);
    if (known) return known;
    const made = new LogCheck();
    this.#logs.set(roomId, made);
    return made;
  }

  /** Calls back, once, when the room has been joined on the next connection; replaces an earlier wish. */
  onceBack(roomId: string, told: (at: number) => void): void {
    this.#heard.set(roomId, told);
  }

  on<N extends keyof SocketEvents>(name: N, listener: (data: SocketEvents[N]) => void): () => void {
    return this.#inner.on(name, listener);
  }

  connect(): void {
    this.#inner.connect();
  }

  reconnect(): void {
    this.#inner.reconnect();
  }

  async send(request: Request, deadlineMs: number): Promise<unknown> {
    this.#requests += 1;
    const result = await this.#inner.send(request, deadlineMs);
    if (request.roomId !== undefined) this.#look(request.roomId, request.method, result);
    return result;
  }

  close(): void {
    this.#inner.close();
  }

  #hear(stamped: string): void {
    const tenths = STAMP.exec(stamped)?.[1];
    if (tenths !== undefined) this.#heardStamp(sharedNow() - Number(tenths) / 10);
  }

  #look(roomId: string, method: string, result: unknown): void {
    if (method === 'room.entries') {
      const answer = METHODS['room.entries'].result.safeParse(result);
      if (answer.success) this.log(roomId).handleCatchUp(answer.data);
    } else if (method === 'room.join') {
      const answer = METHODS['room.join'].result.safeParse(result);
      if (!answer.success) return;
      this.log(roomId).handleCatchUp(answer.data);
      const told = this.#heard.get(roomId);
      this.#heard.delete(roomId);
      told?.(sharedNow());
    }
  }
}
