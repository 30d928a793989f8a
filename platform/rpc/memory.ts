/** The control link within one process (`--role all`): the same frames as text through a pair of queues. */
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { type Channel, MAX_QUEUED_BYTES } from './channel.ts';
import { createRpcClient } from './client.ts';
import { type ServeOptions, serveChannel } from './serve.ts';
import type { RpcClient, RpcServer, RpcTable } from './table.ts';

/** One direction of the pair: messages are delivered in order, never within the call that sent them. */
class End implements Channel {
  #peer: End | undefined;
  #inbox: string[] = [];
  #queuedBytes = 0;
  #scheduled = false;
  #closed = false;
  #closeReason: string | undefined;
  #onMessage: ((text: string) => void) | undefined;
  #onClose: ((reason: string) => void) | undefined;

  static pair(): [End, End] {
    const [a, b] = [new End(), new End()];
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  send(text: string): void {
    if (this.#closed) return;
    if (this.#peer !== undefined) this.#peer.#take(text);
  }

  onMessage(listener: (text: string) => void): void {
    this.#onMessage = listener;
    this.#schedule();
  }

  onClose(listener: (reason: string) => void): void {
    this.#onClose = listener;
    if (this.#closeReason !== undefined) queueMicrotask(() => this.#tellClosed());
  }

  close(reason: string): void {
    this.#end(reason);
    if (this.#peer !== undefined) this.#peer.#end(reason);
  }

  #take(text: string): void {
    this.#queuedBytes += text.length;
    this.#inbox.push(text);
    if (this.#queuedBytes > MAX_QUEUED_BYTES) this.close('slow reader');
    else this.#schedule();
  }

  /** A turn of the event loop apart, as over a socket, so that a flood cannot starve timers and sockets. */
  #schedule(): void {
    if (this.#scheduled || this.#onMessage === undefined || this.#inbox.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const batch = this.#inbox;
      this.#inbox = [];
      this.#queuedBytes = 0;
      for (const text of batch) if (!this.#closed) this.#onMessage?.(text);
      this.#schedule();
    });
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeReason = reason;
    this.#inbox = [];
    queueMicrotask(() => this.#tellClosed());
  }

  #tellClosed(): void {
    const listener = this.#onClose;
    this.#onClose = undefined;
    listener?.(this.#closeReason ?? 'closed');
  }
}

export interface MemoryRpcServer<T extends RpcTable> extends RpcServer {
  /** A client of this server in the same process. */
  connect(options: { logger: Logger; label: string }): RpcClient<T>;
}

export function createMemoryRpcServer<T extends RpcTable>(options: ServeOptions<T>): MemoryRpcServer<T> {
  const ends = new Set<End>();
  let closed = false;

  function accept(): Channel {
    if (closed) {
      throw new AppError('link-refused', 'The server of this link is closed.', { status: 503 });
    }
    const [near, far] = End.pair();
    ends.add(far);
    serveChannel(options, {
      send: (text) => far.send(text),
      onMessage: (listener) => far.onMessage(listener),
      onClose: (listener) =>
        far.onClose((reason) => {
          ends.delete(far);
          listener(reason);
        }),
      close: (reason) => far.close(reason),
    });
    return near;
  }

  const dropLinks = (reason: string) => {
    for (const end of [...ends]) end.close(reason);
  };
  return {
    get links() {
      return ends.size;
    },
    connect: ({ logger, label }) =>
      createRpcClient({ table: options.table, connect: async () => accept(), logger, label }),
    dropLinks,
    close: async (reason) => {
      closed = true;
      dropLinks(reason);
    },
  };
}
