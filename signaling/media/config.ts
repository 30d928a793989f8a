/** What the media side of signaling is configured with. Parsed with the rest of the configuration, trusted here. */
import type { IceServer, Rung, SourceRole } from '../protocol/media.ts';

export interface TurnConfig {
  /** `turn:` and `turns:` addresses of coturn. */
  readonly urls: readonly string[];
  /** coturn's `static-auth-secret`. */
  readonly secret: string;
  /** Life of the credentials handed out, in seconds; they only guard new allocations. */
  readonly ttlSeconds: number;
}

/** The least that is recorded of each picture, whoever watches; higher layers are kept while viewers make them flow. */
export interface MinimumRung {
  readonly default: Rung;
  readonly byRole: Readonly<Partial<Record<SourceRole, Rung>>>;
}

export interface MediaConfig {
  /** STUN and TURN servers with fixed credentials. */
  readonly iceServers: readonly IceServer[];
  readonly turn?: TurnConfig;
  /** Browsers use relayed candidates only: for hospitals that allow nothing but TURN over TLS. */
  readonly relayOnly: boolean;
  readonly av1: boolean;
  /** Bit/s at which a receive transport starts when the link was not measured. */
  readonly initialOutgoingBitrate: number;
  /** A worker at or above one of these takes no more peers of a room that can spread. */
  readonly spreadAt: {
    readonly peers: number;
    readonly consumers: number;
    readonly packetsOutPerSecond: number;
  };
  /** Preferred region of new rooms; empty: any. */
  readonly region: string;
  readonly requestDeadlineMs: number;
  /** How long a node may be out of reach before its rooms move. */
  readonly nodeLostMs: number;
  /** How long the sources of peers whose media was lost wait for them. */
  readonly rejoinMs: number;
  /** How long a consumer of something out of sight is kept, paused. */
  readonly keepHiddenMs: number;
  readonly recording: { readonly minimumRung: MinimumRung };
}

/** 80 % of what a worker was measured to carry before packets wait (test machine: 120,000 packets a second). */
export const MEDIA_DEFAULTS: MediaConfig = {
  iceServers: [],
  relayOnly: false,
  av1: false,
  initialOutgoingBitrate: 6_000_000,
  spreadAt: { peers: 100, consumers: 400, packetsOutPerSecond: 60_000 },
  region: '',
  requestDeadlineMs: 5000,
  nodeLostMs: 5000,
  rejoinMs: 10_000,
  keepHiddenMs: 15_000,
  recording: { minimumRung: { default: '1080', byRole: {} } },
};
