/** Pictures for the own copy: fewer, smaller, with a keyframe at the beginning of each file. */
import type { Packet } from './cutter.ts';
import type { Encoding } from './keeper.ts';
import type { Described } from './mux.ts';
import { planVideoCopy, type VideoPlan } from './video-plan.ts';

/** The processor is behind when this many frames wait; then the copy gives way, never the live encoder. */
const QUEUE_MAX = 3;
/** A keyframe a little before a file is to end, since it ends at the first one behind its length. */
const KEY_EVERY_US = 4_000_000;

export class VideoEncoding implements Encoding<VideoFrame> {
  readonly #onPacket: (packet: Packet) => void;
  #encoder: VideoEncoder | undefined;
  #plan: VideoPlan | undefined;
  #size = '';
  #described: Described | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;
  #keyAt = Number.NEGATIVE_INFINITY;
  #failure: DOMException | undefined;

  constructor(onPacket: (packet: Packet) => void) {
    this.#onPacket = onPacket;
  }

  get described(): Described | undefined {
    return this.#described;
  }

  fits(frame: VideoFrame): boolean {
    return this.#size === '' || this.#size === sizeOf(frame);
  }

  async encode(frame: VideoFrame): Promise<void> {
    try {
      if (this.#size !== sizeOf(frame)) await this.#configure(frame);
      if (this.#failure !== undefined) throw this.#failure;
      const [encoder, plan] = [this.#encoder, this.#plan];
      if (encoder === undefined || plan === undefined) throw new Error('This browser encodes no picture.');
      // A tenth of slack, since cameras are not exact: half the rate must not become a third.
      const due = frame.timestamp - this.#lastAt >= (1e6 / plan.fps) * 0.9;
      if (!due || encoder.encodeQueueSize > QUEUE_MAX) return;
      const keyFrame = frame.timestamp - this.#keyAt >= KEY_EVERY_US;
      if (keyFrame) this.#keyAt = frame.timestamp;
      this.#lastAt = frame.timestamp;
      encoder.encode(frame, { keyFrame });
    } finally {
      frame.close();
    }
  }

  async flush(): Promise<void> {
    if (this.#encoder?.state === 'configured') await this.#encoder.flush();
  }

  close(): void {
    if (this.#encoder !== undefined && this.#encoder.state !== 'closed') this.#encoder.close();
  }

  async #configure(frame: VideoFrame): Promise<void> {
    this.#size = sizeOf(frame);
    this.#plan = await planVideoCopy(frame.displayWidth, frame.displayHeight);
    if (this.#plan === undefined) throw new Error('This browser encodes no picture.');
    this.#encoder ??= new VideoEncoder({
      output: (chunk, meta) => this.#output(chunk, meta),
      error: (error) => {
        this.#failure = error;
      },
    });
    this.#encoder.configure(this.#plan.config);
    this.#keyAt = Number.NEGATIVE_INFINITY;
  }

  #output(chunk: EncodedVideoChunk, meta: EncodedVideoChunkMetadata | undefined): void {
    const [config, plan] = [meta?.decoderConfig, this.#plan];
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const duration = chunk.duration ?? 1e6 / (plan?.fps ?? 15);
    this.#onPacket({ data, key: chunk.type === 'key', at: chunk.timestamp, duration });
    // After the packet: it may end a file of the stream before this one.
    if (config !== undefined && plan !== undefined) this.#described = { codec: plan.codec, config };
  }
}

function sizeOf(frame: VideoFrame): string {
  return `${frame.displayWidth}x${frame.displayHeight}`;
}
