/**
 * One SSRC: puts its packets in order, drops what comes twice, says what never came, and notices when its numbers start
 * anew. Time is the arrival of later packets; a stream that falls silent is moved on by `expire` or `flush`.
 */
import type { Counts } from './counts.ts';
import type { RtpPacket } from './packet.ts';
import type { LostRange } from './types.ts';
import { unwrap } from './unwrap.ts';

/** A packet in its place. */
export interface MediaPacket {
  /** Unwrapped sequence number. */
  readonly seq: number;
  /** Unwrapped timestamp in ticks. */
  readonly rtp: number;
  readonly at: bigint;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

/** Who takes what a stream has put in order. */
export interface StreamSink {
  packet(packet: MediaPacket): void;
  /** These never came, or not within the window; a packet that came at `next` follows them. */
  lost(range: LostRange, next: bigint): void;
  /** Sequence numbers or timestamps begin anew with the next packet. */
  restarted(): void;
}

/** A retransmission that takes longer than this is given up: three round trips of a very bad link. */
export const REORDER_WINDOW_MS = 1500;
/** A stream does not begin before this, as its first packets may come in disorder. */
const OPENING_MS = 300;
const MAX_PENDING_PACKETS = 8192;
const MAX_PENDING_BYTES = 16 * 1024 * 1024;
/** RFC 3550 appendix A.1: a step of the sequence number beyond this is no reordering. */
const MAX_STEP = 3000;
/** More packets than any source sends in a millisecond: a step that needs more is no loss. */
const MAX_PACKETS_PER_MS = 20;
const MAX_TIMESTAMP_JUMP_MS = 10_000;
/** Pictures that are sent ahead of those shown before them are no newer than this. */
const NEWER_MS = 100;
const GIVEN_UP_KEPT = 64;

/** Plain data only, so that it can be saved and go on later. */
export interface StreamState {
  readonly ssrc: number;
  readonly clockRate: number;
  started: boolean;
  /** Until then a packet may still turn out to be the first, in milliseconds of arrival. */
  openingUntilMs: number | undefined;
  /** The sequence number that is due. */
  next: number;
  /** The newest packet that came. */
  highest: number;
  rtp: number;
  atMs: number;
  pending: Map<number, MediaPacket>;
  pendingBytes: number;
  /** When the packet behind the first hole came; only with pending packets. */
  waitingSinceMs: number;
  /** Packets that contradict the ones before wait here for a second that agrees with them. */
  suspect: { packet: RtpPacket; at: bigint } | undefined;
  /** Ranges given up lately, to tell late packets from those that come twice. */
  givenUp: { first: number; end: number }[];
}

export function newStreamState(ssrc: number, clockRate: number): StreamState {
  return {
    ssrc,
    clockRate,
    started: false,
    openingUntilMs: undefined,
    next: 0,
    highest: 0,
    rtp: 0,
    atMs: 0,
    pending: new Map(),
    pendingBytes: 0,
    waitingSinceMs: 0,
    suspect: undefined,
    givenUp: [],
  };
}

export class RtpStream {
  readonly state: StreamState;
  readonly #sink: StreamSink;
  readonly #counts: Counts;

  constructor(state: StreamState, sink: StreamSink, counts: Counts) {
    this.state = state;
    this.#sink = sink;
    this.#counts = counts;
  }

  /** Takes a packet as it arrived at `at` (nanoseconds). */
  receive(packet: RtpPacket, at: bigint): void {
    const { state } = this;
    const atMs = Number(at) / 1e6;
    if (!state.started) {
      this.#start(packet, at);
      return;
    }
    const rtp = unwrap(state.rtp + ((atMs - state.atMs) * state.clockRate) / 1000, packet.timestamp, 32);
    const seq = this.#place(packet, rtp, atMs);
    if (seq === undefined) {
      this.#doubt(packet, at);
      return;
    }
    if (seq < state.next) {
      if (state.openingUntilMs === undefined) {
        this.#countPast(seq);
        return;
      }
      state.next = seq;
    }
    state.suspect = undefined;
    const media = { seq, rtp, at, marker: packet.marker, payload: packet.payload };
    if (seq > state.highest) {
      state.highest = seq;
      state.rtp = rtp;
      state.atMs = atMs;
    } else if (!state.pending.has(seq)) {
      this.#counts.reordered += 1;
    }
    if (seq === state.next && state.openingUntilMs === undefined) {
      state.next = seq + 1;
      this.#sink.packet(media);
      if (state.pending.size > 0) this.#release();
    } else {
      this.#keep(media);
    }
    if (state.pending.size > 0) this.expire(atMs);
  }

  /** Gives up what is overdue at `nowMs`, or is more than is held. */
  expire(nowMs: number): void {
    const { state } = this;
    if (state.openingUntilMs !== undefined) {
      if (nowMs < state.openingUntilMs) return;
      this.#open();
    }
    while (state.pending.size > 0) {
      const tooMany = state.pending.size > MAX_PENDING_PACKETS || state.pendingBytes > MAX_PENDING_BYTES;
      if (!tooMany && nowMs - state.waitingSinceMs <= REORDER_WINDOW_MS) return;
      this.#giveUpTo(this.#firstPending().seq);
    }
  }

  /** Gives everything that waits, with what is missing before it. */
  flush(): void {
    this.#open();
    while (this.state.pending.size > 0) this.#giveUpTo(this.#firstPending().seq);
  }

  /** The unwrapped sequence number, or undefined when number or timestamp contradict what came before. */
  #place(packet: RtpPacket, rtp: number, atMs: number): number | undefined {
    const { state } = this;
    const elapsed = atMs - state.atMs;
    const expected = state.rtp + (elapsed * state.clockRate) / 1000;
    if (Math.abs(rtp - expected) > (MAX_TIMESTAMP_JUMP_MS * state.clockRate) / 1000) return undefined;
    const seq = unwrap(state.highest, packet.sequence, 16);
    const step = seq - state.highest;
    if (step > MAX_STEP) return elapsed * MAX_PACKETS_PER_MS < step ? undefined : seq;
    // After an outage the numbers may have gone more than half a round on.
    if (step < -MAX_STEP) return elapsed > REORDER_WINDOW_MS ? seq + 65536 : undefined;
    // An older number with a newer time is a new count, not a late packet.
    if (seq < state.next && rtp > state.rtp + (NEWER_MS * state.clockRate) / 1000) return undefined;
    return seq;
  }

  /** One odd packet may be a stray; a second that goes on from it begins a new count. */
  #doubt(packet: RtpPacket, at: bigint): void {
    const { suspect } = this.state;
    this.state.suspect = { packet, at };
    if (suspect === undefined) return;
    this.#counts.foreign += 1;
    const step = (packet.sequence - suspect.packet.sequence + 65536) % 65536;
    const elapsed = Number(at - suspect.at) / 1e6;
    const ticks = unwrap(suspect.packet.timestamp, packet.timestamp, 32) - suspect.packet.timestamp;
    const off = Math.abs((ticks * 1000) / this.state.clockRate - elapsed);
    if (step === 0 || step > 50 || off > MAX_TIMESTAMP_JUMP_MS) return;
    this.#counts.foreign -= 1;
    this.flush();
    this.#sink.restarted();
    this.#start(suspect.packet, suspect.at);
    this.receive(packet, at);
  }

  #start(packet: RtpPacket, at: bigint): void {
    const { state } = this;
    state.started = true;
    state.suspect = undefined;
    state.givenUp = [];
    // One round ahead of zero, so that what was sent before the first packet has a number too.
    state.highest = 65536 + packet.sequence;
    state.next = state.highest;
    state.rtp = 2 ** 32 + packet.timestamp;
    state.atMs = Number(at) / 1e6;
    state.openingUntilMs = state.atMs + OPENING_MS;
    this.#keep({ seq: state.next, rtp: state.rtp, at, marker: packet.marker, payload: packet.payload });
  }

  /** The lowest number so far is the first. */
  #open(): void {
    if (this.state.openingUntilMs === undefined) return;
    this.state.openingUntilMs = undefined;
    this.#release();
  }

  #countPast(seq: number): void {
    const late = this.state.givenUp.some(({ first, end }) => seq >= first && seq < end);
    if (late) this.#counts.late += 1;
    else this.#counts.duplicates += 1;
  }

  #keep(packet: MediaPacket): void {
    const { state } = this;
    if (state.pending.has(packet.seq)) {
      this.#counts.duplicates += 1;
      return;
    }
    if (state.pending.size === 0) state.waitingSinceMs = Number(packet.at) / 1e6;
    state.pending.set(packet.seq, packet);
    state.pendingBytes += packet.payload.length;
  }

  #release(): void {
    const { state } = this;
    for (;;) {
      const packet = state.pending.get(state.next);
      if (packet === undefined) break;
      state.pending.delete(state.next);
      state.pendingBytes -= packet.payload.length;
      state.next += 1;
      this.#sink.packet(packet);
    }
    if (state.pending.size > 0) state.waitingSinceMs = Number(this.#firstPending().at) / 1e6;
  }

  #giveUpTo(seq: number): void {
    const { state } = this;
    const first = state.next;
    state.givenUp.push({ first, end: seq });
    if (state.givenUp.length > GIVEN_UP_KEPT) state.givenUp.shift();
    this.#counts.lost += seq - first;
    state.next = seq;
    this.#sink.lost({ first, packets: seq - first }, state.pending.get(seq)?.at ?? 0n);
    this.#release();
  }

  /** The pending packet with the lowest number. */
  #firstPending(): MediaPacket {
    const { pending, next, highest } = this.state;
    // Walking numbers is quick for short holes, walking the packets for long ones.
    if (highest - next <= 4 * pending.size) {
      for (let seq = next; seq <= highest; seq += 1) {
        const packet = pending.get(seq);
        if (packet !== undefined) return packet;
      }
    }
    let first: MediaPacket | undefined;
    for (const packet of pending.values()) {
      if (first === undefined || packet.seq < first.seq) first = packet;
    }
    if (first === undefined) throw new RangeError('No packet is pending.');
    return first;
  }
}
