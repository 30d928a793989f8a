/** The clock that all tracks of one peer share: from the publisher's own time to that of the host, and on to room time. */

export class PeerClock {
  /** Room time in milliseconds of a moment of the host; undefined before the first `clock` frame of any track. */
  toRoom(_at: bigint): number | undefined {
    return undefined;
  }

  /** State for a later `PeerClock.resume`. */
  save(): Uint8Array {
    return new Uint8Array();
  }

  static resume(_saved: Uint8Array): PeerClock {
    return new PeerClock();
  }
}
