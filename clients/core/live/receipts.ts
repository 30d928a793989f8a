/** Says of each message that it arrived here, in batches. That it was read is said by the page that showed it. */
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { Clock } from '../clock.ts';

const BATCH_MS = 300;
const BATCH_MAX = 100;

export class Receipts {
  readonly #peerId: string;
  readonly #clock: Clock;
  readonly #send: (messageIds: string[]) => void;
  readonly #said = new Set<string>();
  #due: string[] = [];
  #cancel: (() => void) | undefined;

  constructor(peerId: string, clock: Clock, send: (messageIds: string[]) => void) {
    this.#peerId = peerId;
    this.#clock = clock;
    this.#send = send;
  }

  handleState(state: RoomState): void {
    for (const message of state.messages) {
      if (message.peerId === this.#peerId || this.#said.has(message.messageId)) continue;
      this.#said.add(message.messageId);
      if (!message.deliveredTo.includes(this.#peerId)) this.#due.push(message.messageId);
    }
    if (this.#due.length > 0) this.#cancel ??= this.#clock.after(BATCH_MS, () => this.#flush());
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #flush(): void {
    this.#cancel = undefined;
    const batch = this.#due.slice(0, BATCH_MAX);
    this.#due = this.#due.slice(BATCH_MAX);
    if (batch.length > 0) this.#send(batch);
    if (this.#due.length > 0) this.#cancel = this.#clock.after(BATCH_MS, () => this.#flush());
  }
}
