/** What a peer shows and how it fares with what it receives. */
import type { Params, Result } from '../protocol/methods.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';

/** Tiles that name nothing known are kept: their source may be published a moment later. */
export async function views(
  room: MediaRoom,
  peer: PeerMedia,
  params: Params<'media.views'>,
): Promise<Result<'media.views'>> {
  const sourceOf = (producerId: string) => room.state.sources[producerId]?.source.alternativeOf ?? producerId;
  peer.show(params.views, sourceOf, room.now());
  room.changed();
  return {};
}

/** The receiver exists: the next pass lets the packets flow, beginning with a keyframe. */
export async function consumerReady(
  room: MediaRoom,
  peer: PeerMedia,
  { consumerId }: Params<'media.consumerReady'>,
): Promise<Result<'media.consumerReady'>> {
  if (!isOwn(room, peer, consumerId)) return {};
  peer.ready.add(consumerId);
  room.changed();
  return {};
}

/** The browser has the last word on what it decodes: the plan tries another encoding. */
export async function consumerFailed(
  room: MediaRoom,
  peer: PeerMedia,
  { consumerId }: Params<'media.consumerFailed'>,
): Promise<Result<'media.consumerFailed'>> {
  const wanted = room.plan?.consumers.get(consumerId);
  if (!wanted || !isOwn(room, peer, consumerId)) return {};
  room.log.warn({ peerId: peer.peerId, producerId: wanted.originalId }, 'client could not consume');
  peer.cannot.add(wanted.originalId);
  room.changed();
  return {};
}

/** Figures for the operator; they decide nothing here. */
export async function report(
  room: MediaRoom,
  _peer: PeerMedia,
  params: Params<'media.report'>,
): Promise<Result<'media.report'>> {
  const { metrics } = room.deps;
  if (params.firstFrameMs !== undefined) metrics.firstFrame.observe(params.firstFrameMs / 1000);
  if (params.joinMs !== undefined) metrics.join.observe(params.joinMs / 1000);
  if (params.rttMs !== undefined) metrics.roundTrip.observe(params.rttMs / 1000);
  if (params.lossFraction !== undefined) metrics.loss.observe(params.lossFraction);
  if (params.reconnects !== undefined && params.reconnects > 0) metrics.reconnects.inc(params.reconnects);
  return {};
}

function isOwn(room: MediaRoom, peer: PeerMedia, consumerId: string): boolean {
  const transportId = room.actual.consumers.get(consumerId)?.transportId;
  return transportId !== undefined && room.actual.transports.get(transportId)?.peerId === peer.peerId;
}
