/** What rooms and sessions tell the sockets: peers that left, rooms that came and went, sessions that ended. */
import { messageOf } from '../../platform/errors.ts';
import type { Services } from '../methods/types.ts';
import { SYSTEM } from '../rooms/types.ts';
import type { LiveConnection } from './connection.ts';
import type { LinkPresence } from './presence.ts';
import type { Seats } from './seats.ts';

type Needed = Pick<Services, 'log' | 'media' | 'rooms'>;

/** Follows every room that this process owns; answers how to stop. */
export function followRooms(
  { rooms, media, log }: Needed,
  seats: Seats,
  presence: LinkPresence,
): (() => void)[] {
  return [
    rooms.onEntry((roomId, entry) => {
      for (const event of entry.events) {
        if (event.type === 'RoomClosed') presence.release(roomId);
        if (event.type !== 'PeerLeft') continue;
        presence.left(roomId, event.peerId);
        media.peerGone(roomId, event.peerId);
      }
    }),
    rooms.onOwned((roomId) => {
      rooms
        .at(roomId)
        .state()
        .then((state) => presence.adopt(roomId, state))
        .catch((error: unknown) =>
          log.warn({ roomId, why: messageOf(error) }, 'the peers of a room were not adopted'),
        );
    }),
    rooms.onDisowned((roomId) => {
      seats.lost(roomId);
      presence.release(roomId);
    }),
  ];
}

/**
 * Ends a connection whose session has ended: who signed out leaves the rooms, whose access was taken is removed from
 * them, and who was away too long may come back as the same peer after signing in again.
 */
export async function endSession(
  { rooms, log }: Needed,
  connection: LiveConnection,
  reason: 'signed-out' | 'revoked' | 'expired',
): Promise<void> {
  connection.notify('session.ended', { reason });
  const why = reason === 'signed-out' ? 'left' : 'removed';
  const seats = reason === 'expired' ? [] : connection.liveSeats();
  const leaving = seats.map(({ roomId, peer }) =>
    rooms.at(roomId).execute('peer.leave', { peerId: peer.peerId, reason: why }, SYSTEM),
  );
  connection.disconnect();
  for (const result of await Promise.allSettled(leaving)) {
    if (result.status === 'rejected')
      log.warn({ error: result.reason }, 'a room was not left at the end of a session');
  }
}
