/**
 * Taking a room: write back an own spill, take the lease, replay the log, anchor room time anew.
 *
 * The rule of the missing tail (design section 4): an owner that goes in good order writes its spill back and releases
 * its rooms. So a room whose lease ran out unreleased may have facts that only its owner's disk knows, and whoever takes
 * it over says so in its first entry: which owner, after which seq. An owner that comes back to its own spill folder
 * knows what it holds and names a missing tail only when that file was damaged.
 */
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { LogEnd } from './commit.ts';
import { chainHash, logDamaged, openEntry, unwrapRoomKey } from './entry-seal.ts';
import { History } from './history.ts';
import type { Claim, Lease, LogStore } from './log-store.ts';
import { Room, type RoomOptions } from './room.ts';
import { RoomTime } from './room-time.ts';
import type { SpillFolder } from './spill.ts';
import { recoverSpill } from './spill-recovery.ts';
import { RoomWriter, type StoreHealth } from './writer.ts';

export interface OwnerOptions {
  readonly store: LogStore;
  /** 32 bytes that wrap the keys of all rooms. */
  readonly masterKey: Uint8Array;
  readonly spill: SpillFolder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly health: StoreHealth;
  /** How long a lease runs without being renewed, in milliseconds. */
  readonly leaseMs: number;
  /** How long one commit may take before the store counts as away, in milliseconds. */
  readonly appendMs: number;
}

export type RoomListeners = Pick<RoomOptions, 'onEntry' | 'onEnded'>;

export interface Taken {
  readonly room: Room;
  /** What the first entry of this owner has to name. */
  readonly missingTail?: { ownerId: string; afterSeq: number };
}

const PAGE = 1000;

/** Takes a room that exists. Errors as in `LogStore.claim`, `log-damaged`, `wrong-key`, and the engine's when it is away. */
export async function takeRoom(
  owner: OwnerOptions,
  roomId: string,
  listeners: RoomListeners,
): Promise<Taken> {
  const recovery = await recoverSpill(owner.spill, owner.store, roomId, owner.log);
  const claim = await owner.store.claim(roomId, owner.spill.ownerId, owner.leaseMs);
  try {
    const key = await roomKey(owner, roomId);
    const history = new History();
    const end = await replay(owner.store, key, roomId, history);
    const last = history.last;
    const time = last ? RoomTime.resume(owner.clock, last) : RoomTime.start(owner.clock);
    const lost = claim.interrupted ?? (recovery === 'missing' ? owner.spill.ownerId : undefined);
    return {
      room: buildRoom(owner, { roomId, key, lease: claim.lease, history, end, time }, listeners),
      ...(lost === undefined ? {} : { missingTail: { ownerId: lost, afterSeq: end.seq } }),
    };
  } catch (error) {
    await giveBack(owner, claim);
    throw error;
  }
}

/** The actor of a room whose parts are known. */
export function buildRoom(
  owner: OwnerOptions,
  parts: {
    roomId: string;
    key: Uint8Array;
    lease: Lease;
    history: History;
    end: LogEnd;
    time: RoomTime;
  },
  listeners: RoomListeners,
): Room {
  const { roomId, lease } = parts;
  const spill = owner.spill.file(roomId, lease.epoch);
  const { store, log, health, appendMs } = owner;
  const writer = new RoomWriter({ store, spill, roomId, lease, log, health, appendMs });
  return new Room({ ...parts, ...listeners, writer, log });
}

async function roomKey(owner: OwnerOptions, roomId: string): Promise<Uint8Array> {
  const wrapped = await owner.store.wrappedKey(roomId);
  if (wrapped) return unwrapRoomKey(owner.masterKey, roomId, wrapped);
  throw new AppError('closed', 'The words of this room were deleted; only the proof is left.', {
    status: 410,
    whatToDo: 'Use `verify` to check the proof; the contents cannot be brought back.',
    details: { roomId },
  });
}

/** Folds the whole log and checks its chain on the way, so that nobody goes on behind a broken one. */
async function replay(store: LogStore, key: Uint8Array, roomId: string, history: History): Promise<LogEnd> {
  let end: LogEnd = { seq: 0, hash: '' };
  for (;;) {
    const page = await store.read(roomId, end.seq + 1, PAGE);
    for (const sealed of page) {
      if (sealed.seq !== end.seq + 1) throw logDamaged(roomId, end.seq + 1, 'number');
      if (sealed.hash !== chainHash(roomId, end.hash, sealed)) throw logDamaged(roomId, sealed.seq, 'hash');
      history.add(openEntry(key, roomId, sealed));
      end = { seq: sealed.seq, hash: sealed.hash };
    }
    if (page.length < PAGE) return end;
  }
}

/** A lease that cannot be used is released: who was lost before is remembered in the room's row all the same. */
async function giveBack(owner: OwnerOptions, claim: Claim): Promise<void> {
  try {
    await owner.store.release(claim.head.roomId, claim.lease);
  } catch (error) {
    owner.log.warn(
      { roomId: claim.head.roomId, error },
      'a lease that cannot be used could not be given back',
    );
  }
}
