/** Fetches the frame under a pen at full size from the device whose camera it is (design section 6, step 1). */
import type { FrameName } from '../../../ar-annotations/scene/types.ts';
import type { NotificationData } from '../../../signaling/protocol/notifications.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { ClientError, isClientError } from '../errors.ts';
import { newId } from '../ids.ts';
import { Queue } from '../queue.ts';
import type { RoomSession } from '../types.ts';
import { Composite } from './composite.ts';
import { tagOf } from './framing.ts';
import { type Piece, PieceCollector } from './piece-collector.ts';
import type { FetchStillOptions, StillFetch, StillFetchEvents, StillStatus, StillTimings } from './types.ts';

type Signal = NotificationData<'still.signal'>['signal'];
type Found = Extract<Signal, { kind: 'found' }>;

/** To the first word of the device. */
const FOUND_MS = 6000;
/** Between two chunks: the device sends one again after at most 6 s. */
const SILENT_MS = 10_000;
const TICK_MS = 40;
/** 8K, and nothing that would take the memory of this page. */
const PIXELS_MAX = 7680 * 4320;

type Session = Pick<RoomSession, 'data' | 'on' | 'request' | 'state'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Asks at once; the object tells how it goes. The picture on the screen stays what the page has until `canvas` is there.
 *
 * @param options.point 0 to 1 of the frame: that area comes at full size first
 */
export function fetchStill(
  session: RoomSession,
  options: FetchStillOptions,
  clock: Clock = systemClock,
): StillFetch {
  return new Fetch(session, options, clock);
}

class Fetch implements StillFetch {
  readonly fetchId = newId();
  readonly stillId = newId();
  readonly producerId: string;
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #events = new Emitter<StillFetchEvents>();
  readonly #ownerId: string | undefined;
  readonly #askedAt: number;
  readonly #ended = Promise.withResolvers<void>();
  readonly #drawing = new Queue();
  readonly #timings: Mutable<StillTimings> = {};
  readonly #stops: (() => void)[] = [];
  #frame: FrameName;
  #status: StillStatus = 'asking';
  #error: ClientError | undefined;
  #found: Found | undefined;
  #pieces: PieceCollector | undefined;
  #composite: Composite | undefined;
  #areaDrawn = 0;
  #heardAt: number;
  /** Chunks may overtake the word that announces them: one goes over the data channel, the other over the socket. */
  #early: Uint8Array[] = [];

  constructor(session: Session, { producerId, frame, point }: FetchStillOptions, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
    this.producerId = producerId;
    this.#frame = frame;
    this.#askedAt = clock.monotonic();
    this.#heardAt = this.#askedAt;
    this.#ownerId = session.state.sources[producerId]?.peerId;
    this.#stops.push(
      session.on('stillSignal', ({ fromPeerId, signal }) => {
        if (fromPeerId === this.#ownerId && signal.fetchId === this.fetchId) this.#handleSignal(signal);
      }),
      session.on('ended', () => this.#fail(new ClientError('closed', 'The session has ended.'))),
      session.data.listen('fetch', ({ peerId }, bytes) => {
        if (peerId === this.#ownerId) this.#handleMessage(bytes);
      }),
      clock.every(TICK_MS, () => this.#tick()),
    );
    this.#ask({ kind: 'ask', fetchId: this.fetchId, producerId, frame, point });
  }

  get frame(): FrameName {
    return this.#frame;
  }
  get status(): StillStatus {
    return this.#status;
  }
  get progress(): number {
    return this.#composite?.sharp ?? 0;
  }
  get canvas(): HTMLCanvasElement | undefined {
    return this.#timings.coarseMs === undefined ? undefined : this.#composite?.canvas;
  }
  get width(): number | undefined {
    return this.#found?.width;
  }
  get height(): number | undefined {
    return this.#found?.height;
  }
  get offsetMs(): number | undefined {
    return this.#found?.offsetMs;
  }
  get bytes(): number {
    return this.#pieces?.bytes ?? 0;
  }
  get timings(): StillTimings {
    return this.#timings;
  }
  get error(): ClientError | undefined {
    return this.#error;
  }

  on<N extends keyof StillFetchEvents>(name: N, listener: (data: StillFetchEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  ended(): Promise<void> {
    return this.#ended.promise;
  }

  cancel(): void {
    if (this.#isOver()) return;
    this.#tell({ kind: 'stop', fetchId: this.fetchId });
    this.#end('cancelled');
  }

  #isOver(): boolean {
    return this.#status === 'complete' || this.#status === 'failed' || this.#status === 'cancelled';
  }

  #handleSignal(signal: Signal): void {
    if (signal.kind === 'refused') {
      const { why } = signal;
      this.#fail(
        new ClientError('conflict', `The device does not give this frame: ${why}.`, {
          details: { reason: why },
        }),
      );
    }
    if (signal.kind !== 'found' || this.#found) return;
    if (signal.width * signal.height > PIXELS_MAX) {
      this.#damaged('The device announces a picture larger than any camera.');
      return;
    }
    this.#found = signal;
    this.#heardAt = this.#clock.monotonic();
    this.#frame = { ...this.#frame, mediaMs: signal.mediaMs, stillId: this.stillId };
    this.#pieces = new PieceCollector(tagOf(this.fetchId), signal);
    this.#composite = new Composite(signal);
    this.#timings.foundMs = this.#since();
    this.#setStatus('found');
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#handleMessage(message);
  }

  #handleMessage(message: Uint8Array): void {
    if (this.#isOver()) return;
    if (!this.#pieces) {
      if (this.#early.length < 16) this.#early.push(message);
      return;
    }
    const taken = this.#pieces.handleMessage(message);
    if (taken === undefined) return;
    if (taken === 'damaged') {
      this.#damaged('The device sends what does not fit together.');
      return;
    }
    this.#heardAt = this.#clock.monotonic();
    this.#credit(false);
    if (taken !== 'taken') this.#draw(taken);
  }

  #draw(piece: Piece): void {
    this.#drawing
      .run(async () => {
        if (this.#isOver() || !this.#composite) return;
        await this.#composite.draw(piece);
        if (!this.#isOver()) this.#handleDrawn(piece);
      })
      .catch((error: unknown) => this.#damaged(String(error)));
  }

  #handleDrawn(piece: Piece): void {
    if (piece.index === 0) this.#timings.coarseMs = this.#since();
    if (piece.isArea) this.#areaDrawn += 1;
    const isWhole = this.#pieces?.isComplete === true && this.progress >= 1;
    const isArea = this.#areaDrawn > 0 && this.#pieces?.areaLeft === 0;
    if (isArea) this.#timings.areaMs ??= this.#since();
    if (isWhole) {
      this.#timings.completeMs = this.#since();
      // The device stops to wait for a credit, also when the last one is lost.
      this.#credit(true);
      this.#tell({ kind: 'stop', fetchId: this.fetchId });
      this.#end('complete');
      return;
    }
    const next = isArea ? 'area' : this.#timings.coarseMs === undefined ? 'found' : 'coarse';
    if (this.#status === next) this.#events.emit('change', undefined);
    else this.#setStatus(next);
  }

  #tick(): void {
    const silentMs = this.#clock.monotonic() - this.#heardAt;
    if (silentMs > (this.#found ? SILENT_MS : FOUND_MS)) {
      this.#tell({ kind: 'stop', fetchId: this.fetchId });
      this.#fail(ClientError.deadline('The frame at full size', Math.round(silentMs)));
      return;
    }
    this.#credit(true);
  }

  #credit(idle: boolean): void {
    for (const received of this.#pieces?.receiver.credits(this.#clock.monotonic(), idle) ?? []) {
      this.#tell({ kind: 'credit', fetchId: this.fetchId, received });
    }
  }

  #ask(signal: Signal): void {
    if (this.#ownerId === undefined) {
      queueMicrotask(() => this.#fail(new ClientError('not-found', 'There is no such camera any more.')));
      return;
    }
    this.#session
      .request('still.signal', { toPeerId: this.#ownerId, signal }, { deadlineMs: FOUND_MS })
      .catch((error: unknown) => {
        this.#fail(isClientError(error) ? error : new ClientError('internal', String(error)));
      });
  }

  /** Not waited for: the flow control lives with what is lost. */
  #tell(signal: Signal): void {
    if (this.#ownerId === undefined) return;
    this.#session
      .request('still.signal', { toPeerId: this.#ownerId, signal }, { deadlineMs: 2000 })
      .catch((error: unknown) => {
        if (!isClientError(error)) throw error;
      });
  }

  #damaged(message: string): void {
    if (this.#isOver()) return;
    this.#tell({ kind: 'stop', fetchId: this.fetchId });
    this.#fail(new ClientError('conflict', message, { details: { reason: 'damaged' } }));
  }

  #fail(error: ClientError): void {
    if (this.#isOver()) return;
    this.#error = error;
    this.#end('failed');
  }

  #end(status: 'complete' | 'failed' | 'cancelled'): void {
    for (const stop of this.#stops) stop();
    this.#early = [];
    this.#composite?.close();
    this.#setStatus(status);
    this.#ended.resolve();
  }

  #setStatus(status: StillStatus): void {
    this.#status = status;
    this.#events.emit('change', undefined);
  }

  #since(): number {
    return Math.round(this.#clock.monotonic() - this.#askedAt);
  }
}
