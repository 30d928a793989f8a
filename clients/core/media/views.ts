/** Tells the server what is shown, at most 20 times a second, and again after every rejoin or rebuild of media. */
import type { View } from '../../../signaling/protocol/methods-media.ts';
import type { Clock } from '../clock.ts';
import { isClientError } from '../errors.ts';
import type { ViewRequest } from '../types-media.ts';

const COALESCE_MS = 50;
const DEFAULT_PRIORITY = 5;

export class Views {
  readonly #clock: Clock;
  readonly #send: (views: View[]) => Promise<unknown>;
  #views: View[] = [];
  #sent: string | undefined;
  #ready = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, send: (views: View[]) => Promise<unknown>) {
    this.#clock = clock;
    this.#send = send;
  }

  set(views: readonly ViewRequest[]): void {
    this.#views = views.slice(0, 64).map(toView);
    this.#soon();
  }

  /** Media was started or the room rejoined: what the server knew may be forgotten, so it is said again. */
  handleReady(): void {
    this.#ready = true;
    this.#sent = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#flush();
  }

  handleAway(): void {
    this.#ready = false;
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#ready = false;
  }

  #soon(): void {
    this.#cancel ??= this.#clock.after(COALESCE_MS, () => {
      this.#cancel = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const text = JSON.stringify(this.#views);
    if (!this.#ready || text === this.#sent) return;
    this.#sent = text;
    this.#send(this.#views).catch((error: unknown) => {
      if (!isClientError(error)) throw error;
      // Not heard: the next layout or rejoin says it again.
      if (this.#sent === text) this.#sent = undefined;
    });
  }
}

function toView(request: ViewRequest): View {
  const clamp = (size: number) => Math.max(0, Math.min(65_536, Math.round(size)));
  return {
    producerId: request.producerId,
    width: clamp(request.width),
    height: clamp(request.height),
    visible: request.visible,
    priority: Math.max(1, Math.min(10, Math.round(request.priority ?? DEFAULT_PRIORITY))),
  };
}
