/**
 * Extra encodings of a source for viewers who cannot decode the main one (design section 5, "Never black"): VP8 or
 * H.264 up to 1080 lines, made while wanted and ended 10 s after, so that a viewer who reloads finds it still there.
 */
import type { types } from 'mediasoup-client';
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import type { Demand } from '../types-media.ts';
import { planAlternative } from './encodings.ts';
import { HOLD_MS } from './layers.ts';

type Codec = Demand['alternatives'][number];

interface Alternative {
  readonly producerId: string;
  producer: types.Producer | undefined;
  making: boolean;
  cancelEnd: (() => void) | undefined;
}

export interface AlternativesDeps {
  readonly clock: Clock;
  /** Undefined while there is no send transport. */
  readonly transport: () => types.Transport | undefined;
  readonly track: () => MediaStreamTrack;
  readonly height: () => number;
  readonly info: SourceInfo;
  readonly mainId: string;
  readonly sendable: () => readonly types.RtpCodecCapability[];
  /** Tells the server that a producer has ended. */
  readonly closed: (producerId: string) => void;
  readonly failed: (error: unknown) => void;
}

export class Alternatives {
  readonly #deps: AlternativesDeps;
  readonly #byCodec = new Map<Codec, Alternative>();
  #wanted: readonly Codec[] = [];

  constructor(deps: AlternativesDeps) {
    this.#deps = deps;
  }

  handleWanted(wanted: readonly Codec[]): void {
    this.#wanted = wanted;
    for (const codec of wanted) {
      const known = this.#byCodec.get(codec);
      known?.cancelEnd?.();
      if (known) known.cancelEnd = undefined;
      else {
        const fresh = { producerId: newId(), producer: undefined, making: false, cancelEnd: undefined };
        this.#byCodec.set(codec, fresh);
      }
    }
    for (const [codec, alternative] of this.#byCodec) {
      if (wanted.includes(codec) || alternative.cancelEnd) continue;
      alternative.cancelEnd = this.#deps.clock.after(HOLD_MS, () => this.#end(codec));
    }
    this.handleTransport();
  }

  /** A send transport exists (again): what is wanted is produced on it, under the same ids. */
  handleTransport(): void {
    for (const [codec, alternative] of this.#byCodec) {
      if (this.#wanted.includes(codec)) this.#make(codec, alternative).catch(this.#deps.failed);
    }
  }

  async handleTrack(track: MediaStreamTrack): Promise<void> {
    const producers = [...this.#byCodec.values()].map((alternative) => alternative.producer);
    await Promise.all(
      producers.map((producer) =>
        producer && !producer.closed ? producer.replaceTrack({ track }) : undefined,
      ),
    );
  }

  close(): void {
    this.#wanted = [];
    for (const codec of [...this.#byCodec.keys()]) this.#end(codec);
  }

  async #make(codec: Codec, alternative: Alternative): Promise<void> {
    const deps = this.#deps;
    const transport = deps.transport();
    const capability = deps.sendable().find((c) => c.mimeType.toLowerCase() === codec.toLowerCase());
    if (!transport || !capability || alternative.making) return;
    if (alternative.producer && !alternative.producer.closed) return;
    alternative.making = true;
    try {
      alternative.producer = await transport.produce({
        track: deps.track(),
        codec: capability,
        encodings: planAlternative(codec, deps.height()).encodings,
        stopTracks: false,
        appData: { producerId: alternative.producerId, source: { ...deps.info, alternativeOf: deps.mainId } },
      });
      if (this.#byCodec.get(codec) !== alternative) alternative.producer.close();
    } finally {
      alternative.making = false;
    }
  }

  #end(codec: Codec): void {
    const alternative = this.#byCodec.get(codec);
    if (!alternative) return;
    this.#byCodec.delete(codec);
    alternative.cancelEnd?.();
    if (!alternative.producer || alternative.producer.closed) return;
    alternative.producer.close();
    this.#deps.closed(alternative.producerId);
  }
}
