/** Collects from every tile how large it is shown, and tells the session the whole of it, not more than 10 times a second. */
import type { ViewRequest } from '../../core/types.ts';

/** One entry per producer: the largest size anyone shows, visible if any is, the highest priority. */
export function mergeViews(views: Iterable<ViewRequest>): readonly ViewRequest[] {
  const byProducer = new Map<string, ViewRequest>();
  for (const view of views) {
    const old = byProducer.get(view.producerId);
    if (old === undefined || (!old.visible && view.visible)) byProducer.set(view.producerId, view);
    else if (view.visible || !old.visible) {
      byProducer.set(view.producerId, {
        producerId: view.producerId,
        width: Math.max(old.width, view.width),
        height: Math.max(old.height, view.height),
        visible: old.visible || view.visible,
        priority: Math.max(old.priority ?? 5, view.priority ?? 5),
      });
    }
  }
  return [...byProducer.values()];
}

const MOST_PIXELS = 65_536;

/** Size in device pixels times zoom, within the bounds of the protocol. */
export function shownPixels(cssPixels: number, pixelRatio: number, zoom: number): number {
  return Math.min(MOST_PIXELS, Math.max(0, Math.round(cssPixels * pixelRatio * zoom)));
}

const COALESCE_MS = 100;

export class ViewsReporter {
  readonly #views = new Map<object, ViewRequest>();
  readonly #send: (views: readonly ViewRequest[]) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(send: (views: readonly ViewRequest[]) => void) {
    this.#send = send;
  }

  /** Tells how one tile (the key) is shown; undefined when it is gone. */
  report(tile: object, view: ViewRequest | undefined): void {
    if (view === undefined) this.#views.delete(tile);
    else this.#views.set(tile, view);
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#send(mergeViews(this.#views.values()));
    }, COALESCE_MS);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#views.clear();
  }
}
