/** What measurements of joining agree on: a service with one camera in it, and a viewer who comes, sees the first frame and leaves. */

/** Of one viewer, in milliseconds since it asked to join; its signaling connection was open before. */
export interface JoinTimes {
  /** First RTP packet of the picture, to 5 ms. */
  readonly packetMs: number;
  /** First decoded frame. */
  readonly frameMs: number;
  /** Round trips of the signaling, one after the other, until the first frame. ICE and DTLS add the same three to every service. */
  readonly roundTrips: number;
}

export interface JoinTarget {
  readonly name: 'mediasoup' | 'Janus' | 'GoldenHour';
  readonly version: string;
  join(): Promise<JoinTimes>;
  /** Idempotent. */
  close(): Promise<void>;
}
