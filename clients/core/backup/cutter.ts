/** Collects what an encoder gives and cuts it into files at keyframes. Pure. */

/** One encoded picture or some milliseconds of sound. Times in microseconds of the capture's own clock. */
export interface Packet {
  readonly data: Uint8Array;
  readonly key: boolean;
  readonly at: number;
  readonly duration: number;
}

/** The packets of one file; `to` is where the next one begins, or where the last packet ends. */
export interface Cut {
  readonly packets: readonly Packet[];
  readonly from: number;
  readonly to: number;
}

export class Cutter {
  readonly #lengthUs: number;
  #packets: Packet[] = [];

  /** @param lengthMs least length of a file; it ends at the first keyframe behind that */
  constructor(lengthMs: number) {
    this.#lengthUs = lengthMs * 1000;
  }

  /** Answers the file that ends before this packet, if one does. */
  add(packet: Packet): Cut | undefined {
    const first = this.#packets[0];
    const ends = first !== undefined && packet.key && packet.at - first.at >= this.#lengthUs;
    const cut = ends ? this.#take(packet.at) : undefined;
    // A file has to begin with a keyframe: what comes before the first one cannot be shown.
    if (this.#packets.length > 0 || packet.key) this.#packets.push(packet);
    return cut;
  }

  /** The rest, when the source pauses or ends. */
  end(): Cut | undefined {
    const last = this.#packets.at(-1);
    return last === undefined ? undefined : this.#take(last.at + last.duration);
  }

  #take(to: number): Cut | undefined {
    const packets = this.#packets;
    this.#packets = [];
    const [first] = packets;
    return first === undefined ? undefined : { packets, from: first.at, to };
  }
}
