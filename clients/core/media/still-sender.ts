/**
 * Sends one still a second while stills are wanted. The picture's size follows what the channel really takes: a still
 * that has not left when the next is due makes the next one smaller, never a queue.
 */
import type { types } from 'mediasoup-client';
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import type { StillGrabber } from './engine.ts';
import { splitStill } from './still.ts';

export const STILL_MS = 1000;
/** Lines of a still, smallest first. */
export const STILL_LINES = [180, 270, 360, 540] as const;

/**
 * What a still may weigh. Both ladders count on 100 kbit/s for one a second: the publisher cannot see how little a
 * viewer's downlink carries, and a larger still would drown the voice there.
 */
export const STILL_BYTES = 12_000;

/** Pure: which size comes next, after one of `bytes` took, or did not take, its second to leave. */
export function nextStillSize(index: number, left: boolean, quickRuns: number, bytes: number): number {
  if (!left || bytes > STILL_BYTES) return Math.max(0, index - 1);
  // The next size has about twice the pixels.
  const fits = bytes * 2 <= STILL_BYTES;
  return quickRuns >= 5 && fits ? Math.min(STILL_LINES.length - 1, index + 1) : index;
}

export interface StillSenderDeps {
  readonly clock: Clock;
  readonly grab: StillGrabber;
  readonly track: () => MediaStreamTrack;
  readonly producerId: string;
  readonly failed: (error: unknown) => void;
}

export class StillSender {
  readonly #deps: StillSenderDeps;
  #transport: types.Transport | undefined;
  #channel: types.DataProducer | undefined;
  #opening = false;
  #wanted = false;
  #stop: (() => void) | undefined;
  #number = 0;
  #size = 1;
  #quickRuns = 0;
  #bytes = 0;
  #busy = false;

  constructor(deps: StillSenderDeps) {
    this.#deps = deps;
  }

  handleTransport(transport: types.Transport | undefined): void {
    this.#transport = transport;
    this.#channel = undefined;
    if (this.#wanted) this.#open();
  }

  handleWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#stop?.();
    this.#stop = undefined;
    if (!wanted) return;
    this.#open();
    this.#stop = this.#deps.clock.every(STILL_MS, () => this.#tick());
    this.#tick();
  }

  close(): void {
    this.handleWanted(false);
    this.#channel?.close();
    this.#channel = undefined;
  }

  #open(): void {
    if (this.#channel || this.#opening || !this.#transport) return;
    this.#opening = true;
    const transport = this.#transport;
    transport
      .produceData({
        ordered: false,
        // A chunk is worth resending until the next still is due, and not after.
        maxPacketLifeTime: STILL_MS,
        label: 'still',
        appData: { dataProducerId: newId(), label: 'still', producerId: this.#deps.producerId },
      })
      .then((channel) => {
        if (transport === this.#transport) this.#channel = channel;
        else channel.close();
      })
      .catch(this.#deps.failed)
      .finally(() => {
        this.#opening = false;
      });
  }

  #tick(): void {
    const channel = this.#channel;
    if (!channel || channel.closed || channel.readyState !== 'open' || this.#busy) return;
    const left = channel.bufferedAmount === 0;
    this.#quickRuns = left ? this.#quickRuns + 1 : 0;
    const size = nextStillSize(this.#size, left, this.#quickRuns, this.#bytes);
    if (size !== this.#size) this.#quickRuns = 0;
    this.#size = size;
    if (!left) return;
    this.#busy = true;
    this.#send(channel)
      .catch(this.#deps.failed)
      .finally(() => {
        this.#busy = false;
      });
  }

  async #send(channel: types.DataProducer): Promise<void> {
    const still = await this.#deps.grab(this.#deps.track(), STILL_LINES[this.#size] ?? STILL_LINES[0]);
    if (!still || channel.closed || channel.readyState !== 'open') return;
    this.#number += 1;
    this.#bytes = still.jpeg.length;
    for (const chunk of splitStill(this.#number, still)) channel.send(chunk);
  }
}
