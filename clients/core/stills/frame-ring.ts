/**
 * The device's side of stills: keeps the last two seconds of one camera, compressed, while somebody who may draw is in the room and
 * the picture is wanted, and serves fetches from it. Compressing 4K costs tens of milliseconds a frame, so it runs in a
 * worker and as often as that worker can.
 */
import { mayDraw } from '../../../signaling/protocol/state-marks.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { type FeedFrame, type FeedUse, frameFeedOf } from '../marks/frame-feed.ts';
import type { LocalSource, RoomSession } from '../types.ts';
import { HeldDown } from './held-down.ts';
import { KeptFrames } from './kept-frames.ts';
import { Pictures } from './pictures.ts';
import { StillServer } from './still-server.ts';
import { coarseSize } from './tiles.ts';
import type { FrameRing, FrameRingEvents } from './types.ts';

/** Six a second, so that at least five are kept also where the camera's frames fall badly. */
const KEPT_FPS = 6;
/** Share of the time in which a device compresses, all its cameras together. */
const DUTY = 0.75;
/** Rings of this page that keep frames now. */
const keeping = new Set<Ring>();
const WATCH_MS = 500;
/** A device that compresses a frame in less does both at once. */
const SLOW_MS = 150;
/** Time without a kept frame at the beginning of a fetch: whoever asks in it gets one that is off by half of it at most. */
const REST_MS = 1000;

/** Keeps frames of this source until `close()`; the source's own end closes it too. */
export function createFrameRing(
  session: RoomSession,
  source: LocalSource,
  clock: Clock = systemClock,
): FrameRing {
  return new Ring(session, source, clock);
}

class Ring implements FrameRing {
  readonly #session: RoomSession;
  readonly #source: LocalSource;
  readonly #clock: Clock;
  readonly #events = new Emitter<FrameRingEvents>();
  readonly #frames = new KeptFrames();
  readonly #server: StillServer;
  readonly #held: HeldDown;
  readonly #stops: (() => void)[] = [];
  #use: FeedUse | undefined;
  /** One for compressing all the time, one for what is being sent: a still waits for no frame. */
  #keeping: Pictures | undefined;
  #cutting: Pictures | undefined;
  #isBusy = false;
  #nextAt = 0;
  #encodeMs: number | undefined;
  #closed = false;

  constructor(session: RoomSession, source: LocalSource, clock: Clock) {
    this.#session = session;
    this.#source = source;
    this.#clock = clock;
    const warn = (error: unknown) => this.#events.emit('warning', error);
    this.#held = new HeldDown(session, this.#clock);
    this.#server = new StillServer({
      session,
      clock: this.#clock,
      producerId: source.producerId,
      find: (frame) => (this.frames > 0 ? (this.#frames.find(frame) ?? 'too-old') : 'no-ring'),
      pictures: () => this.#cuttingPictures(),
      tell: (toPeerId, signal) => {
        session.request('still.signal', { toPeerId, signal }).catch(warn);
      },
      changed: () => this.#handleFetches(),
      warn,
    });
    this.#stops.push(
      session.on('state', () => this.#watch()),
      session.on('ended', () => this.close()),
      source.on('change', () => this.#watch()),
      source.on('closed', () => this.close()),
      this.#clock.every(WATCH_MS, () => this.#watch()),
    );
    this.#watch();
  }

  get active(): boolean {
    return this.#use !== undefined;
  }
  get rate(): number | undefined {
    return this.#frames.rate;
  }
  get encodeMs(): number | undefined {
    return this.#encodeMs;
  }
  get frames(): number {
    return this.#frames.count;
  }
  get bytes(): number {
    return this.#frames.bytes;
  }
  get fetches(): number {
    return this.#server.fetches;
  }

  on<N extends keyof FrameRingEvents>(name: N, listener: (data: FrameRingEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    this.#server.close();
    this.#held.close();
    this.#read(false);
    this.#cutting?.close();
    this.#events.removeAll();
  }

  /** Whether frames are wanted may change with every fact, demand and admission. */
  #watch(): void {
    if (this.#closed) return;
    const askers = this.#askers();
    const isWanted =
      askers.length > 0 && this.#source.demand?.rung !== null && this.#source.status !== 'closed';
    this.#read(isWanted);
    this.#server.handlePeers(isWanted ? askers : []);
  }

  #askers(): string[] {
    const { state, peerId } = this.#session;
    return Object.keys(state.peers).filter(
      (id) => id !== peerId && mayDraw(state, id, this.#source.producerId),
    );
  }

  #read(wanted: boolean): void {
    if (wanted === this.active) return;
    this.#use?.close();
    this.#use = undefined;
    this.#frames.clear();
    keeping.delete(this);
    if (wanted) {
      keeping.add(this);
      const feed = frameFeedOf(this.#source, this.#clock);
      const options = { fps: KEPT_FPS, pictures: true };
      this.#use = feed.use(options, (frame, picture) => this.#handle(frame, picture));
    } else {
      this.#keeping?.close();
      this.#keeping = undefined;
    }
    this.#events.emit('change', undefined);
  }

  #handle(frame: FeedFrame, picture: VideoFrame | undefined): void {
    this.#frames.handleSeen(frame);
    if (!picture) return;
    if (this.#isBusy || this.#clock.monotonic() < this.#nextAt) {
      picture.close();
      return;
    }
    this.#isBusy = true;
    this.#keep(frame, picture)
      .catch((error: unknown) => this.#events.emit('warning', error))
      .finally(() => {
        this.#isBusy = false;
      });
  }

  async #keep({ mediaMs, print, width, height }: FeedFrame, picture: VideoFrame): Promise<void> {
    const startedAt = this.#clock.monotonic();
    if (!this.#keeping?.isAlive) this.#keeping = new Pictures(this.#clock);
    const pictures = this.#keeping;
    const { whole, coarse, tookMs } = await pictures.compress(picture, coarseSize(width, height));
    if (pictures !== this.#keeping) return;
    this.#encodeMs = this.#encodeMs === undefined ? tookMs : this.#encodeMs * 0.8 + tookMs * 0.2;
    this.#nextAt = startedAt + (this.#encodeMs * keeping.size) / DUTY;
    this.#frames.handleKept({ mediaMs, print, width, height, whole, coarse });
    this.#events.emit('change', undefined);
  }

  #cuttingPictures(): Pictures {
    if (!this.#cutting?.isAlive) this.#cutting = new Pictures(this.#clock);
    return this.#cutting;
  }

  #handleFetches(): void {
    const isSending = this.#server.fetches > 0;
    this.#held.handleSending(isSending);
    // A slow processor has the area under the pen to unpack and compress first.
    if (isSending && (this.#encodeMs ?? 0) > SLOW_MS) this.#nextAt = this.#clock.monotonic() + REST_MS;
    this.#events.emit('change', undefined);
  }
}
