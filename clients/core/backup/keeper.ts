/**
 * Keeps one source: a clone of its track through an encoder of its own, cut into files whose beginning in room time is
 * known. The encoder of the live media cannot serve: it starves exactly when the link does.
 */
/// <reference types="dom-mediacapture-transform" />
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import { AudioEncoding } from './audio-encoding.ts';
import { type Cut, Cutter, type Packet } from './cutter.ts';
import { LeastDelay } from './least-delay.ts';
import type { Described } from './mux.ts';
import { VideoEncoding } from './video-encoding.ts';

/** A crash of the page costs at most this much of the copy; shorter files cost keyframes. */
export const PIECE_MS = 4000;

export interface KeptCut {
  /** The same as long as one file follows the other without a hole, in one encoding. */
  readonly streamId: string;
  readonly cut: Cut;
  readonly described: Described;
  /** This device's monotonic clock at the capture of the first packet, in milliseconds, and how well it is known. */
  readonly capturedAt: number;
  readonly captureErrorMs: number;
}

export interface KeeperDeps {
  readonly track: MediaStreamTrack;
  readonly clock: Clock;
  readonly onCut: (kept: KeptCut) => void;
  /** The encoder failed: nothing more is kept of this source until it is started again. */
  readonly onFailed: (error: unknown) => void;
}

/** What a source is encoded with. Frames are closed by it. */
export interface Encoding<F> {
  /** Undefined until the encoder has described its stream. */
  readonly described: Described | undefined;
  /** Answers false when the frame begins a stream of its own, such as after a change of size: cut before it. */
  fits(frame: F): boolean;
  encode(frame: F): Promise<void>;
  /** Resolves when everything so far came out. */
  flush(): Promise<void>;
  close(): void;
}

export class Keeper {
  readonly #deps: KeeperDeps;
  readonly #clone: MediaStreamTrack;
  readonly #cutter = new Cutter(PIECE_MS);
  readonly #capture = new LeastDelay();
  readonly #stopped: Promise<void>;
  #reader: ReadableStreamDefaultReader<VideoFrame | AudioData> | undefined;
  #encoding: { readonly described: Described | undefined } | undefined;
  #streamId = newId();
  #closed = false;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
    this.#clone = deps.track.clone();
    this.#clone.enabled = true;
    this.#stopped = this.#run().catch((error: unknown) => {
      if (!this.#closed) deps.onFailed(error);
    });
  }

  /** Ends the last file and waits until it was handed over. Idempotent. */
  async stop(): Promise<void> {
    this.#closed = true;
    // A reader that has ended already refuses to be cancelled again.
    await this.#reader?.cancel().catch(() => undefined);
    await this.#stopped;
    this.#clone.stop();
  }

  async #run(): Promise<void> {
    try {
      if (this.#clone.kind === 'video') {
        const processor = new MediaStreamTrackProcessor({ track: asVideo(this.#clone), maxBufferSize: 2 });
        await this.#follow(processor.readable.getReader(), new VideoEncoding(this.#packet));
      } else {
        const processor = new MediaStreamTrackProcessor({ track: asAudio(this.#clone) });
        await this.#follow(processor.readable.getReader(), new AudioEncoding(this.#packet));
      }
    } finally {
      this.#clone.stop();
    }
  }

  async #follow<F extends VideoFrame | AudioData>(
    reader: ReadableStreamDefaultReader<F>,
    encoding: Encoding<F>,
  ): Promise<void> {
    this.#reader = reader;
    this.#encoding = encoding;
    try {
      for (;;) {
        const { value: frame, done } = await reader.read();
        if (done || frame === undefined) break;
        const now = this.#deps.clock.monotonic();
        if (!encoding.fits(frame)) {
          await encoding.flush();
          this.#hand(this.#cutter.end());
          this.#streamId = newId();
        }
        this.#capture.add(now - frame.timestamp / 1000, now);
        await encoding.encode(frame);
      }
      await encoding.flush();
      this.#hand(this.#cutter.end());
    } finally {
      encoding.close();
    }
  }

  readonly #packet = (packet: Packet): void => this.#hand(this.#cutter.add(packet));

  #hand(cut: Cut | undefined): void {
    const described = this.#encoding?.described;
    const { offset, spread } = this.#capture;
    if (cut === undefined || described === undefined || offset === undefined) return;
    this.#deps.onCut({
      streamId: this.#streamId,
      cut,
      described,
      capturedAt: cut.from / 1000 + offset,
      captureErrorMs: spread,
    });
  }
}

function isVideo(track: MediaStreamTrack): track is MediaStreamVideoTrack {
  return track.kind === 'video';
}
function asVideo(track: MediaStreamTrack): MediaStreamVideoTrack {
  if (isVideo(track)) return track;
  throw new Error('This track has no pictures.');
}
function isAudio(track: MediaStreamTrack): track is MediaStreamAudioTrack {
  return track.kind === 'audio';
}
function asAudio(track: MediaStreamTrack): MediaStreamAudioTrack {
  if (isAudio(track)) return track;
  throw new Error('This track has no sound.');
}
