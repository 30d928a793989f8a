/** Making a room: its key, its row and its first entries in one transaction. */

import { withDeadline } from '../../platform/deadline.ts';
import { newId } from '../../platform/ids.ts';
import { isStoreAway, toStoreError } from '../../platform/sql/store-errors.ts';
import type { LogEntry } from '../protocol/entry.ts';
import { initialRoomState, type RoomState } from '../protocol/state.ts';
import { factsOf, prepareCommit } from './commit.ts';
import { deciders } from './deciders/deciders.ts';
import { newRoomKey, wrapRoomKey } from './entry-seal.ts';
import { History } from './history.ts';
import type { Room } from './room.ts';
import { RoomTime } from './room-time.ts';
import { buildRoom, type OwnerOptions, type RoomListeners } from './takeover.ts';
import type { Actor, FactGroup, NewRoom } from './types.ts';

export interface CreatedRoom {
  readonly room: Room;
  /** Its first entries, each with the state it led to. */
  readonly steps: readonly { readonly entry: LogEntry; readonly state: RoomState }[];
}

/** As long as a commit, in milliseconds, times this: three tables are written. */
const CREATE_FACTOR = 3;

/**
 * Makes a room, or answers the id of the one that the same person made by the same `commandId` before. A room cannot
 * begin while the store is away: throws `store-unavailable` then, or `deadline-exceeded`.
 */
export async function createRoom(
  owner: OwnerOptions,
  room: NewRoom,
  actor: Actor,
  commandId: string | undefined,
  listeners: (roomId: string) => RoomListeners,
): Promise<CreatedRoom | { readonly existing: string }> {
  const roomId = newId(owner.clock.now());
  const key = newRoomKey();
  const lease = { ownerId: owner.spill.ownerId, epoch: 1 };
  const time = RoomTime.start(owner.clock);
  const now = time.now();
  const opened = deciders['room.open'](initialRoomState(), room, actor, now);
  const anchored: FactGroup = {
    audience: 'everyone',
    events: [{ type: 'RoomTimeAnchored', utc: now.utc, ...lease, errorMs: time.errorMs }],
  };
  const commit = prepareCommit(
    [...opened.facts, anchored],
    { seq: 0, hash: '' },
    { roomId, key, epoch: lease.epoch, now, actor: actor.principalId },
  );
  const history = new History();
  const steps = commit.open.map((item) => {
    history.add(item);
    return { entry: item.entry, state: history.state };
  });
  const row = {
    roomId,
    ...factsOf(history.state),
    createdUtc: now.utc,
    createdBy: actor.principalId,
    ...(commandId === undefined ? {} : { commandId }),
    wrappedKey: wrapRoomKey(owner.masterKey, roomId, key),
  };
  const store = () =>
    withDeadline(
      owner.store.create(row, lease.ownerId, owner.leaseMs, commit.sealed),
      owner.appendMs * CREATE_FACTOR,
      'making a room',
    );
  const made = await store().catch((error: unknown) => standsAnyway(owner, roomId, error));
  if (made !== roomId) return { existing: made };
  const built = buildRoom(owner, { roomId, key, lease, history, end: commit.end, time }, listeners(roomId));
  return { room: built, steps };
}

/** The connection may have been lost after the commit: then the room exists, and making another would be wrong. */
async function standsAnyway(owner: OwnerOptions, roomId: string, error: unknown): Promise<string> {
  if (isStoreAway(error)) {
    const head = await withDeadline(owner.store.head(roomId), owner.appendMs, 'reading back').catch(
      () => undefined,
    );
    if (head) return roomId;
  }
  throw toStoreError(error);
}
