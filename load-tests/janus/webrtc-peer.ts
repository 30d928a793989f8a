/** One kind of viewer and one kind of camera for every service: libwebrtc in Node, VP8, with nothing but what the service needs. */
import { setTimeout as delay } from 'node:timers/promises';
import wrtc from '@roamhq/wrtc';
import { webrtc } from '../bot/media.ts';
import { type Playing, playPicture } from '../bot/pictures.ts';

const { RTCVideoSink, RTCVideoSource } = wrtc.nonstandard;
/** How often a viewer looks whether the first packet is there. */
const LOOK_MS = 5;
const WAIT_MS = 20_000;
export const CAMERA = { width: 320, height: 180, fps: 30 } as const;

const made = new Set<RTCPeerConnection>();

/** Connections write themselves down here, because the SDK shows its own to nobody. */
class WatchedConnection extends wrtc.RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    made.add(this);
  }

  override close(): void {
    made.delete(this);
    super.close();
  }
}

/** Puts libwebrtc's classes into the global scope, where mediasoup-client takes them from; answers what a bot needs of them. */
export function watchedWebrtc(): ReturnType<typeof webrtc> {
  const media = webrtc();
  globalThis.RTCPeerConnection = WatchedConnection;
  return media;
}

/** A connection as it is needed without mediasoup-client. */
export function openConnection(): RTCPeerConnection {
  return new WatchedConnection();
}

/** Connections that are open now; `firstPacket` looks at those that were made since. */
export function openConnections(): ReadonlySet<RTCPeerConnection> {
  return new Set(made);
}

/** A moving picture until `stop()`. */
export function openCamera(): { track: MediaStreamTrack; playing: Playing } {
  const source = new RTCVideoSource();
  return { track: source.createTrack(), playing: playPicture(source, CAMERA) };
}

/** Resolves with the time (`performance.now()`) of the first decoded frame of a track; rejects after 20 s. */
export async function firstFrame(track: MediaStreamTrack): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sink = new RTCVideoSink(track);
  sink.onframe = () => resolve(performance.now());
  const timer = setTimeout(() => reject(new Error(`no frame in ${WAIT_MS} ms`)), WAIT_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    sink.stop();
  }
}

/** Resolves with the time at which a connection made after `before` had its first packet of video; rejects after 20 s. */
export async function firstPacket(before: ReadonlySet<RTCPeerConnection>): Promise<number> {
  const deadline = performance.now() + WAIT_MS;
  while (performance.now() < deadline) {
    for (const connection of made) {
      // Until then nothing can have come, and asking costs time that the handshake needs.
      if (before.has(connection) || connection.connectionState !== 'connected') continue;
      if (await hasVideo(connection)) return performance.now();
    }
    await delay(LOOK_MS);
  }
  throw new Error(`no packet in ${WAIT_MS} ms`);
}

async function hasVideo(connection: RTCPeerConnection): Promise<boolean> {
  let found = false;
  (await connection.getStats()).forEach((stats) => {
    if (stats.type === 'inbound-rtp' && stats.kind === 'video' && stats.packetsReceived > 0) found = true;
  });
  return found;
}
