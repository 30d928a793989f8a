/** Sound for the own copy: Opus, every packet of which may begin a file. */
import type { Packet } from './cutter.ts';
import type { Encoding } from './keeper.ts';
import type { Described } from './mux.ts';

const BITRATE = 32_000;
/** Beyond this the device has left something out, and counting samples on would shift all that follows. */
const JUMP_US = 20_000;

export class AudioEncoding implements Encoding<AudioData> {
  readonly #onPacket: (packet: Packet) => void;
  #encoder: AudioEncoder | undefined;
  #shape = '';
  #described: Described | undefined;
  /** Where the next samples begin if nothing is missing. */
  #expected: number | undefined;
  #failure: DOMException | undefined;

  constructor(onPacket: (packet: Packet) => void) {
    this.#onPacket = onPacket;
  }

  get described(): Described | undefined {
    return this.#described;
  }

  fits(data: AudioData): boolean {
    if (this.#expected === undefined) return true;
    return this.#shape === shapeOf(data) && Math.abs(data.timestamp - this.#expected) < JUMP_US;
  }

  async encode(data: AudioData): Promise<void> {
    try {
      if (!this.fits(data) || this.#encoder === undefined) this.#begin(data);
      if (this.#failure !== undefined) throw this.#failure;
      // Counted from the first samples on: the steps of a device's own timestamps are rough.
      this.#expected = (this.#expected ?? data.timestamp) + (data.numberOfFrames * 1e6) / data.sampleRate;
      this.#encoder?.encode(data);
    } finally {
      data.close();
    }
  }

  async flush(): Promise<void> {
    if (this.#encoder?.state === 'configured') await this.#encoder.flush();
  }

  close(): void {
    if (this.#encoder !== undefined && this.#encoder.state !== 'closed') this.#encoder.close();
  }

  #begin(data: AudioData): void {
    this.close();
    this.#shape = shapeOf(data);
    this.#expected = undefined;
    this.#encoder = new AudioEncoder({
      output: (chunk, meta) => this.#output(chunk, meta),
      error: (error) => {
        this.#failure = error;
      },
    });
    this.#encoder.configure({
      codec: 'opus',
      sampleRate: data.sampleRate,
      numberOfChannels: data.numberOfChannels,
      bitrate: BITRATE,
    });
  }

  #output(chunk: EncodedAudioChunk, meta: EncodedAudioChunkMetadata | undefined): void {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const duration = chunk.duration ?? 20_000;
    this.#onPacket({ data, key: true, at: chunk.timestamp, duration });
    if (meta?.decoderConfig !== undefined) this.#described = { codec: 'opus', config: meta.decoderConfig };
  }
}

function shapeOf(data: AudioData): string {
  return `${data.sampleRate}/${data.numberOfChannels}`;
}
