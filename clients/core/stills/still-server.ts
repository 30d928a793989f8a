/**
 * Answers asks for stills of one camera: finds the frame, and sends it to whoever asked over a channel to that peer alone. Several
 * askers get their chunks in turn.
 */
import type { NotificationData } from '../../../signaling/protocol/notifications.ts';
import type { Clock } from '../clock.ts';
import type { OutChannel } from '../marks/types.ts';
import type { RoomSession } from '../types.ts';
import { holdChannel, releaseChannel } from './fetch-channels.ts';
import type { FoundFrame } from './kept-frames.ts';
import type { Pictures } from './pictures.ts';
import { ServedFetch } from './served-fetch.ts';

type Told = NotificationData<'still.signal'>;
type Signal = Told['signal'];
type Ask = Extract<Signal, { kind: 'ask' }>;
type Refusal = Extract<Signal, { kind: 'refused' }>['why'];

/** Looks for room in the channels as often; a chunk takes 65 ms at 2 Mbit/s. */
const PUMP_MS = 10;
/** At once, of all askers: each holds an unpacked frame of up to 33 MB. */
const FETCHES_MAX = 4;
/** A channel that is not open by then: the asker is told. */
const CHANNEL_MS = 6000;

/** Channels that are opened before anybody asks; to others one is opened when they do. */
const OPENED_MAX = 12;

export interface StillServerDeps {
  readonly session: Pick<RoomSession, 'data' | 'on'>;
  /** Says something to one peer; what does not arrive is noticed by the asker's own deadline. */
  readonly tell: (toPeerId: string, signal: Signal) => void;
  readonly clock: Clock;
  readonly producerId: string;
  /** `no-ring` while nothing is kept. */
  readonly find: (frame: Ask['frame']) => FoundFrame | 'no-ring' | 'too-old';
  readonly pictures: () => Pick<Pictures, 'open'>;
  /** The number of fetches changed. */
  readonly changed: () => void;
  readonly warn: (error: unknown) => void;
}

export class StillServer {
  readonly #deps: StillServerDeps;
  readonly #channels = new Map<string, OutChannel>();
  readonly #waiting = new Map<string, () => void>();
  #fetches: ServedFetch[] = [];
  #stopPump: (() => void) | undefined;
  readonly #stop: () => void;

  constructor(deps: StillServerDeps) {
    this.#deps = deps;
    this.#stop = deps.session.on('stillSignal', (told) => this.#handle(told));
  }

  get fetches(): number {
    return this.#fetches.length;
  }

  /** Opens channels to those who will probably ask, and closes those to everybody else: an ask then waits for no channel. */
  handlePeers(peerIds: readonly string[]): void {
    for (const peerId of peerIds.slice(0, OPENED_MAX)) this.#channelTo(peerId);
    for (const peerId of this.#channels.keys()) {
      const isUsed = this.#fetches.some((fetch) => fetch.peerId === peerId);
      if (peerIds.includes(peerId) || isUsed) continue;
      this.#channels.delete(peerId);
      releaseChannel(this.#deps.session, peerId);
    }
  }

  /** Idempotent. */
  close(): void {
    this.#stop();
    for (const fetch of this.#fetches) this.#refuse(fetch.peerId, fetch.fetchId, 'failed');
    for (const fetch of [...this.#fetches]) this.#remove(fetch);
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
    for (const peerId of this.#channels.keys()) releaseChannel(this.#deps.session, peerId);
    this.#channels.clear();
  }

  #handle({ fromPeerId, signal }: Told): void {
    if (signal.kind === 'ask') {
      if (signal.producerId === this.#deps.producerId) this.#handleAsk(fromPeerId, signal);
      return;
    }
    const fetch = this.#fetches.find((each) => each.fetchId === signal.fetchId && each.peerId === fromPeerId);
    if (signal.kind === 'credit') fetch?.handleCredit(signal.received);
    if (signal.kind !== 'stop') return;
    this.#waiting.get(signal.fetchId)?.();
    if (fetch) this.#remove(fetch);
  }

  #handleAsk(peerId: string, ask: Ask): void {
    const { fetchId } = ask;
    if (this.#fetches.some((fetch) => fetch.fetchId === fetchId) || this.#waiting.has(fetchId)) return;
    // Whoever asks anew has put the pen down elsewhere.
    for (const old of this.#fetches.filter((fetch) => fetch.peerId === peerId)) this.#remove(old);
    if (this.#fetches.length + this.#waiting.size >= FETCHES_MAX) {
      this.#refuse(peerId, fetchId, 'busy');
      return;
    }
    const found = this.#deps.find(ask.frame);
    if (typeof found === 'string') {
      this.#refuse(peerId, fetchId, found);
      return;
    }
    const { frame, offsetMs } = found;
    const { mediaMs, width, height } = frame;
    this.#deps.tell(peerId, { kind: 'found', fetchId, mediaMs, offsetMs, width, height });
    const channel = this.#channelTo(peerId);
    this.#whenOpen(peerId, fetchId, channel, () => this.#begin(peerId, ask, found, channel));
  }

  #begin(peerId: string, { fetchId, point }: Ask, { frame }: FoundFrame, channel: OutChannel): void {
    const { clock, pictures } = this.#deps;
    const fetch: ServedFetch = new ServedFetch({
      clock,
      fetchId,
      peerId,
      channel,
      frame,
      point,
      pictures,
      ended: (how, error) => {
        if (error !== undefined) this.#deps.warn(error);
        if (how !== 'done') this.#refuse(peerId, fetchId, 'failed');
        this.#remove(fetch);
      },
    });
    this.#fetches.push(fetch);
    this.#stopPump ??= clock.every(PUMP_MS, () => this.#pump());
    this.#deps.changed();
  }

  /** One chunk for each in turn, until nobody may send. */
  #pump(): void {
    for (let sent = true; sent; ) {
      sent = false;
      for (const fetch of [...this.#fetches]) sent = fetch.sendOne() || sent;
    }
  }

  #whenOpen(peerId: string, fetchId: string, channel: OutChannel, run: () => void): void {
    if (channel.isOpen) {
      run();
      return;
    }
    const { clock } = this.#deps;
    const end = clock.monotonic() + CHANNEL_MS;
    const stop = clock.every(PUMP_MS, () => {
      if (!channel.isOpen && clock.monotonic() < end) return;
      this.#waiting.get(fetchId)?.();
      if (channel.isOpen) run();
      else this.#refuse(peerId, fetchId, 'no-channel');
    });
    this.#waiting.set(fetchId, () => {
      stop();
      this.#waiting.delete(fetchId);
    });
  }

  #channelTo(peerId: string): OutChannel {
    const known = this.#channels.get(peerId);
    if (known) return known;
    const channel = holdChannel(this.#deps.session, peerId);
    this.#channels.set(peerId, channel);
    return channel;
  }

  #remove(fetch: ServedFetch): void {
    fetch.close();
    this.#fetches = this.#fetches.filter((each) => each !== fetch);
    if (this.#fetches.length === 0) {
      this.#stopPump?.();
      this.#stopPump = undefined;
    }
    this.#deps.changed();
  }

  #refuse(peerId: string, fetchId: string, why: Refusal): void {
    this.#deps.tell(peerId, { kind: 'refused', fetchId, why });
  }
}
