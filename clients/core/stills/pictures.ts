/** The page's end of `picture-worker.ts`: requests with deadlines. A worker that died fails what was asked of it. */
import { type Clock, withDeadline } from '../clock.ts';
import type { Rect } from './framing.ts';
import type { FromPictures, Size, ToPictures } from './picture-messages.ts';

/** A 4K frame takes 0.1 s on a quick machine; one that takes this long will not help anybody. */
const DEADLINE_MS = 8000;
/** Of the kept frames: no eye sees the difference, and ten frames of 4K stay under 30 MB. */
const WHOLE_QUALITY = 0.88;
/** Of the coarse picture: about 30 KB. */
const COARSE_QUALITY = 0.5;

export interface Compressed {
  readonly whole: Blob;
  readonly coarse: Blob;
  readonly tookMs: number;
}

/** A picture unpacked for cutting. */
export interface OpenPicture {
  /** The area as JPEG. */
  cut(rect: Rect, quality: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): void;
}

type Request = Exclude<ToPictures, { kind: 'close' }>;

export class Pictures {
  readonly #clock: Clock;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<FromPictures>>();
  #count = 0;
  #dead: Error | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#worker = new Worker(new URL('./picture-worker.ts', import.meta.url), { type: 'module' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromPictures>) => {
      const waiting = this.#waiting.get(data.id);
      if (data.kind === 'failed') waiting?.reject(new Error(data.message));
      else waiting?.resolve(data);
    });
    this.#worker.addEventListener('error', ({ message }) => this.#end(`The worker ended: ${message}`));
  }

  /** False once the worker has died or was closed: make another one. */
  get isAlive(): boolean {
    return this.#dead === undefined;
  }

  /** Compresses a frame at its full size and small; takes the frame over and closes it. */
  async compress(frame: VideoFrame, coarse: Size): Promise<Compressed> {
    const id = this.#nextId();
    const qualities = { quality: WHOLE_QUALITY, coarseQuality: COARSE_QUALITY };
    const answer = await this.#ask({ kind: 'compress', id, frame, coarse, ...qualities }, [frame]);
    if (answer.kind !== 'compressed') throw new Error(`A worker answered ${answer.kind}.`);
    return answer;
  }

  async open(jpeg: Blob): Promise<OpenPicture> {
    const picture = this.#nextId();
    await this.#ask({ kind: 'open', id: this.#nextId(), picture, jpeg });
    return {
      cut: async (rect, quality) => {
        const answer = await this.#ask({ kind: 'cut', id: this.#nextId(), picture, rect, quality });
        if (answer.kind !== 'piece') throw new Error(`A worker answered ${answer.kind}.`);
        return answer.jpeg;
      },
      close: () => {
        if (this.#dead === undefined) {
          this.#worker.postMessage({ kind: 'close', picture } satisfies ToPictures);
        }
      },
    };
  }

  /** Idempotent. */
  close(): void {
    this.#end('The worker was closed.');
  }

  #nextId(): number {
    this.#count += 1;
    return this.#count;
  }

  async #ask(request: Request, transfer: Transferable[] = []): Promise<FromPictures> {
    if (this.#dead) throw this.#dead;
    const answer = Promise.withResolvers<FromPictures>();
    this.#waiting.set(request.id, answer);
    this.#worker.postMessage(request, transfer);
    try {
      return await withDeadline(
        this.#clock,
        answer.promise,
        DEADLINE_MS,
        () => new Error(`"${request.kind}" of a picture took more than ${DEADLINE_MS} ms.`),
      );
    } finally {
      this.#waiting.delete(request.id);
    }
  }

  #end(reason: string): void {
    if (this.#dead) return;
    this.#dead = new Error(reason);
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
  }
}
