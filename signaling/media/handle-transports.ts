/** Transports of a peer: made, connected, restarted, closed. */
import { AppError } from '../../platform/errors.ts';
import type { Params, Result } from '../protocol/methods.ts';
import type { ActualTransport } from './actual.ts';
import { splitWorkerKey } from './ids.ts';
import { closeSource } from './losses.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';
import { iceServersFor } from './turn.ts';

/** One to send, one to receive, and room for a rebuilt pair while the old one closes. */
const MAX_TRANSPORTS = 4;

export async function createTransport(
  room: MediaRoom,
  peer: PeerMedia,
  { transportId, direction, measuredBitrate }: Params<'media.createTransport'>,
): Promise<Result<'media.createTransport'>> {
  const workerKey = startedOn(peer);
  const known = room.actual.transports.get(transportId);
  if (known && known.peerId !== peer.peerId) throw foreign('transport');
  const own = [...room.actual.transports.values()].filter((t) => t.peerId === peer.peerId);
  if (!known && own.length >= MAX_TRANSPORTS) throw tooMany('transports', MAX_TRANSPORTS);
  const { workerId } = splitWorkerKey(workerKey);
  const initialOutgoingBitrate = measuredBitrate ?? room.deps.config.initialOutgoingBitrate;
  const offer = await room.ask(workerKey, 'transport.createWebRtc', {
    ...room.ids,
    workerId,
    transportId,
    peerId: peer.peerId,
    direction,
    ...(direction === 'recv' ? { initialOutgoingBitrate } : {}),
    ...(direction === 'recv' && peer.rtpCapabilities ? { rtpCapabilities: peer.rtpCapabilities } : {}),
  });
  if (room.peers.get(peer.peerId) !== peer || peer.workerKey !== workerKey) {
    await room.ask(workerKey, 'transport.close', { ...room.ids, transportId });
    throw notStarted(peer);
  }
  if (!known) {
    const { peerId } = peer;
    const made = { transportId, workerKey, kind: 'webrtc' as const, peerId, direction, since: room.now() };
    room.actual.transports.set(transportId, { ...made, connected: false });
  }
  peer.hadTransport = true;
  room.changed();
  return { transportId, ...offer };
}

export async function connectTransport(
  room: MediaRoom,
  peer: PeerMedia,
  { transportId, dtlsParameters }: Params<'media.connectTransport'>,
): Promise<Result<'media.connectTransport'>> {
  const { workerKey } = ownTransport(room, peer, transportId);
  await room.ask(workerKey, 'transport.connectWebRtc', { ...room.ids, transportId, dtlsParameters });
  return {};
}

export async function restartIce(
  room: MediaRoom,
  peer: PeerMedia,
  { transportId }: Params<'media.restartIce'>,
): Promise<Result<'media.restartIce'>> {
  const { workerKey } = ownTransport(room, peer, transportId);
  const { iceParameters } = await room.ask(workerKey, 'transport.restartIce', { ...room.ids, transportId });
  const { config, clock } = room.deps;
  return { iceParameters, iceServers: iceServersFor(config, peer.peerId, clock.now()) };
}

/** Closing what is gone already is no error. Sources on a closed send transport end with it. */
export async function closeTransport(
  room: MediaRoom,
  peer: PeerMedia,
  { transportId }: Params<'media.closeTransport'>,
): Promise<Result<'media.closeTransport'>> {
  if (!room.actual.transports.has(transportId)) return {};
  const { workerKey } = ownTransport(room, peer, transportId);
  await room.ask(workerKey, 'transport.close', { ...room.ids, transportId });
  const producers = [...room.actual.producers.values()].filter((p) => p.transportId === transportId);
  room.actual.removeTransport(transportId);
  peer.beats.delete(transportId);
  for (const { producerId } of producers) {
    if (room.state.sources[producerId]) closeSource(room, producerId, 'stopped');
  }
  room.changed();
  return {};
}

/** The worker the peer was placed on; refused before `media.start` and after a loss. */
export function startedOn(peer: PeerMedia): string {
  if (peer.workerKey !== undefined) return peer.workerKey;
  throw notStarted(peer);
}

function notStarted(peer: PeerMedia): AppError {
  return new AppError('conflict', 'This peer has no media now.', {
    status: 409,
    whatToDo: 'Ask media.start first, and again after media.lost.',
    details: { state: peer.lost ?? 'not-started' },
  });
}

/** A transport that belongs to the peer. */
export function ownTransport(
  room: MediaRoom,
  peer: PeerMedia,
  transportId: string,
  direction?: 'send' | 'recv',
): ActualTransport {
  startedOn(peer);
  const transport = room.actual.transports.get(transportId);
  if (transport?.peerId !== peer.peerId) {
    throw new AppError('not-found', `There is no transport ${transportId} of this peer.`, {
      status: 404,
      whatToDo: 'Create it first, or start again from media.start if it was lost.',
      details: { id: transportId },
    });
  }
  if (direction !== undefined && transport.direction !== direction) {
    throw new AppError('bad-request', `Transport ${transportId} does not ${direction}.`, {
      status: 400,
      whatToDo: `Use the transport with the direction ${direction}.`,
      details: { field: 'transportId' },
    });
  }
  return transport;
}

export function foreign(what: string): AppError {
  return new AppError('forbidden', `That ${what} belongs to another peer.`, {
    status: 403,
    whatToDo: 'Use an id of your own.',
  });
}

export function tooMany(what: string, limit: number): AppError {
  return new AppError('too-many', `A peer may have at most ${limit} ${what}.`, {
    status: 429,
    whatToDo: 'Close one that is no longer needed.',
    details: { limit },
  });
}
