/**
 * What the measurements of forwarding agree on: one publisher's RTP goes into a server, SRTP leaves it for many sinks. The server under
 * test has one core for itself; source, sinks and everything else share another one.
 */

/** Names of RFC 7714 and RFC 5764, as mediasoup spells them. */
export type SrtpSuite = 'AEAD_AES_128_GCM' | 'AEAD_AES_256_GCM' | 'AES_CM_128_HMAC_SHA1_80';

/** One RTP stream as it is published; packets are prepared before a run, so that sending costs no more than sending. */
export interface Input {
  readonly name: '4k-20mbit' | '1080p-4mbit' | 'audio';
  readonly kind: 'audio' | 'video';
  readonly mimeType: string;
  readonly clockRate: number;
  readonly channels?: number;
  readonly payloadType: number;
  readonly ssrc: number;
  readonly fmtp: Readonly<Record<string, string | number>>;
  /** RTP packets of one round, in order, with the time in milliseconds at which each is due after the round's begin. */
  readonly packets: readonly { readonly atMs: number; readonly data: Uint8Array }[];
  /** Length of a round. Sequence numbers and timestamps go on over rounds. */
  readonly roundMs: number;
  readonly packetsPerSecond: number;
}

/** Where a server sends one viewer's SRTP. Nothing answers from there. */
export interface SinkAddress {
  readonly ip: string;
  readonly port: number;
  readonly suite: SrtpSuite;
  /** Master key and master salt, one after the other (RFC 3711). */
  readonly key: Uint8Array;
}

/** The publisher of one stream, in plain RTP. */
export interface Inlet {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  /** SSRC that the packets must carry here instead of the input's, where a server demands one: Janus tells the streams of a cascade by it. Sinks see the input's. */
  readonly ssrc?: number;
}

/** A server under test, started pinned to one core, with its best documented settings. `none` forwards nothing: the source sends to the sampled sinks itself. */
export interface ForwardingServer {
  readonly name: 'mediasoup' | 'janus' | 'none';
  readonly version: string;
  /** Processes whose time on the core is the server's. */
  readonly pids: readonly number[];
  /** Suites it can send with. */
  readonly suites: readonly SrtpSuite[];
  /** Opens a place for a publisher's plain RTP; the answer is where the source sends to. */
  publish(input: Input): Promise<Inlet>;
  /**
   * Adds one viewer of a published stream; resolves when packets flow to it as soon as there are some. The answer is the key that they
   * are encrypted with: the sink's own where the server takes one, else one that the server made (as mediasoup does).
   */
  addSink(inletId: string, sink: SinkAddress): Promise<{ readonly key: Uint8Array }>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Core the server is pinned to. */
  readonly core: number;
  /** Core of helpers, such as a publisher that speaks WebRTC to the server. */
  readonly helperCore: number;
  /** Address that sinks see packets come from. */
  readonly listenIp: string;
}

export type StartServer = (options: ServerOptions) => Promise<ForwardingServer>;

/** One measured point: so many sinks for so long. All counts are of the measured window alone. */
export interface Point {
  readonly server: ForwardingServer['name'];
  readonly version: string;
  readonly suite: SrtpSuite;
  readonly input: Input['name'];
  readonly sinks: number;
  readonly seconds: number;
  /** Packets that reached the sinks, per second, by the counters of the sinks' namespace. */
  readonly packetsPerSecond: number;
  readonly expectedPackets: number;
  readonly lostPackets: number;
  /** Of the sampled sinks: packets that were decrypted and authenticated, refused ones, and ones out of order. */
  readonly verified: number;
  readonly refused: number;
  readonly disordered: number;
  /** Added by everything between source and sampled sink, in milliseconds. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly p999: number };
  /** How far the source was behind its schedule, in milliseconds. */
  readonly late: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Percent of one core: the server's, and all that shares the other one. */
  readonly serverCore: number;
  /** Percent of one core that the server's own processes took, with what the kernel did in their name. */
  readonly serverProcesses: number;
  readonly generatorCore: number;
  /** Set when the point says nothing about the server: the generator's core over 85 %, its schedule missed, a sink dropped. */
  readonly invalid?: string;
}
