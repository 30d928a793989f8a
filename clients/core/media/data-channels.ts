/**
 * Data channels of a session beside beats and stills: `session.data`. Channels and listeners outlive every transport; what is
 * beneath them is made anew after media was rebuilt. Holds nothing of media itself, so that a page that may never film
 * stays small.
 */
import type { types } from 'mediasoup-client';
import type { DataLabel } from '../../../signaling/protocol/methods-media.ts';
import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import type { DataChannels, OutChannel } from '../marks/types.ts';

type Label = Parameters<DataChannels['open']>[0];
type Options = NonNullable<Parameters<DataChannels['open']>[1]>;
type Listener = Parameters<DataChannels['listen']>[1];

/** A channel that could not be made is asked for again after this. */
const RETRY_MS = 2000;
/** What is older than this many bytes of queue would come too late to be looked at. */
const VOLATILE_BUFFER = 16_384;

export interface ChannelDeps {
  readonly clock: Clock;
  readonly warn: (error: unknown) => void;
}

export class DataChannelsImpl implements DataChannels {
  readonly #deps: ChannelDeps;
  readonly #out = new Set<Out>();
  readonly #listeners = new Map<Label, Set<Listener>>();
  #transport: types.Transport | undefined;
  #want: (() => void) | undefined;
  #closed = false;

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
  }

  /** Whether somebody wants to send, so that a send transport is needed also without any source. */
  get wanted(): boolean {
    return this.#out.size > 0;
  }

  open(label: Label, options: Options = {}): OutChannel {
    const out = new Out(label, options, this.#deps, () => this.#out.delete(out));
    if (this.#closed) return out;
    this.#out.add(out);
    if (this.#transport) out.handleTransport(this.#transport);
    else this.#want?.();
    return out;
  }

  listen(label: Label, listener: Listener): () => void {
    const listeners = this.#listeners.get(label) ?? new Set();
    this.#listeners.set(label, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Media has begun: `want` makes the send transport and gives it to `handleTransport`. */
  handleMedia(want: () => void): void {
    this.#want = want;
    if (this.wanted) want();
  }

  /** The send transport, or none while media is rebuilt. */
  handleTransport(transport: types.Transport | undefined): void {
    if (this.#closed || transport === this.#transport) return;
    this.#transport = transport;
    for (const out of this.#out) out.handleTransport(transport);
  }

  /** A message came in on a channel of another peer. */
  handleMessage(label: DataLabel, from: Parameters<Listener>[0], bytes: Uint8Array): void {
    if (label === 'beat' || label === 'still') return;
    for (const listener of [...(this.#listeners.get(label) ?? [])]) {
      try {
        listener(from, bytes);
      } catch (error) {
        // One listener that fails must not keep the others from hearing.
        this.#deps.warn(error);
      }
    }
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const out of [...this.#out]) out.close();
    this.#listeners.clear();
    this.#transport = undefined;
  }
}

class Out implements OutChannel {
  readonly #label: Label;
  readonly #options: Options;
  readonly #deps: ChannelDeps;
  readonly #onClosed: () => void;
  #transport: types.Transport | undefined;
  #channel: types.DataProducer | undefined;
  #cancelRetry: (() => void) | undefined;
  #closed = false;

  constructor(label: Label, options: Options, deps: ChannelDeps, onClosed: () => void) {
    this.#label = label;
    this.#options = options;
    this.#deps = deps;
    this.#onClosed = onClosed;
  }

  get isOpen(): boolean {
    return this.#channel?.closed === false && this.#channel.readyState === 'open';
  }

  get bufferedBytes(): number {
    return this.#channel?.bufferedAmount ?? 0;
  }

  send(bytes: Uint8Array): boolean {
    const channel = this.#channel;
    if (!channel || !this.isOpen) return false;
    // `fetch` may not lose anything: whoever sends there looks at `bufferedBytes`.
    if (this.#label !== 'fetch' && channel.bufferedAmount > VOLATILE_BUFFER) return false;
    // A copy, since the browser's `send` takes no view of a shared buffer.
    channel.send(new Uint8Array(bytes).buffer);
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.handleTransport(undefined);
    this.#onClosed();
  }

  handleTransport(transport: types.Transport | undefined): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#transport = transport;
    const old = this.#channel;
    this.#channel = undefined;
    if (old && !old.closed) old.close();
    if (transport) this.#make(transport);
  }

  #make(transport: types.Transport): void {
    const reliable = this.#label === 'fetch';
    transport
      .produceData({
        ordered: reliable,
        ...(reliable ? {} : { maxRetransmits: 0 }),
        label: this.#label,
        appData: { dataProducerId: newId(), label: this.#label, ...this.#options },
      })
      .then((channel) => this.#take(transport, channel))
      .catch((error: unknown) => this.#failed(transport, error));
  }

  #take(transport: types.Transport, channel: types.DataProducer): void {
    if (transport !== this.#transport) {
      channel.close();
      return;
    }
    this.#channel = channel;
    channel.observer.on('close', () => {
      if (this.#channel !== channel) return;
      this.#channel = undefined;
      this.#again(transport);
    });
  }

  #failed(transport: types.Transport, error: unknown): void {
    if (transport !== this.#transport || transport.closed) return;
    this.#deps.warn(error);
    this.#again(transport);
  }

  #again(transport: types.Transport): void {
    if (this.#closed || transport.closed) return;
    this.#cancelRetry = this.#deps.clock.after(RETRY_MS, () => {
      this.#cancelRetry = undefined;
      if (transport === this.#transport && !transport.closed) this.#make(transport);
    });
  }
}
