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
