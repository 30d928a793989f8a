/** Table entries of the methods that are one command of one room, passed to the room as they are. */
import type { MediaMethod } from '../media/types.ts';
import type { FactMethod, Params, Result } from '../protocol/methods.ts';
import type { Role } from '../protocol/roles.ts';
import type { Actor } from '../rooms/types.ts';
import type { MethodEntry, PeerEntry, RateClass, RoomEntry } from './types.ts';

/** The part of a room's address that fact methods use; narrowed so that the compiler ties parameters to result. */
interface FactRoom {
  execute<M extends FactMethod>(
    command: M,
    params: Params<M>,
    actor: Actor,
    commandId?: string,
  ): Promise<Result<M>>;
}

interface FactOptions {
  readonly rate?: RateClass;
  readonly audited?: true;
}

/** A fact that a peer of the room may state in one of these roles. */
export function peerFact<M extends FactMethod>(
  method: M,
  roles: readonly Role[],
  options: FactOptions = {},
): PeerEntry<M> {
  return {
    rate: options.rate ?? 'fact',
    who: 'peer',
    roles,
    command: true,
    ...(options.audited ? { audited: true } : {}),
    handle: ({ services, roomId, params, actor, commandId }) => {
      const room: FactRoom = services.rooms.at(roomId);
      return room.execute(method, params, actor, commandId);
    },
  };
}

/** A fact that whoever may see the room may state without having joined it, such as the answer to a ring. */
export function memberFact<M extends FactMethod>(method: M, roles: readonly Role[]): RoomEntry<M> {
  return {
    rate: 'fact',
    who: 'member',
    roles,
    command: true,
    audited: true,
    handle: ({ services, roomId, params, actor, commandId }) => {
      const room: FactRoom = services.rooms.at(roomId);
      return room.execute(method, params, actor, commandId);
    },
  };
}

/** A media method: carried out by the media side in the peer's own queue. */
export function mediaEntry<M extends MediaMethod>(
  method: M,
  roles: readonly Role[],
  rate: RateClass = 'media',
): MethodEntry<M> {
  return {
    rate,
    who: 'peer',
    roles,
    handle: ({ services, roomId, seat, params }) => services.media.handle(method, roomId, seat.peer, params),
  };
}
