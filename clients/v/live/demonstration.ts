/** The picture that the dispatch room shows of how it is done: received while it is published and shown here, never heard. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { RemoteSource } from '../../core/types.ts';
import type { Line } from './line.ts';

/** The newest demonstration of the room, by its facts. Pure. */
export function demonstrated(state: RoomState, peerId: string): string | undefined {
  const sources = Object.values(state.sources).filter(
    ({ source, kind, paused, peerId: owner }) =>
      source.role === 'demonstration' &&
      kind === 'video' &&
      !paused &&
      owner !== peerId &&
      source.alternativeOf === undefined,
  );
  return sources.sort((a, b) => b.publishedAt - a.publishedAt)[0]?.producerId;
}

export class Demonstration {
  readonly #line: Line;
  readonly #source = signal<RemoteSource | undefined>(undefined);
  readonly #stops: (() => void)[] = [];
  #stopSession: (() => void) | undefined;

  constructor(line: Line) {
    this.#line = line;
    this.#stops.push(
      line.session.subscribe((session) => {
        this.#stopSession?.();
        this.#stopSession = session.on('remoteSources', () => this.#look());
      }),
    );
    this.#stops.push(line.state.subscribe(() => this.#look()));
  }

  /** Undefined while nothing is shown. */
  get source(): ReadonlySignal<RemoteSource | undefined> {
    return this.#source;
  }

  /** What is shown and how large, in device pixels; nothing is sent while it is hidden. */
  shown(width: number, height: number): void {
    const producerId = this.#source.peek()?.producerId;
    const visible = width > 0 && height > 0;
    this.#line.session
      .peek()
      .setViews(producerId === undefined ? [] : [{ producerId, width, height, visible, priority: 8 }]);
  }

  close(): void {
    this.#stopSession?.();
    for (const stop of this.#stops) stop();
  }

  #look(): void {
    const producerId = demonstrated(this.#line.state.peek(), this.#line.own.peerId);
    const session = this.#line.session.peek();
    // Media is loaded for this alone where the camera is off: it was asked for by showing it.
    if (producerId !== undefined) session.startMedia();
    this.#source.value = producerId === undefined ? undefined : session.remoteSource(producerId);
    if (!this.#source.value) this.shown(0, 0);
  }
}
