/** Sealed entries for tests of stores, without a Room around them. */
import { newRoomKey, sealEntry, wrapRoomKey } from '../entry-seal.ts';
import type { NewRoomRow, RoomFacts, SealedEntry } from '../log-store.ts';
import { TEST_MASTER_KEY } from './stores.ts';

export const facts: RoomFacts = { incidentId: 'incident-1', drill: false, phase: 'open' };

/** A chain of entries that one test writes piece by piece. */
export class TestChain {
  readonly roomId: string;
  readonly key = newRoomKey();
  #seq = 0;
  #hash = '';

  constructor(roomId: string) {
    this.roomId = roomId;
  }

  row(commandId?: string): NewRoomRow {
    return {
      roomId: this.roomId,
      ...facts,
      createdUtc: 1_790_000_000_000,
      createdBy: 'dispatcher',
      ...(commandId === undefined ? {} : { commandId }),
      wrappedKey: wrapRoomKey(TEST_MASTER_KEY, this.roomId, this.key),
    };
  }

  /** The next `count` entries; the first carries `commandId`. */
  next(count = 1, commandId?: string, epoch = 1): SealedEntry[] {
    return Array.from({ length: count }, (_, index) => {
      this.#seq += 1;
      const sealed = sealEntry(this.key, this.roomId, this.#hash, {
        entry: {
          v: 1,
          seq: this.#seq,
          epoch,
          at: this.#seq * 10,
          utc: 1_790_000_000_000,
          actor: 'dispatcher',
          ...(commandId !== undefined && index === 0 ? { commandId } : {}),
          audience: 'everyone',
          events: [{ type: 'UnitAssigned', unitId: `u${this.#seq}`, by: 'dispatcher' }],
        },
      });
      this.#hash = sealed.hash;
      return sealed;
    });
  }
}
