/** Every peer connection of the page, for what only the browser itself knows: frames encoded, frames received, layers. */

export interface Counted {
  /** Frames that the encoder gave to the network, over all encodings of the picture; the largest encoding where there are several. */
  readonly framesEncoded: number;
  readonly framesSent: number;
  /** Whole frames that came in of remote pictures. */
  readonly framesReceived: number;
  readonly framesDecoded: number;
  readonly packetsLost: number;
  readonly retransmitted: number;
}

const connections = new Set<RTCPeerConnection>();

class KeptConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.add(this);
    this.addEventListener('connectionstatechange', () => {
      if (this.connectionState === 'closed') connections.delete(this);
    });
  }
}

/** Must run before the first connection is made. */
export function keepConnections(): void {
  globalThis.RTCPeerConnection = KeptConnection;
}

/** Of the sent track with this id, and of everything received. Frames are those of the busiest encoding. */
export async function countFrames(trackId: string): Promise<Counted> {
  const counted = { framesEncoded: 0, framesSent: 0, framesReceived: 0, framesDecoded: 0 };
  const packets = { packetsLost: 0, retransmitted: 0 };
  for (const connection of connections) {
    const sends = connection.getSenders().some(({ track }) => track?.id === trackId);
    for (const report of (await connection.getStats()).values()) {
      if (report.kind !== 'video') continue;
      if (report.type === 'outbound-rtp' && sends) {
        counted.framesEncoded = Math.max(counted.framesEncoded, report.framesEncoded ?? 0);
        counted.framesSent = Math.max(counted.framesSent, report.framesSent ?? 0);
        packets.retransmitted += report.retransmittedPacketsSent ?? 0;
      } else if (report.type === 'inbound-rtp') {
        counted.framesReceived += report.framesReceived ?? 0;
        counted.framesDecoded += report.framesDecoded ?? 0;
      } else if (report.type === 'remote-inbound-rtp' && sends) {
        packets.packetsLost += report.packetsLost ?? 0;
      }
    }
  }
  return { ...counted, ...packets };
}

/** What the browser itself measured of pictures, in all connections together. */
export interface Flow {
  /** When, on the page's clock, in milliseconds. */
  readonly at: number;
  /** Payload of pictures sent so far, without headers, padding and what was sent again, in bytes. */
  readonly sentBytes: number;
  /** Time that received pictures stood still so far, as webrtc-stats defines `totalFreezesDuration`, in milliseconds. */
  readonly frozenMs: number;
  readonly freezes: number;
  readonly framesDecoded: number;
  /** Why the encoder gives less than it was asked for: `cpu`, `bandwidth`, `none`. */
  readonly limitedBy: readonly string[];
}

export async function flowNow(): Promise<Flow> {
  const flow = { sentBytes: 0, frozenMs: 0, freezes: 0, framesDecoded: 0 };
  const limitedBy: string[] = [];
  for (const connection of connections) {
    for (const report of (await connection.getStats()).values()) {
      if (report.kind !== 'video') continue;
      if (report.type === 'outbound-rtp') {
        flow.sentBytes += (report.bytesSent ?? 0) - (report.retransmittedBytesSent ?? 0);
        limitedBy.push(report.qualityLimitationReason ?? 'none');
      } else if (report.type === 'inbound-rtp') {
        flow.frozenMs += (report.totalFreezesDuration ?? 0) * 1000;
        flow.freezes += report.freezeCount ?? 0;
        flow.framesDecoded += report.framesDecoded ?? 0;
      }
    }
  }
  return { at: performance.now(), ...flow, limitedBy };
}

/**
 * Changes how a track is encoded behind the back of the SDK, as an overloaded encoder or a thin link would: a simulcast loses
 * its top encoding, an SVC stream its top layer, a lone stream half of its size. `whole` gives everything back.
 */
export async function shrink(trackId: string, whole: boolean): Promise<void> {
  for (const connection of connections) {
    const sender = connection.getSenders().find(({ track }) => track?.id === trackId);
    if (!sender) continue;
    const parameters = sender.getParameters();
    const [first] = parameters.encodings;
    const top = parameters.encodings.at(-1);
    if (!first || !top) throw new Error('the sender has no encodings');
    if (first !== top) top.active = whole;
    else Object.assign(first, shrunk(first, whole));
    await sender.setParameters(parameters);
    return;
  }
  throw new Error('nothing sends this track');
}

function shrunk(encoding: RTCRtpEncodingParameters & { scalabilityMode?: string }, whole: boolean) {
  const scaleResolutionDownBy = whole ? 1 : 2;
  const mode = encoding.scalabilityMode;
  if (mode === undefined || mode.startsWith('L1')) return { scaleResolutionDownBy };
  return { scaleResolutionDownBy, scalabilityMode: whole ? 'L2T3_KEY' : 'L1T3' };
}
