/** What a peer publishes: sources, their pauses and rungs, and data channels. */
import { AppError } from '../../platform/errors.ts';
import type { Params, Result } from '../protocol/methods.ts';
import type { DataLabel } from '../protocol/methods-media.ts';
import { hasRole, STAFF_ROLES } from '../protocol/roles.ts';
import type { Actor } from '../rooms/types.ts';
import { codecOf } from './decode.ts';
import { replaceOrphan } from './handle-start.ts';
import { foreign, ownTransport, tooMany } from './handle-transports.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';
import type { MediaPeer } from './types.ts';
import { mayReceivePreview } from './visibility.ts';

/** Six cameras with an alternative each, microphones and a monitor, and some air. */
const MAX_PRODUCERS = 24;
/** A phone's camera with an alternative, a voice, and what a reload has not closed yet. */
const MAX_PHONE_PRODUCERS = 6;
const MAX_DATA_PRODUCERS = 32;
/** Channels of marks, of which the public at the scene has none. */
const WORK_LABELS: readonly DataLabel[] = ['preview', 'pose', 'fetch'];
const AUDIO_ROLES: readonly string[] = ['voice', 'telephone'];

/**
 * Publishes a source: first the node has its producer, then the room knows of it. A producer whose fact is refused
 * (unknown patient, closed room) is closed again. Producing what is published already writes no second fact, so that a
 * client rebuilds after a loss with the ids it has.
 */
export async function produce(
  room: MediaRoom,
  peer: PeerMedia,
  params: Params<'media.produce'>,
  who: MediaPeer,
): Promise<Result<'media.produce'>> {
  const { transportId, producerId, kind, rtpParameters } = params;
  const { workerKey } = ownTransport(room, peer, transportId, 'send');
  checkSource(room, params, who);
  const former = room.actual.producers.get(producerId);
  if (former && former.transportId !== transportId) {
    await room.ask(former.workerKey, 'producer.close', { ...room.ids, producerId });
    room.actual.removeProducer(producerId);
  }
  const request = { ...room.ids, transportId, producerId, kind, rtpParameters, paused: false };
  await room.ask(workerKey, 'producer.create', request);
  if (!room.actual.producers.has(producerId)) {
    const made = { producerId, transportId, workerKey, kind, rtpParameters, since: room.now() };
    room.actual.producers.set(producerId, { ...made, paused: false, score: 0 });
    room.produced(producerId);
    // What could not be decoded before may have another codec now.
    for (const viewer of room.peers.values()) viewer.cannot.delete(producerId);
  }
  if (!(await hasSource(room, producerId))) await publish(room, workerKey, params, who);
  room.orphans.delete(producerId);
  replaceOrphan(room, peer.peerId, producerId);
  room.changed();
  return { producerId };
}

async function publish(
  room: MediaRoom,
  workerKey: string,
  { producerId, kind, rtpParameters, source }: Params<'media.produce'>,
  who: MediaPeer,
): Promise<void> {
  const { mimeType } = codecOf(kind, rtpParameters);
  const fact = { producerId, peerId: who.peerId, kind, mimeType, source };
  try {
    await room.address.execute('source.publish', fact, actorOf(who));
    await room.refresh();
  } catch (error) {
    room.actual.removeProducer(producerId);
    room.forgetProduced(producerId);
    await room.ask(workerKey, 'producer.close', { ...room.ids, producerId });
    throw error;
  }
}

async function hasSource(room: MediaRoom, producerId: string): Promise<boolean> {
  if (!room.state.sources[producerId]) await room.refresh();
  return room.state.sources[producerId] !== undefined;
}

/** Role, kind, ownership and number, before anything is made. The patient is judged by the room. */
function checkSource(
  room: MediaRoom,
  { producerId, kind, source }: Params<'media.produce'>,
  who: MediaPeer,
): void {
  const known = room.state.sources[producerId];
  if (known && known.peerId !== who.peerId) throw foreign('source');
  if (!who.sources.includes(source.role)) {
    throw new AppError('forbidden', `This peer may not publish a source of role ${source.role}.`, {
      status: 403,
      whatToDo: 'Publish a role that the token allows.',
      details: { role: source.role },
    });
  }
  if ((known && known.kind !== kind) || (AUDIO_ROLES.includes(source.role) && kind !== 'audio')) {
    throw new AppError('bad-request', `A source of role ${source.role} cannot be ${kind}.`, {
      status: 400,
      details: { field: 'kind' },
    });
  }
  const main = source.alternativeOf === undefined ? undefined : room.state.sources[source.alternativeOf];
  if (source.alternativeOf !== undefined && (main?.peerId !== who.peerId || main.kind !== kind)) {
    throw new AppError('bad-request', 'An alternative must stand for a published source of the same peer.', {
      status: 400,
      details: { field: 'source.alternativeOf' },
    });
  }
  const own = Object.values(room.state.sources).filter((s) => s.peerId === who.peerId);
  const most = who.role === 'bystander' || who.role === 'volunteer' ? MAX_PHONE_PRODUCERS : MAX_PRODUCERS;
  if (!known && own.length >= most) throw tooMany('sources', most);
}

export async function closeProducer(
  room: MediaRoom,
  peer: PeerMedia,
  { producerId }: Params<'media.closeProducer'>,
  who: MediaPeer,
): Promise<Result<'media.closeProducer'>> {
  const producer = room.actual.producers.get(producerId);
  if (!producer && !(await hasSource(room, producerId))) return {};
  checkOwn(room, peer, producerId);
  if (producer) {
    await room.ask(producer.workerKey, 'producer.close', { ...room.ids, producerId });
    room.actual.removeProducer(producerId);
  }
  if (await hasSource(room, producerId)) {
    await room.address.execute('source.close', { producerId, reason: 'stopped' }, actorOf(who));
  }
  room.changed();
  return {};
}

/** The fact comes first; the next pass stops the packets at the node within milliseconds. */
export async function pauseProducer(
  room: MediaRoom,
  peer: PeerMedia,
  { producerId, paused }: Params<'media.pauseProducer'>,
  who: MediaPeer,
): Promise<Result<'media.pauseProducer'>> {
  await checkPublished(room, peer, producerId);
  if (room.state.sources[producerId]?.paused !== paused) {
    await room.address.execute('source.setPaused', { producerId, paused }, actorOf(who));
  }
  room.changed();
  return {};
}

export async function announceRung(
  room: MediaRoom,
  peer: PeerMedia,
  { producerId, rung, reason }: Params<'media.announceRung'>,
  who: MediaPeer,
): Promise<Result<'media.announceRung'>> {
  await checkPublished(room, peer, producerId);
  if (room.state.sources[producerId]?.rung !== rung) {
    await room.address.execute('source.setRung', { producerId, rung, reason }, actorOf(who));
  }
  return {};
}

export async function produceData(
  room: MediaRoom,
  peer: PeerMedia,
  params: Params<'media.produceData'>,
): Promise<Result<'media.produceData'>> {
  const { transportId, dataProducerId, label, producerId, toPeerId } = params;
  const { workerKey } = ownTransport(room, peer, transportId, 'send');
  const known = room.actual.dataProducers.get(dataProducerId);
  if (known && room.actual.transports.get(known.transportId)?.peerId !== peer.peerId) {
    throw foreign('data channel');
  }
  const own = [...room.actual.dataProducers.values()].filter((d) => d.transportId === transportId);
  if (!known && own.length >= MAX_DATA_PRODUCERS) throw tooMany('data channels', MAX_DATA_PRODUCERS);
  await checkData(room, peer, params);
  await room.ask(workerKey, 'dataProducer.create', { ...room.ids, ...params });
  room.actual.dataProducers.set(dataProducerId, {
    ...{ dataProducerId, transportId, workerKey, label, since: room.now() },
    ...(producerId === undefined ? {} : { producerId }),
    ...(toPeerId === undefined ? {} : { toPeerId }),
  });
  room.changed();
  return { dataProducerId };
}

/** What belongs to a source belongs to one of the peer's own; what is for one peer names somebody else at work. */
async function checkData(
  room: MediaRoom,
  peer: PeerMedia,
  { label, producerId, toPeerId }: Params<'media.produceData'>,
): Promise<void> {
  const role = room.state.peers[peer.peerId]?.role;
  if (WORK_LABELS.includes(label) && (role === undefined || !hasRole(STAFF_ROLES, role)))
    throw new AppError('forbidden', 'Marks are drawn between people at work.', {
      status: 403,
      whatToDo: 'Open no such channel.',
    });
  if (label === 'still' || label === 'pose') {
    if (producerId === undefined) throw misnamed('Stills and poses belong to a video source.', 'producerId');
    await checkPublished(room, peer, producerId);
    if (room.state.sources[producerId]?.kind !== 'video')
      throw misnamed('Stills and poses belong to a video source.', 'producerId');
  }
  if ((label === 'fetch') !== (toPeerId !== undefined))
    throw misnamed('A fetched frame, and nothing else, goes to one peer alone.', 'toPeerId');
  if (toPeerId === undefined) return;
  if (!room.state.peers[toPeerId]) await room.refresh();
  const receiver = room.state.peers[toPeerId];
  if (!receiver || !mayReceivePreview(receiver, peer.peerId))
    throw misnamed('Kept frames go to people at work in this room.', 'toPeerId');
}

function misnamed(message: string, field: string): AppError {
  return new AppError('bad-request', message, {
    status: 400,
    whatToDo: `Name it in ${field}, and in nothing else.`,
    details: { field },
  });
}

export async function closeDataProducer(
  room: MediaRoom,
  peer: PeerMedia,
  { dataProducerId }: Params<'media.closeDataProducer'>,
): Promise<Result<'media.closeDataProducer'>> {
  const known = room.actual.dataProducers.get(dataProducerId);
  if (!known) return {};
  if (room.actual.transports.get(known.transportId)?.peerId !== peer.peerId) throw foreign('data channel');
  await room.ask(known.workerKey, 'dataProducer.close', { ...room.ids, dataProducerId });
  room.actual.removeDataProducer(dataProducerId);
  room.changed();
  return {};
}

async function checkPublished(room: MediaRoom, peer: PeerMedia, producerId: string): Promise<void> {
  if (!(await hasSource(room, producerId))) {
    throw new AppError('not-found', `There is no source ${producerId}.`, {
      status: 404,
      whatToDo: 'Publish it first.',
      details: { id: producerId },
    });
  }
  checkOwn(room, peer, producerId);
}

function checkOwn(room: MediaRoom, peer: PeerMedia, producerId: string): void {
  const source = room.state.sources[producerId];
  if (source && source.peerId !== peer.peerId) throw foreign('source');
}

function actorOf({ principalId, peerId, role, organisationId, name, unitId }: MediaPeer): Actor {
  return { principalId, peerId, role, organisationId, name, ...(unitId === undefined ? {} : { unitId }) };
}
