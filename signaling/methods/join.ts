/** Joining, resuming and leaving a room. */
import type { MediaPeer } from '../media/types.ts';
import type { Params, Result } from '../protocol/methods.ts';
import { hasRole, STAFF_ROLES } from '../protocol/roles.ts';
import type { RoomState } from '../protocol/state.ts';
import type { RoomClaims } from '../protocol/token.ts';
import type { Actor } from '../rooms/types.ts';
import { writeDecision } from './audit.ts';
import { conflict, forbidden, noSuchRoom, roomClosed, signInAgain } from './refusals.ts';
import { keepSilentElsewhere } from './speak.ts';
import type { Connection, OpenSeat, PeerCall, Seat, Services, SignedInCall } from './types.ts';
import { stateOf } from './visible.ts';

/**
 * Seats a peer in the room its token names. The same peer of the same principal again is a return: its older
 * connection ends, and entries go on after `since`. The answer precedes every entry.
 */
export async function joinRoom(call: SignedInCall<'room.join'>): Promise<Result<'room.join'>> {
  const { services, connection, params } = call;
  const claims = await verifiedClaims(call);
  const state = await enterable(services, connection, claims);
  if (state.phase === 'closed') return lastEntries(call, claims);
  const other = connection.seat(claims.room);
  if (other && !other.ended && other.peer.peerId !== params.peerId)
    throw conflict('This connection is in the room as another peer already.', 'joined');
  return services.live.inTurn(claims.room, params.peerId, () => takeSeat(call, claims));
}

async function takeSeat(call: SignedInCall<'room.join'>, claims: RoomClaims): Promise<Result<'room.join'>> {
  const { services, connection, params } = call;
  const unwatch = await services.live.watch(claims.room);
  try {
    const { wasHere } = await enter(services, claims, params);
    const peer = mediaPeer(claims, params.peerId);
    const open = services.live.take(connection, claims, peer);
    const joined = await fill(call, claims, open);
    call.afterReply(
      () => {
        open.start();
        retellDrafts(services, open.seat);
        if (wasHere) services.media.peerBack(claims.room, peer.peerId);
      },
      () => open.abandon(),
    );
    await writeDecision({ services, connection, method: 'room.join', roomId: claims.room, allowed: true });
    return joined;
  } finally {
    unwatch();
  }
}

/** Pens that are down now: their points go on, and whoever comes in would not know of what. */
function retellDrafts({ marks, live }: Services, { roomId, peer }: Seat): void {
  if (!hasRole(STAFF_ROLES, peer.role)) return;
  for (const told of marks.retold(roomId)) {
    if ('draft' in told) live.notify(roomId, peer.peerId, 'mark.begun', told);
    else live.notify(roomId, peer.peerId, 'mark.points', told);
  }
}

/** Subscribes the seat and puts the answer together; a seat that cannot be filled is given up. */
async function fill(
  { services, params }: SignedInCall<'room.join'>,
  claims: RoomClaims,
  open: OpenSeat,
): Promise<Result<'room.join'>> {
  const { peer, roomId } = open.seat;
  try {
    if (params.speaksHere) await keepSilentElsewhere(services, claims.sub, roomId);
    const subscription = await services.rooms.at(roomId).subscribe(peer, params.since, open.deliver);
    const { snapshot, entries, roomTime } = subscription;
    open.subscribed(
      () => subscription.unsubscribe(),
      entries.at(-1)?.seq ?? snapshot?.seq ?? params.since ?? 0,
    );
    const { token } = await renewed(services, claims);
    const { peerId, role } = peer;
    return { peerId, role, ...(snapshot ? { snapshot } : {}), entries: [...entries], roomTime, token };
  } catch (error) {
    open.abandon();
    throw error;
  }
}

/** States the facts of arriving: back on its link, or joined anew. */
async function enter(
  services: Services,
  claims: RoomClaims,
  params: Params<'room.join'>,
): Promise<{ wasHere: boolean }> {
  const room = services.rooms.at(claims.room);
  const before = (await room.state()).peers[params.peerId];
  if (before && before.principalId !== claims.sub)
    throw conflict('This peer id belongs to someone else; make another one.', 'peer-id-taken');
  const actor = peerActor(claims, params.peerId);
  const afterMs = services.presence.back(claims.room, params.peerId);
  try {
    await room.execute(
      'peer.join',
      {
        peerId: params.peerId,
        principalId: claims.sub,
        role: claims.role,
        organisationId: claims.org,
        name: claims.name,
        speaksHere: params.speaksHere,
        ...(claims.unit ? { unitId: claims.unit } : {}),
        ...(params.device ? { device: params.device } : {}),
      },
      actor,
    );
  } catch (error) {
    if (before) services.presence.gone(claims.room, params.peerId, before.role);
    throw error;
  }
  if (afterMs !== undefined) services.metrics.reconnectSeconds.observe(afterMs / 1000);
  return { wasHere: before !== undefined };
}

/** The claims of a token that this very session was given for this very room. */
async function verifiedClaims({
  services,
  connection,
  params,
  roomId,
}: SignedInCall<'room.join'>): Promise<RoomClaims> {
  const claims = await services.tokens.verify(params.token);
  const { principal, sid } = connection.session;
  if (claims.sub !== principal.principalId || claims.sid !== sid)
    throw signInAgain('This token was given to another session.');
  if (roomId !== undefined && roomId !== claims.room) throw noSuchRoom();
  if (services.tokens.isRevoked(claims)) throw forbidden('You were removed from this room.');
  return claims;
}

/** Checks again, at the door, what was decided when the token was given: it may be minutes old. */
async function enterable(services: Services, connection: Connection, claims: RoomClaims): Promise<RoomState> {
  const { principal } = connection.session;
  const state = await stateOf(services, claims.room);
  if (services.access(principal, state) !== 'member') throw noSuchRoom();
  if (!principal.roles.includes(claims.role)) throw forbidden('You no longer have that role.');
  return state;
}

/** A resume into a room that closed meanwhile: the facts that were missed, and no seat. */
async function lastEntries(
  { services, params }: SignedInCall<'room.join'>,
  claims: RoomClaims,
): Promise<Result<'room.join'>> {
  if (params.since === undefined) throw roomClosed();
  const viewer = mediaPeer(claims, params.peerId);
  const subscription = await services.rooms.at(claims.room).subscribe(viewer, params.since, () => {});
  subscription.unsubscribe();
  return {
    peerId: params.peerId,
    role: claims.role,
    ...(subscription.snapshot ? { snapshot: subscription.snapshot } : {}),
    entries: [...subscription.entries],
    roomTime: subscription.roomTime,
    token: params.token,
  };
}

/** The person goes; another device of theirs in the room stays. */
export async function leaveRoom({
  services,
  roomId,
  seat,
  actor,
}: PeerCall<'room.leave'>): Promise<Result<'room.leave'>> {
  const { peerId } = seat.peer;
  return services.live.inTurn(roomId, peerId, async () => {
    if (seat.ended) return {};
    await services.rooms.at(roomId).execute('peer.leave', { peerId, reason: 'left' }, actor);
    services.live.leave(seat);
    return {};
  });
}

/** Entries for a client that saw a hole or fell behind. */
export async function readEntries({
  services,
  roomId,
  seat,
  params,
}: PeerCall<'room.entries'>): Promise<Result<'room.entries'>> {
  const subscription = await services.rooms.at(roomId).subscribe(seat.peer, params.since, () => {});
  subscription.unsubscribe();
  return {
    ...(subscription.snapshot ? { snapshot: subscription.snapshot } : {}),
    entries: [...subscription.entries],
  };
}

/** A fresh token with the same claims. */
export function renewed(
  services: Pick<Services, 'tokens'>,
  claims: RoomClaims,
): Promise<{ token: string; expiresAt: number }> {
  const { iss: _iss, aud: _aud, jti: _jti, iat: _iat, exp: _exp, ...rest } = claims;
  return services.tokens.sign(rest);
}

export function mediaPeer(claims: RoomClaims, peerId: string): MediaPeer {
  return {
    peerId,
    principalId: claims.sub,
    role: claims.role,
    organisationId: claims.org,
    name: claims.name,
    sources: claims.sources,
    ...(claims.unit ? { unitId: claims.unit } : {}),
  };
}

export function peerActor(claims: RoomClaims, peerId: string): Actor {
  return {
    principalId: claims.sub,
    peerId,
    role: claims.role,
    organisationId: claims.org,
    name: claims.name,
    ...(claims.unit ? { unitId: claims.unit } : {}),
  };
}
