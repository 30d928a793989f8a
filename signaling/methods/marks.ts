/** Drawing in a room: marks as facts, and what travels volatile between people at work while a pen is down. */
import { isAppError } from '../../platform/errors.ts';
import type { MediaPeer } from '../media/types.ts';
import type { Result } from '../protocol/methods.ts';
import type { StillSignal } from '../protocol/methods-marks.ts';
import { hasRole, STAFF_ROLES } from '../protocol/roles.ts';
import { assertDraws, assertFitsSurface } from '../rooms/deciders/marks.ts';
import { conflict, forbidden } from './refusals.ts';
import type { PeerCall, Services } from './types.ts';
import { stateOf } from './visible.ts';

/** A mark is finished; whatever becomes of it, its draft is over. */
export async function addMark({
  services,
  roomId,
  seat,
  actor,
  params,
  commandId,
}: PeerCall<'mark.add'>): Promise<Result<'mark.add'>> {
  const author = seat.peer.peerId;
  if (params.shape.kind === 'measure') await assertMeasures(services);
  const isDraft = services.marks.draft(roomId, params.markId)?.author === author;
  if (isDraft) services.marks.end(roomId, params.markId);
  try {
    return await services.rooms
      .at(roomId)
      .execute('mark.added', { mark: { ...params, author } }, actor, commandId);
  } catch (error) {
    // What the room cannot take is drawn for nobody else any longer; its author's page knows why.
    if (isDraft && isAppError(error)) services.marks.cancelled(roomId, author, params.markId);
    throw error;
  }
}

export async function beginMark(call: PeerCall<'mark.begin'>): Promise<Result<'mark.begin'>> {
  const { services, roomId, seat, actor, params } = call;
  const draft = { ...params, author: seat.peer.peerId };
  if (draft.kind === 'measure') await assertMeasures(services);
  const state = await stateOf(services, roomId);
  assertDraws(state, draft, actor);
  assertFitsSurface(state, draft);
  if (Object.hasOwn(state.marks.scene.marks, draft.markId))
    throw conflict('This mark id belongs to a mark that stands.', 'taken');
  services.marks.begin(roomId, draft);
  services.live.tell(roomId, 'mark.begun', { draft }, isOther(seat.peer));
  return {};
}

/** Points of a draft that has ended, or was never begun, come late: nothing becomes of them. */
export async function movePen({
  services,
  roomId,
  seat,
  params,
}: PeerCall<'mark.points'>): Promise<Result<'mark.points'>> {
  const { peerId } = seat.peer;
  const { points, relay } = params;
  if (!services.marks.points(roomId, peerId, points) || !relay) return {};
  services.live.tell(roomId, 'mark.points', { peerId, points }, isOther(seat.peer));
  return {};
}

export async function cancelMark({
  services,
  roomId,
  seat,
  params: { markId },
}: PeerCall<'mark.cancel'>): Promise<Result<'mark.cancel'>> {
  const { peerId } = seat.peer;
  if (services.marks.draft(roomId, markId)?.author !== peerId) return {};
  services.marks.end(roomId, markId);
  services.marks.cancelled(roomId, peerId, markId);
  return {};
}

/** Where marks are on a camera, its own device alone knows. */
export async function handPoseOn({
  services,
  roomId,
  seat,
  params: pose,
}: PeerCall<'mark.pose'>): Promise<Result<'mark.pose'>> {
  const { peerId } = seat.peer;
  const { sources } = await stateOf(services, roomId);
  if (sources[pose.producerId]?.peerId !== peerId)
    throw forbidden('Poses are told by the device that publishes the camera.');
  services.live.tell(roomId, 'mark.posed', { peerId, pose }, isOther(seat.peer));
  return {};
}

/** An ask goes to the device of that camera alone; everything else only between who asked and that device. */
export async function handStillSignalOn({
  services,
  roomId,
  seat,
  params: { toPeerId, signal },
}: PeerCall<'still.signal'>): Promise<Result<'still.signal'>> {
  const { peerId } = seat.peer;
  if (signal.kind === 'ask') await openFetch(services, roomId, peerId, toPeerId, signal);
  else {
    const role = services.marks.fetches.roleIn(roomId, signal.fetchId, peerId, toPeerId);
    if (!role || !mayBeSaidBy(role, signal)) throw forbidden('No such still is being fetched between you.');
  }
  services.live.notify(roomId, toPeerId, 'still.signal', { fromPeerId: peerId, signal });
  if (signal.kind === 'stop' || signal.kind === 'refused') services.marks.fetches.end(roomId, signal.fetchId);
  return {};
}

async function openFetch(
  services: Services,
  roomId: string,
  peerId: string,
  toPeerId: string,
  { fetchId, producerId }: Extract<StillSignal, { kind: 'ask' }>,
): Promise<void> {
  const { sources, peers } = await stateOf(services, roomId);
  const source = sources[producerId];
  if (source?.kind !== 'video' || source.peerId !== toPeerId || toPeerId === peerId)
    throw forbidden('A still is asked of the device that publishes that camera.');
  const role = peers[toPeerId]?.role;
  // A stranger's phone keeps no ring of its pictures.
  if (!role || !hasRole(STAFF_ROLES, role)) throw conflict('This device keeps no pictures.', 'no-ring');
  if (!services.live.seat(roomId, toPeerId)) throw conflict('This device is out of reach now.', 'away');
  services.marks.fetches.ask(roomId, fetchId, peerId, toPeerId);
}

function mayBeSaidBy(role: 'asker' | 'owner', { kind }: StillSignal): boolean {
  if (kind === 'stop') return true;
  return (kind === 'credit') === (role === 'asker');
}

/** Throws `forbidden` in production until the site has checked how lengths are measured here. */
async function assertMeasures({ lengths }: Services): Promise<void> {
  const { on } = await lengths.measuring();
  if (!on) throw forbidden('Lengths are not measured here: the site has not checked it yet.');
}

/** People at work beside the one who does it. */
function isOther({ peerId }: MediaPeer): (peer: MediaPeer) => boolean {
  return (peer) => peer.peerId !== peerId && hasRole(STAFF_ROLES, peer.role);
}
