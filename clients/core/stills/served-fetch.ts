/** One still on its way to one peer: makes its pieces just before they are sent, as good as the rest of the time carries. */
import type { Point } from '../../../ar-annotations/scene/types.ts';
import type { Clock } from '../clock.ts';
import type { OutChannel } from '../marks/types.ts';
import { QualityFinder, shareOf } from './budget.ts';
import { ChunkSender } from './chunk-sender.ts';
import { chunksOf, type Rect, tagOf } from './framing.ts';
import type { KeptFrame } from './kept-frames.ts';
import type { OpenPicture, Pictures } from './pictures.ts';
import { cutFrame } from './tiles.ts';

/** Compressed ahead of the link: enough that it never waits, little enough that the quality still follows it. */
const AHEAD_BYTES = 80_000;
/** What may wait in the browser for the link; the rest waits here, where several askers share it. */
const BUFFER_BYTES = 32 * 1024;
/** A receiver that took nothing in for so long is gone. */
const STALLED_MS = 12_000;

export interface ServedFetchDeps {
  readonly clock: Clock;
  readonly fetchId: string;
  readonly peerId: string;
  readonly channel: OutChannel;
  readonly frame: KeptFrame;
  readonly point: Point;
  readonly pictures: () => Pick<Pictures, 'open'>;
  /** Everything was sent and taken in, or it cannot go on. */
  readonly ended: (how: 'done' | 'stalled' | 'failed', error?: unknown) => void;
}

export class ServedFetch {
  readonly fetchId: string;
  readonly peerId: string;
  readonly #deps: ServedFetchDeps;
  readonly #sender = new ChunkSender();
  readonly #quality = new QualityFinder();
  readonly #askedAt: number;
  #wasOpen = true;
  #isMade = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(deps: ServedFetchDeps) {
    this.#deps = deps;
    this.fetchId = deps.fetchId;
    this.peerId = deps.peerId;
    this.#askedAt = deps.clock.monotonic();
    this.#wasOpen = deps.channel.isOpen;
    this.#make().catch((error: unknown) => this.#end('failed', error));
  }

  handleCredit(received: number): void {
    this.#sender.handleCredit(received, this.#deps.clock.monotonic());
    this.#wake?.();
    if (this.#isMade && this.#sender.isDone) this.#end('done');
  }

  /** Sends one chunk when one may be sent. Answers whether it did. */
  sendOne(): boolean {
    const { channel, clock } = this.#deps;
    const now = clock.monotonic();
    if (this.#closed) return false;
    if (this.#sender.stalledMs(now) > STALLED_MS) {
      this.#end('stalled');
      return false;
    }
    if (channel.isOpen && !this.#wasOpen) this.#sender.handleNewChannel();
    this.#wasOpen = channel.isOpen;
    if (!channel.isOpen || channel.bufferedBytes > BUFFER_BYTES) return false;
    const chunk = this.#sender.take(now);
    if (!chunk) return false;
    channel.send(chunk);
    this.#wake?.();
    return true;
  }

  /** Idempotent; tells nobody. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  #end(how: 'done' | 'stalled' | 'failed', error?: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#deps.ended(how, error);
  }

  async #make(): Promise<void> {
    const { frame, point } = this.#deps;
    const { tiles, area } = cutFrame(frame.width, frame.height, point);
    const all: Rect = { x: 0, y: 0, width: frame.width, height: frame.height };
    const coarse = new Uint8Array(await frame.coarse.arrayBuffer());
    this.#push(0, tiles.length + 1, area, all, coarse);
    const picture = await this.#deps.pictures().open(frame.whole);
    try {
      let pixelsLeft = tiles.reduce((sum, { width, height }) => sum + width * height, 0);
      for (const [index, tile] of tiles.entries()) {
        await this.#room();
        if (this.#closed) return;
        const jpeg = await this.#cut(picture, tile, pixelsLeft);
        this.#push(index + 1, tiles.length + 1, area, tile, jpeg);
        pixelsLeft -= tile.width * tile.height;
      }
      this.#isMade = true;
    } finally {
      picture.close();
    }
  }

  async #cut(picture: OpenPicture, tile: Rect, pixelsLeft: number): Promise<Uint8Array<ArrayBuffer>> {
    const now = this.#deps.clock.monotonic();
    const share = shareOf(tile.width * tile.height, {
      elapsedMs: now - this.#askedAt,
      rate: this.#sender.rate(now),
      queuedBytes: this.#sender.queuedBytes,
      pixelsLeft,
    });
    const jpeg = await picture.cut(tile, this.#quality.quality);
    if (!this.#quality.handleTile(jpeg.length, share)) return jpeg;
    const smaller = await picture.cut(tile, this.#quality.quality);
    this.#quality.handleTile(smaller.length, share);
    return smaller;
  }

  #push(piece: number, pieces: number, areaPieces: number, rect: Rect, jpeg: Uint8Array): void {
    const head = { tag: tagOf(this.fetchId), piece, pieces, areaPieces, rect };
    for (const chunk of chunksOf(head, jpeg, this.#sender.nextNumber)) this.#sender.push(chunk);
  }

  /** Resolves when little waits to be sent, or the fetch has ended. */
  async #room(): Promise<void> {
    while (!this.#closed && this.#sender.queuedBytes > AHEAD_BYTES) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
